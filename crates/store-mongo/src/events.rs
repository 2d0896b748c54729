//! Security events.

use async_trait::async_trait;
use gacp_auth::{EVENT_RETENTION, EventFilter, EventStore, SecurityEvent};
use gacp_store::{Page, PageRequest, StoreError, least_uuid_at};
use jiff::Timestamp;
use mongodb::bson::{Document, doc};
use uuid::Uuid;

use crate::Mongo;
use crate::catalogue::Query;
use crate::document::{Row, uuid};
use crate::reading::Find;

pub(crate) const EVENTS: &str = "security_events";

const fn query(name: &'static str, index: &'static str) -> Query {
    Query { name, collection: EVENTS, index }
}

pub(crate) const ALL: Query = query("security events", "_id_");

pub(crate) const OF_ACCOUNT: Query = query("security events of an account", "events_account");

pub(crate) const LOGINS_OF_ACCOUNT: Query = query("logins of an account", "events_account");

pub(crate) const OLD: Query = query("security events that are old", "_id_");

#[async_trait]
impl EventStore for Mongo {
    async fn append(&self, event: &SecurityEvent) -> Result<(), StoreError> {
        let (events, row) = (self.collection(EVENTS), row(event)?);
        self.detached(async move { Ok(events.insert_one(row).await.map(drop)?) }).await
    }

    async fn events(
        &self,
        filter: &EventFilter,
        page: &PageRequest,
    ) -> Result<Page<SecurityEvent>, StoreError> {
        let found = self.records(newest(filter, page)).await?;
        Ok(Page::cut(found, page.limit, SecurityEvent::cursor))
    }

    async fn prune(&self, now: Timestamp) -> Result<u64, StoreError> {
        let (events, old) = (self.collection(EVENTS), old(now));
        self.detached(async move { Ok(events.delete_many(old).await?.deleted_count) }).await
    }
}

/// Events newest first: the one order that they have.
pub(crate) fn newest(filter: &EventFilter, page: &PageRequest) -> Find {
    // Nothing sorts after the greatest UUID, and no event has it.
    let before = page.after.map_or(Uuid::max(), |after| after.id);
    let mut wanted = doc! { "_id": { "$lt": uuid(before) } };
    if filter.logins {
        wanted.insert("login", true);
    }
    let query = match filter.account {
        None => &ALL,
        Some(_) if filter.logins => &LOGINS_OF_ACCOUNT,
        Some(_) => &OF_ACCOUNT,
    };
    wanted.extend(filter.account.map(|account| ("account".to_owned(), uuid(account.uuid()))));
    let newest = Find::by(query, wanted).sorted(doc! { "_id": -1 });
    newest.limited(page.limit.saturating_add(1))
}

/// Events that nobody needs any more.
pub(crate) fn old(now: Timestamp) -> Document {
    doc! { "_id": { "$lt": uuid(least_uuid_at(now - EVENT_RETENTION)) } }
}

pub(crate) fn row(event: &SecurityEvent) -> Result<Document, StoreError> {
    let row = Row::of(event.id.uuid(), event)?
        .with_some("account", event.account.map(|account| uuid(account.uuid())))
        .with("login", event.kind.is_login());
    Ok(row.into_document())
}
