//! History entries, and what is written beside every change.

use async_trait::async_trait;
use gacp_store::{
    Change, Cursor, HistoryEntry, HistoryStore, Page, PageRequest, StoreError, Subject,
};
use rusqlite::{Connection, Row, Transaction, params};
use uuid::Uuid;

use crate::Sqlite;
use crate::document::{document, micros, parse};
use crate::engine::Failure;
use crate::receipts;

const TABLE: &str = "history";

/// Writes what belongs to a change, in the transaction of the change. A lost lease is
/// [`StoreError::Duplicate`]: the caller must pass it on, so that nothing at all is written.
pub(crate) fn record(transaction: &Transaction<'_>, change: &Change) -> Result<(), Failure> {
    if let Some(receipt) = &change.receipt {
        receipts::answer(transaction, receipt)?;
    }
    for entry in &change.entries {
        insert(transaction, entry)?;
    }
    Ok(())
}

#[async_trait]
impl HistoryStore for Sqlite {
    async fn history(
        &self,
        subject: Subject,
        page: &PageRequest,
    ) -> Result<Page<HistoryEntry>, StoreError> {
        let page = *page;
        self.store.read(move |connection| entries(connection, subject, &page)).await
    }
}

fn insert(transaction: &Transaction<'_>, entry: &HistoryEntry) -> Result<(), Failure> {
    let bare = HistoryEntry { comment: None, ..entry.clone() };
    transaction
        .prepare_cached(
            "INSERT INTO history (id, subject_kind, subject_id, at, doc) VALUES (?, ?, ?, ?, ?)",
        )?
        .execute(params![
            entry.id,
            entry.subject.kind.as_str(),
            entry.subject.id,
            micros(entry.at),
            document(&bare)?,
        ])?;
    if let Some(comment) = &entry.comment {
        transaction
            .prepare_cached("INSERT INTO history_notes (entry_id, comment) VALUES (?, ?)")?
            .execute(params![entry.id, comment])?;
    }
    Ok(())
}

/// Entries newest first: the one order that history has.
pub(crate) const ENTRIES: &str = "\
    SELECT id, doc, comment FROM history LEFT JOIN history_notes ON entry_id = id \
    WHERE subject_kind = ? AND subject_id = ? AND id < ? ORDER BY id DESC LIMIT ?";

fn entries(
    connection: &Connection,
    subject: Subject,
    page: &PageRequest,
) -> Result<Page<HistoryEntry>, Failure> {
    // Nothing sorts after the greatest UUID, and no entry has it.
    let before = page.after.map_or(Uuid::max(), |after| after.id);
    let limit = i64::try_from(page.limit.saturating_add(1)).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(ENTRIES)?;
    let rows = statement
        .query_and_then(params![subject.kind.as_str(), subject.id, before, limit], entry)?
        .collect::<Result<_, _>>()?;
    Ok(Page::cut(rows, page.limit, |entry: &HistoryEntry| Cursor {
        id: entry.id,
        updated_at: entry.at,
    }))
}

fn entry(row: &Row<'_>) -> Result<HistoryEntry, Failure> {
    let doc: String = row.get(1)?;
    let bare: HistoryEntry = parse(TABLE, row.get(0)?, &doc)?;
    Ok(bare.saying(row.get(2)?))
}
