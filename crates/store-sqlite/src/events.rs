//! Security events.

use async_trait::async_trait;
use gacp_auth::{EVENT_RETENTION, EventFilter, EventStore, SecurityEvent};
use gacp_store::{AccountId, Page, PageRequest, StoreError, least_uuid_at};
use jiff::Timestamp;
use rusqlite::{Connection, Transaction, params};
use uuid::Uuid;

use crate::Sqlite;
use crate::document::{document, records};
use crate::engine::Failure;

const TABLE: &str = "security_events";

/// Events newest first: the one order that they have.
pub(crate) const ALL: &str = "\
    SELECT id, doc FROM security_events WHERE id < ?1 AND login >= ?2 ORDER BY id DESC LIMIT ?3";

pub(crate) const OF_ACCOUNT: &str = "\
    SELECT id, doc FROM security_events WHERE account_id = ?4 AND id < ?1 AND login >= ?2 \
    ORDER BY id DESC LIMIT ?3";

#[async_trait]
impl EventStore for Sqlite {
    async fn append(&self, event: &SecurityEvent) -> Result<(), StoreError> {
        let event = event.clone();
        self.store.write(move |transaction| insert(transaction, &event)).await
    }

    async fn events(
        &self,
        filter: &EventFilter,
        page: &PageRequest,
    ) -> Result<Page<SecurityEvent>, StoreError> {
        let (filter, page) = (*filter, *page);
        self.store.read(move |connection| events(connection, filter, &page)).await
    }

    async fn prune(&self, now: Timestamp) -> Result<u64, StoreError> {
        let first = least_uuid_at(now - EVENT_RETENTION);
        self.prune_all(move |transaction, limit| prune(transaction, first, limit)).await
    }
}

pub(crate) fn insert(transaction: &Transaction<'_>, event: &SecurityEvent) -> Result<(), Failure> {
    transaction
        .prepare_cached(
            "INSERT INTO security_events (id, account_id, login, doc) VALUES (?, ?, ?, ?)",
        )?
        .execute(params![
            event.id.uuid(),
            event.account.map(AccountId::uuid),
            event.kind.is_login(),
            document(event)?,
        ])?;
    Ok(())
}

fn events(
    connection: &Connection,
    filter: EventFilter,
    page: &PageRequest,
) -> Result<Page<SecurityEvent>, Failure> {
    // Nothing sorts after the greatest UUID, and no event has it.
    let before = page.after.map_or(Uuid::max(), |after| after.id);
    let limit = i64::try_from(page.limit.saturating_add(1)).unwrap_or(i64::MAX);
    let found = match filter.account {
        None => {
            let params = params![before, filter.logins, limit];
            records(connection, TABLE, (ALL, params))?
        }
        Some(account) => {
            let params = params![before, filter.logins, limit, account.uuid()];
            records(connection, TABLE, (OF_ACCOUNT, params))?
        }
    };
    Ok(Page::cut(found, page.limit, SecurityEvent::cursor))
}

fn prune(transaction: &Transaction<'_>, first: Uuid, limit: i64) -> Result<usize, Failure> {
    let pruned = transaction
        .prepare_cached(
            "DELETE FROM security_events WHERE id IN \
             (SELECT id FROM security_events WHERE id < ? ORDER BY id LIMIT ?)",
        )?
        .execute(params![first, limit])?;
    Ok(pruned)
}
