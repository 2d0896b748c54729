//! History entries, and what is written beside every change.

use async_trait::async_trait;
use gacp_store::{
    AccountId, Change, HistoryEntry, HistoryStore, Page, PageRequest, StoreError, Subject,
};
use rusqlite::{Connection, Params, Row, Transaction, params};
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
        self.store.read(move |connection| of_subject(connection, subject, &page)).await
    }

    async fn journal(
        &self,
        by: Option<AccountId>,
        page: &PageRequest,
    ) -> Result<Page<HistoryEntry>, StoreError> {
        let page = *page;
        self.store.read(move |connection| journal(connection, by, &page)).await
    }
}

fn insert(transaction: &Transaction<'_>, entry: &HistoryEntry) -> Result<(), Failure> {
    let bare = HistoryEntry { comment: None, ..entry.clone() };
    transaction
        .prepare_cached(
            "INSERT INTO history (id, subject_kind, subject_id, at, actor_id, doc) \
             VALUES (?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            entry.id,
            entry.subject.kind.as_str(),
            entry.subject.id,
            micros(entry.at),
            entry.by.map(|actor| actor.id.uuid()),
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
macro_rules! entries {
    ($of:literal) => {
        concat!(
            "SELECT id, doc, comment FROM history LEFT JOIN history_notes ON entry_id = id WHERE ",
            $of,
            "id < ?1 ORDER BY id DESC LIMIT ?2"
        )
    };
}

pub(crate) const OF_SUBJECT: &str = entries!("subject_kind = ?3 AND subject_id = ?4 AND ");

pub(crate) const ALL: &str = entries!("");

pub(crate) const BY_ACTOR: &str = entries!("actor_id = ?3 AND ");

fn of_subject(
    connection: &Connection,
    subject: Subject,
    page: &PageRequest,
) -> Result<Page<HistoryEntry>, Failure> {
    let (before, limit) = bounds(page);
    let params = params![before, limit, subject.kind.as_str(), subject.id];
    entries(connection, (OF_SUBJECT, params), page)
}

fn journal(
    connection: &Connection,
    by: Option<AccountId>,
    page: &PageRequest,
) -> Result<Page<HistoryEntry>, Failure> {
    let (before, limit) = bounds(page);
    match by {
        None => entries(connection, (ALL, params![before, limit]), page),
        Some(by) => entries(connection, (BY_ACTOR, params![before, limit, by.uuid()]), page),
    }
}

fn bounds(page: &PageRequest) -> (Uuid, i64) {
    // Nothing sorts after the greatest UUID, and no entry has it.
    let before = page.after.map_or(Uuid::max(), |after| after.id);
    (before, i64::try_from(page.limit.saturating_add(1)).unwrap_or(i64::MAX))
}

fn entries(
    connection: &Connection,
    (sql, params): (&str, impl Params),
    page: &PageRequest,
) -> Result<Page<HistoryEntry>, Failure> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_and_then(params, entry)?.collect::<Result<_, _>>()?;
    Ok(Page::cut(rows, page.limit, HistoryEntry::cursor))
}

fn entry(row: &Row<'_>) -> Result<HistoryEntry, Failure> {
    let doc: String = row.get(1)?;
    let bare: HistoryEntry = parse(TABLE, row.get(0)?, &doc)?;
    Ok(bare.saying(row.get(2)?))
}
