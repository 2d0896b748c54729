//! Lists are read page by page, from a position that inserts cannot move.

use std::cmp::Reverse;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The position behind the last item of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The last item's id.
    pub id: Uuid,
    /// When the last item was changed; what [`Order::ChangedSince`] sorts by.
    pub updated_at: Timestamp,
}

/// In which order a list is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// `id` descending: ids are made from the time.
    NewestFirst,
    /// Changed at or after this moment, `updated_at, id` ascending, so that a sync loses nothing.
    ChangedSince(Timestamp),
}

/// Which page is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// In which order the list is read.
    pub order: Order,
    /// Where the previous page ended; nothing for the first.
    pub after: Option<Cursor>,
    /// At most so many items.
    pub limit: usize,
}

impl PageRequest {
    /// The first page, newest first.
    pub fn first(limit: usize) -> Self {
        Self { order: Order::NewestFirst, after: None, limit }
    }

    /// The same list, from the end of the previous page.
    #[must_use]
    pub fn after(self, cursor: Cursor) -> Self {
        Self { after: Some(cursor), ..self }
    }

    /// Whether an item of this list lies on this page or a later one.
    fn reaches(&self, at: &Cursor) -> bool {
        match self.order {
            Order::NewestFirst => self.after.is_none_or(|after| at.id < after.id),
            Order::ChangedSince(since) => {
                at.updated_at >= since
                    && self
                        .after
                        .is_none_or(|after| (at.updated_at, at.id) > (after.updated_at, after.id))
            }
        }
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, in the order of the request.
    pub items: Vec<T>,
    /// Where the next page starts; nothing on the last.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// A page of what was read with one item more than the limit, which tells whether more follow.
    pub fn cut(mut items: Vec<T>, limit: usize, cursor: impl Fn(&T) -> Cursor) -> Self {
        let more = items.len() > limit;
        items.truncate(limit);
        let next = if more { items.last().map(cursor) } else { None };
        Self { items, next }
    }

    /// The same page with every item turned into something else.
    pub fn map<U>(self, turn: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(turn).collect(), next: self.next }
    }
}

/// Reads a page from items in memory, in any order.
pub fn page_of<T>(
    items: impl Iterator<Item = T>,
    request: &PageRequest,
    cursor: impl Fn(&T) -> Cursor,
) -> Page<T> {
    let mut items: Vec<T> = items.filter(|item| request.reaches(&cursor(item))).collect();
    match request.order {
        Order::NewestFirst => items.sort_by_key(|item| Reverse(cursor(item).id)),
        Order::ChangedSince(_) => items.sort_by_key(|item| {
            let Cursor { id, updated_at } = cursor(item);
            (updated_at, id)
        }),
    }
    items.truncate(request.limit.saturating_add(1));
    Page::cut(items, request.limit, cursor)
}
