//! Lists: a filter that grows by what was asked for, and is cut into pages.

use gacp_store::{Cursor, Order, Page, PageRequest, StoreError};
use mongodb::bson::{Bson, Document, doc};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::Mongo;
use crate::catalogue::Query;
use crate::document::{micros, uuid};
use crate::reading::Find;

/// How a list is read when these fields were given: by one index per order.
pub(crate) struct Way {
    /// What must be given, as a rule the fields that lead the indexes.
    pub(crate) fields: &'static [&'static str],
    /// Newest first.
    pub(crate) newest: Query,
    /// Changed since a moment, in the order of change.
    pub(crate) changed: Query,
}

/// The ways in which the lists of one collection are read.
pub(crate) struct Lists {
    /// When something was given, that which leaves fewest first.
    pub(crate) narrowed: &'static [Way],
    /// When nothing was.
    pub(crate) all: Way,
}

impl Lists {
    /// Every query of the lists.
    pub(crate) fn queries(&'static self) -> impl Iterator<Item = Query> {
        let ways = self.narrowed.iter().chain([&self.all]);
        ways.flat_map(|way| [way.newest, way.changed])
    }
}

/// A list of one collection.
#[derive(Clone)]
pub(crate) struct Listing {
    lists: &'static Lists,
    given: Vec<&'static str>,
    conditions: Vec<Document>,
}

impl Listing {
    /// Every record of a collection. Of the ways the first is taken whose fields were all given.
    pub(crate) fn of(lists: &'static Lists) -> Self {
        Self { lists, given: Vec::new(), conditions: Vec::new() }
    }

    /// Only the records with a value in a field, if there is a value.
    pub(crate) fn by(self, field: &'static str, value: Option<impl Into<Bson>>) -> Self {
        self.when_given(field, value.map(|value| doc! { field: value }))
    }

    /// Only the records that meet a condition on what a way goes by, if there is a condition.
    pub(crate) fn when_given(mut self, what: &'static str, condition: Option<Document>) -> Self {
        let Some(condition) = condition else { return self };
        self.given.push(what);
        self.when(condition)
    }

    /// Only the records that meet a condition.
    pub(crate) fn when(mut self, condition: Document) -> Self {
        self.conditions.push(condition);
        self
    }

    /// Like [`when`](Self::when), if there is a condition.
    pub(crate) fn when_some(self, condition: Option<Document>) -> Self {
        match condition {
            Some(condition) => self.when(condition),
            None => self,
        }
    }

    /// One page, and one record more to know whether another page follows.
    pub(crate) fn page(self, page: &PageRequest) -> Find {
        self.ordered(page).limited(page.limit.saturating_add(1))
    }

    /// The records in no order, by another index than the lists'.
    pub(crate) fn in_no_order(self, query: &'static Query) -> Find {
        Find::by(query, all_of(self.conditions))
    }

    /// The records from this page on, in its order.
    pub(crate) fn ordered(mut self, page: &PageRequest) -> Find {
        let given = |way: &&Way| way.fields.iter().all(|field| self.given.contains(field));
        let way = self.lists.narrowed.iter().find(given).unwrap_or(&self.lists.all);
        let (query, sort) = match page.order {
            Order::NewestFirst => (&way.newest, doc! { "_id": -1 }),
            Order::ChangedSince(_) => (&way.changed, doc! { "updatedAt": 1, "_id": 1 }),
        };
        self.conditions.extend(reach(page));
        Find::by(query, all_of(self.conditions)).sorted(sort)
    }
}

/// The condition that holds when all of them do.
fn all_of(conditions: Vec<Document>) -> Document {
    if conditions.is_empty() {
        Document::new()
    } else {
        doc! { "$and": conditions }
    }
}

/// Which records lie on a page or a later one.
fn reach(page: &PageRequest) -> Vec<Document> {
    match (page.order, page.after) {
        (Order::NewestFirst, after) => {
            // A first page has a bound, too: only then is what else an index holds of a document
            // tested before the document is read. Nothing sorts after the greatest UUID.
            let before = after.map_or(Uuid::max(), |after| after.id);
            vec![doc! { "_id": { "$lt": uuid(before) } }]
        }
        (Order::ChangedSince(since), None) => vec![doc! { "updatedAt": { "$gte": micros(since) } }],
        (Order::ChangedSince(since), Some(Cursor { id, updated_at })) => {
            let from = micros(since.max(updated_at));
            // `$nor` is tested on the way along the index; an `$or` could lead to another one.
            let seen = doc! { "updatedAt": micros(updated_at), "_id": { "$lte": uuid(id) } };
            vec![doc! { "updatedAt": { "$gte": from } }, doc! { "$nor": [seen] }]
        }
    }
}

impl Mongo {
    /// Reads a page.
    pub(crate) async fn page<T>(
        &self,
        listing: Listing,
        page: &PageRequest,
        cursor: impl Fn(&T) -> Cursor + Send,
    ) -> Result<Page<T>, StoreError>
    where
        T: DeserializeOwned + Send + 'static,
    {
        let items = self.records(listing.page(page)).await?;
        Ok(Page::cut(items, page.limit, cursor))
    }
}
