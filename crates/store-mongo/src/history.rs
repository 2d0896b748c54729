//! History entries, and what is written beside every change.

use std::collections::HashMap;

use async_trait::async_trait;
use gacp_store::{
    AccountId, Change, HistoryEntry, HistoryStore, Page, PageRequest, StoreError, Subject,
};
use mongodb::bson::{Bson, Document, doc};
use uuid::Uuid;

use crate::Mongo;
use crate::catalogue::Query;
use crate::document::{Row, field, micros, parse, stored_uuid, uuid};
use crate::errors::Failure;
use crate::reading::Find;
use crate::receipts;
use crate::transaction::Transaction;

const ENTRIES: &str = "history";

/// What was said about entries, apart from them: this can be erased.
const NOTES: &str = "history_notes";

/// Entries newest first: the one order that history has.
pub(crate) const OF_SUBJECT: Query =
    Query { name: "history of a record", collection: ENTRIES, index: "history_subject" };

pub(crate) const ALL: Query =
    Query { name: "everything that happened", collection: ENTRIES, index: "_id_" };

pub(crate) const BY_ACTOR: Query =
    Query { name: "what somebody did", collection: ENTRIES, index: "history_actor" };

pub(crate) const NOTES_OF: Query =
    Query { name: "notes of history entries", collection: NOTES, index: "_id_" };

impl Transaction {
    /// Writes what belongs to a change. A lost lease is [`StoreError::Duplicate`], and nothing at
    /// all is written.
    pub(crate) fn record(self, change: &Change) -> Result<Self, StoreError> {
        let answered = match &change.receipt {
            Some(receipt) => receipts::answer(self, receipt)?,
            None => self,
        };
        let entries = change.entries.iter().map(entry).collect::<Result<_, _>>()?;
        let notes = change.entries.iter().filter_map(note).collect();
        Ok(answered.insert(NOTES, notes).insert(ENTRIES, entries))
    }
}

#[async_trait]
impl HistoryStore for Mongo {
    async fn history(
        &self,
        subject: Subject,
        page: &PageRequest,
    ) -> Result<Page<HistoryEntry>, StoreError> {
        let (mongo, page) = (self.clone(), *page);
        self.detached(async move { mongo.entries(of_subject(subject, &page), page.limit).await })
            .await
    }

    async fn journal(
        &self,
        by: Option<AccountId>,
        page: &PageRequest,
    ) -> Result<Page<HistoryEntry>, StoreError> {
        let (mongo, page) = (self.clone(), *page);
        self.detached(async move { mongo.entries(journal(by, &page), page.limit).await }).await
    }
}

impl Mongo {
    async fn entries(&self, find: Find, limit: usize) -> Result<Page<HistoryEntry>, Failure> {
        let mut entries = Vec::new();
        for document in self.documents(find).await? {
            entries.push(parse::<HistoryEntry>(ENTRIES, "doc", document)?);
        }
        let mut notes = self.notes(&entries).await?;
        let said = |entry: HistoryEntry| {
            let note = notes.remove(&entry.id);
            entry.saying(note)
        };
        let entries = entries.into_iter().map(said).collect();
        Ok(Page::cut(entries, limit, HistoryEntry::cursor))
    }

    async fn notes(&self, entries: &[HistoryEntry]) -> Result<HashMap<Uuid, String>, Failure> {
        let mut notes = HashMap::new();
        if entries.is_empty() {
            return Ok(notes);
        }
        let ids = entries.iter().map(|entry| entry.id);
        for document in self.documents(notes_of(ids)).await? {
            let id = field(NOTES, &document, "_id", stored_uuid)?;
            let comment = |value: &Bson| value.as_str().map(ToOwned::to_owned);
            notes.insert(id, field(NOTES, &document, "comment", comment)?);
        }
        Ok(notes)
    }
}

pub(crate) fn of_subject(subject: Subject, page: &PageRequest) -> Find {
    let of = doc! { "kind": subject.kind.as_str(), "subject": uuid(subject.id) };
    newest(&OF_SUBJECT, of, page)
}

/// Entries of all records, or those by one actor.
pub(crate) fn journal(by: Option<AccountId>, page: &PageRequest) -> Find {
    match by {
        None => newest(&ALL, Document::new(), page),
        Some(by) => newest(&BY_ACTOR, doc! { "by": uuid(by.uuid()) }, page),
    }
}

fn newest(query: &'static Query, mut filter: Document, page: &PageRequest) -> Find {
    // Nothing sorts after the greatest UUID, and no entry has it.
    let before = page.after.map_or(Uuid::max(), |after| after.id);
    filter.insert("_id", doc! { "$lt": uuid(before) });
    let newest = Find::by(query, filter).sorted(doc! { "_id": -1 });
    newest.limited(page.limit.saturating_add(1))
}

pub(crate) fn notes_of(entries: impl Iterator<Item = Uuid>) -> Find {
    let ids: Vec<Bson> = entries.map(uuid).collect();
    Find::by(&NOTES_OF, doc! { "_id": { "$in": ids } }).only(doc! { "comment": 1 })
}

fn entry(entry: &HistoryEntry) -> Result<Document, StoreError> {
    let bare = HistoryEntry { comment: None, ..entry.clone() };
    let row = Row::of(entry.id, &bare)?
        .with("kind", entry.subject.kind.as_str())
        .with("subject", uuid(entry.subject.id))
        .with("at", micros(entry.at))
        .with_some("by", entry.by.map(|actor| uuid(actor.id.uuid())));
    Ok(row.into_document())
}

fn note(entry: &HistoryEntry) -> Option<Document> {
    let comment = entry.comment.as_ref()?;
    Some(doc! { "_id": uuid(entry.id), "comment": comment })
}
