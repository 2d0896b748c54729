//! Sessions, and when somebody last logged in.

use async_trait::async_trait;
use gacp_auth::{
    AccountStatus, Next, RevocationReason, Revoked, Rotation, SESSION_RETENTION, SecurityEvent,
    Session, SessionId, SessionStore, Standing, TokenHash,
};
use gacp_store::{AccountId, StoreError};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, Transaction, params};
use uuid::Uuid;

use crate::Sqlite;
use crate::document::{document, micros, moment, not_stale, record, records};
use crate::engine::Failure;
use crate::engine::errors::Impossible;
use crate::events;

const TABLE: &str = "sessions";

pub(crate) const BY_ID: &str = "SELECT id, doc FROM sessions WHERE id = ?";

pub(crate) const LIVE: &str = "\
    SELECT id, doc FROM sessions \
    WHERE account_id = ? AND revoked_at IS NULL AND ends_at > ? ORDER BY id DESC";

pub(crate) const ENDED: &str = "\
    DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE ends_at <= ? LIMIT ?)";

pub(crate) const STANDING: &str = "\
    SELECT account_id, role, status, version, revoked_at IS NULL AND ends_at > ?2 \
    FROM sessions JOIN accounts ON accounts.id = account_id WHERE sessions.id = ?1";

#[async_trait]
impl SessionStore for Sqlite {
    async fn open(&self, session: &Session, login: &SecurityEvent) -> Result<(), StoreError> {
        let (session, login) = (session.clone(), login.clone());
        self.store
            .write(move |transaction| {
                log_in(transaction, &session)?;
                insert(transaction, &session)?;
                events::insert(transaction, &login)
            })
            .await
    }

    async fn rotate(
        &self,
        id: SessionId,
        presented: &TokenHash,
        next: &Next,
    ) -> Result<Option<Rotation>, StoreError> {
        let (presented, next) = (*presented, next.clone());
        self.store.write(move |transaction| rotate(transaction, id, presented, &next)).await
    }

    async fn find(&self, id: SessionId) -> Result<Option<Session>, StoreError> {
        self.store.read(move |connection| record(connection, TABLE, (BY_ID, [id.uuid()]))).await
    }

    async fn revoke(
        &self,
        id: SessionId,
        reason: RevocationReason,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.store
            .write(move |transaction| {
                let sql = ending("id = ?3");
                let end = document(&Revoked { at, reason })?;
                transaction.prepare_cached(&sql)?.execute(params![micros(at), end, id.uuid()])?;
                Ok(())
            })
            .await
    }

    async fn revoke_all(
        &self,
        account: AccountId,
        except: Option<SessionId>,
        reason: RevocationReason,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        self.store
            .write(move |transaction| end_all(transaction, (account, except), (reason, at)))
            .await
    }

    async fn list_live(
        &self,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Vec<Session>, StoreError> {
        self.store
            .read(move |connection| {
                records(connection, TABLE, (LIVE, params![account.uuid(), micros(now)]))
            })
            .await
    }

    async fn standing(
        &self,
        id: SessionId,
        now: Timestamp,
    ) -> Result<Option<Standing>, StoreError> {
        self.store
            .read(move |connection| {
                connection
                    .prepare_cached(STANDING)?
                    .query_row(params![id.uuid(), micros(now)], |row| Ok(standing(row)))
                    .optional()?
                    .transpose()
            })
            .await
    }

    async fn last_login(&self, account: AccountId) -> Result<Option<Timestamp>, StoreError> {
        let micros: Option<i64> = self
            .store
            .read(move |connection| {
                let mut statement =
                    connection.prepare_cached("SELECT last_login_at FROM accounts WHERE id = ?")?;
                let found = statement.query_row([account.uuid()], |row| row.get(0)).optional()?;
                Ok(found.flatten())
            })
            .await?;
        let login = micros.map(|micros| moment("accounts", "last_login_at", micros));
        Ok(login.transpose()?)
    }

    async fn prune(&self, now: Timestamp) -> Result<u64, StoreError> {
        let ended = micros(now - SESSION_RETENTION);
        self.prune_all(move |transaction, limit| prune(transaction, ended, limit)).await
    }
}

/// Ends the sessions of an account, but perhaps one; says how many had not been ended.
pub(crate) fn end_all(
    transaction: &Transaction<'_>,
    (account, except): (AccountId, Option<SessionId>),
    (reason, at): (RevocationReason, Timestamp),
) -> Result<u64, Failure> {
    // No session has the nil id.
    let except = except.map_or(Uuid::nil(), SessionId::uuid);
    let end = document(&Revoked { at, reason })?;
    let ended = transaction
        .prepare_cached(&ending("account_id = ?3 AND id <> ?4"))?
        .execute(params![micros(at), end, account.uuid(), except])?;
    Ok(u64::try_from(ended).unwrap_or(u64::MAX))
}

/// Ends the sessions of a condition that have not been ended. Documents are changed where they
/// lie, and the column counts: an illegible document must not keep its session alive.
fn ending(condition: &str) -> String {
    format!(
        "UPDATE sessions SET revoked_at = ?1, \
         doc = CASE WHEN json_valid(doc) THEN json_set(doc, '$.revoked', json(?2)) ELSE doc END \
         WHERE revoked_at IS NULL AND {condition}"
    )
}

/// Notes a login, if the account can be used.
fn log_in(transaction: &Transaction<'_>, session: &Session) -> Result<(), Failure> {
    let noted = transaction
        .prepare_cached("UPDATE accounts SET last_login_at = ? WHERE id = ? AND status = ?")?
        .execute(params![
            micros(session.created_at),
            session.account.uuid(),
            AccountStatus::Active.as_str(),
        ])?;
    not_stale(noted)
}

fn insert(transaction: &Transaction<'_>, session: &Session) -> Result<(), Failure> {
    transaction
        .prepare_cached(
            "INSERT INTO sessions (id, account_id, current_hash, ends_at, revoked_at, doc) \
             VALUES (?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            session.id.uuid(),
            session.account.uuid(),
            session.current_hash.0,
            micros(session.ends_at()),
            session.revoked.map(|revoked| micros(revoked.at)),
            document(session)?,
        ])?;
    Ok(())
}

/// The condition stands in the update itself; what the session becomes is for its crate to say.
fn rotate(
    transaction: &Transaction<'_>,
    id: SessionId,
    presented: TokenHash,
    next: &Next,
) -> Result<Option<Rotation>, Failure> {
    let found: Option<Session> = record(transaction, TABLE, (BY_ID, [id.uuid()]))?;
    let Some(found) = found else { return Ok(None) };
    let session = found.clone().rotated(next);
    let rotated = transaction
        .prepare_cached(
            "UPDATE sessions SET current_hash = ?, ends_at = ?, doc = ? \
             WHERE id = ? AND current_hash = ? AND revoked_at IS NULL",
        )?
        .execute(params![
            session.current_hash.0,
            micros(session.ends_at()),
            document(&session)?,
            id.uuid(),
            presented.0,
        ])?;
    Ok(Some(if rotated > 0 { Rotation::Rotated(session) } else { Rotation::Superseded(found) }))
}

fn prune(transaction: &Transaction<'_>, ended: i64, limit: i64) -> Result<usize, Failure> {
    Ok(transaction.prepare_cached(ENDED)?.execute(params![ended, limit])?)
}

fn standing(row: &Row<'_>) -> Result<Standing, Failure> {
    let impossible = |column| Impossible { table: "accounts", column };
    let (role, status): (String, String) = (row.get(1)?, row.get(2)?);
    let known = [AccountStatus::Active, AccountStatus::Disabled];
    let version: i64 = row.get(3)?;
    Ok(Standing {
        account: row.get::<_, Uuid>(0)?.into(),
        role: role.parse().map_err(|_unknown| impossible("role"))?,
        status: known
            .into_iter()
            .find(|known| known.as_str() == status)
            .ok_or_else(|| impossible("status"))?,
        account_revision: u64::try_from(version).map_err(|_negative| impossible("version"))?.into(),
        session_live: row.get(4)?,
    })
}
