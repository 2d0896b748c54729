//! Sessions, and when somebody last logged in.

use async_trait::async_trait;
use gacp_auth::{
    AccountStatus, Next, RevocationReason, Revoked, Rotation, SESSION_RETENTION, SecurityEvent,
    Session, SessionId, SessionStore, Standing, TokenHash,
};
use gacp_store::{AccountId, Revision, StoreError};
use jiff::Timestamp;
use mongodb::bson::{Bson, Document, doc};
use mongodb::options::{ReadConcern, ReturnDocument};

use crate::Mongo;
use crate::accounts::{self, ACCOUNTS};
use crate::catalogue::Query;
use crate::connect::max_time;
use crate::document::{Row, bytes, document, field, micros, moment, stored_uuid, uuid};
use crate::errors::Failure;
use crate::events::{self, EVENTS};
use crate::reading::{Find, current};
use crate::transaction::{STALE, Transaction};

pub(crate) const SESSIONS: &str = "sessions";

const fn query(name: &'static str, index: &'static str) -> Query {
    Query { name, collection: SESSIONS, index }
}

pub(crate) const BY_ID: Query = query("session by id", "_id_");

pub(crate) const LIVE: Query = query("live sessions of an account", "sessions_account_live");

pub(crate) const ALL_LIVE: Query =
    query("sessions of an account that are to end", "sessions_account_live");

pub(crate) const BY_END: Query = query("sessions that ended", "sessions_end");

pub(crate) const STANDING: Query = query("session with its account", "_id_");

#[async_trait]
impl SessionStore for Mongo {
    async fn open(&self, session: &Session, event: &SecurityEvent) -> Result<(), StoreError> {
        let usable = doc! {
            "_id": uuid(session.account.uuid()),
            "status": AccountStatus::Active.as_str(),
        };
        let login = doc! { "$set": { "lastLoginAt": micros(session.created_at) } };
        let opened = Transaction::default()
            .update(ACCOUNTS, (usable, login), STALE)
            .insert(SESSIONS, vec![row(session)?.into_document()])
            .insert(EVENTS, vec![events::row(event)?]);
        self.commit(opened).await.map(drop)
    }

    async fn rotate(
        &self,
        id: SessionId,
        presented: &TokenHash,
        next: &Next,
    ) -> Result<Option<Rotation>, StoreError> {
        let Some(found) = SessionStore::find(self, id).await? else { return Ok(None) };
        if found.current_hash != *presented || found.revoked.is_some() {
            return Ok(Some(Rotation::Superseded(found)));
        }
        let rotated = found.rotated(next);
        if self.replace_token(id, *presented, &rotated).await? {
            return Ok(Some(Rotation::Rotated(rotated)));
        }
        Ok(SessionStore::find(self, id).await?.map(Rotation::Superseded))
    }

    async fn find(&self, id: SessionId) -> Result<Option<Session>, StoreError> {
        self.record(Find::by(&BY_ID, doc! { "_id": uuid(id.uuid()) })).await
    }

    async fn revoke(
        &self,
        id: SessionId,
        reason: RevocationReason,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let sessions = self.collection(SESSIONS);
        let live = doc! { "_id": uuid(id.uuid()), "ended": false };
        let end = ending(reason, at)?;
        self.detached(async move { Ok(sessions.update_one(live, end).await.map(drop)?) }).await
    }

    async fn revoke_all(
        &self,
        account: AccountId,
        except: Option<SessionId>,
        reason: RevocationReason,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let ended = end_all(Transaction::default(), (account, except), (reason, at))?;
        self.commit(ended).await
    }

    async fn list_live(
        &self,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Vec<Session>, StoreError> {
        self.records(live(account, now)).await
    }

    async fn standing(
        &self,
        id: SessionId,
        now: Timestamp,
    ) -> Result<Option<Standing>, StoreError> {
        let sessions = self.collection(SESSIONS);
        self.detached(async move {
            // A snapshot: what the session and its account were at one moment.
            let joined = sessions.aggregate(joined(id)).read_concern(ReadConcern::snapshot());
            let mut cursor = joined.max_time(max_time()).await?;
            if !cursor.advance().await? {
                return Ok(None);
            }
            standing(&current(&cursor)?, now).map(Some)
        })
        .await
    }

    async fn last_login(&self, account: AccountId) -> Result<Option<Timestamp>, StoreError> {
        let mongo = self.clone();
        let find = Find::by(&accounts::BY_ID, doc! { "_id": uuid(account.uuid()) });
        let find = find.only(doc! { "lastLoginAt": 1 });
        self.detached(async move {
            let found = mongo.documents(find).await?;
            let noted = found.iter().find(|account| account.contains_key("lastLoginAt"));
            noted.map(|account| field(ACCOUNTS, account, "lastLoginAt", moment)).transpose()
        })
        .await
    }

    async fn prune(&self, now: Timestamp) -> Result<u64, StoreError> {
        let (sessions, old) = (self.collection(SESSIONS), ended_by(now - SESSION_RETENTION));
        self.detached(async move { Ok(sessions.delete_many(old).await?.deleted_count) }).await
    }
}

impl Mongo {
    /// Gives a session its next token, if the presented one is current; says whether it was.
    async fn replace_token(
        &self,
        id: SessionId,
        presented: TokenHash,
        session: &Session,
    ) -> Result<bool, StoreError> {
        let sessions = self.collection(SESSIONS);
        let current = doc! {
            "_id": uuid(id.uuid()),
            "currentHash": bytes(presented.0),
            "ended": false,
        };
        let update = row(session)?.into_update();
        self.detached(async move {
            let rotated = sessions
                .find_one_and_update(current, update)
                .projection(doc! { "_id": 1 })
                .return_document(ReturnDocument::After)
                .max_time(max_time());
            Ok(rotated.await?.is_some())
        })
        .await
    }
}

/// Ends the sessions of an account, but perhaps one.
pub(crate) fn end_all(
    transaction: Transaction,
    (account, except): (AccountId, Option<SessionId>),
    (reason, at): (RevocationReason, Timestamp),
) -> Result<Transaction, StoreError> {
    Ok(transaction.update_all(SESSIONS, all_live(account, except), ending(reason, at)?))
}

/// The sessions of an account that were not ended, but perhaps one.
pub(crate) fn all_live(account: AccountId, except: Option<SessionId>) -> Document {
    let mut live = doc! { "account": uuid(account.uuid()), "ended": false };
    if let Some(except) = except {
        live.insert("_id", doc! { "$ne": uuid(except.uuid()) });
    }
    live
}

/// The sessions of an account that were neither ended nor have expired, newest first.
pub(crate) fn live(account: AccountId, now: Timestamp) -> Find {
    let filter = doc! {
        "account": uuid(account.uuid()),
        "ended": false,
        "endsAt": { "$gt": micros(now) },
    };
    Find::by(&LIVE, filter).sorted(doc! { "_id": -1 })
}

/// The sessions that had ended by themselves at a moment.
pub(crate) fn ended_by(moment: Timestamp) -> Document {
    doc! { "endsAt": { "$lte": micros(moment) } }
}

/// A session with what authorization asks of its account.
pub(crate) fn joined(id: SessionId) -> Vec<Document> {
    vec![
        doc! { "$match": { "_id": uuid(id.uuid()) } },
        doc! { "$lookup": {
            "from": ACCOUNTS,
            "localField": "account",
            "foreignField": "_id",
            "pipeline": [{ "$project": { "role": 1, "status": 1, "version": 1 } }],
            "as": "holder",
        } },
        doc! { "$unwind": "$holder" },
        doc! { "$project": { "account": 1, "ended": 1, "endsAt": 1, "holder": 1 } },
    ]
}

fn standing(joined: &Document, now: Timestamp) -> Result<Standing, Failure> {
    let holder = field(SESSIONS, joined, "holder", |value| value.as_document().cloned())?;
    let known = [AccountStatus::Active, AccountStatus::Disabled];
    let status = |value: &Bson| {
        let text = value.as_str()?;
        known.into_iter().find(|known| known.as_str() == text)
    };
    let revision = |value: &Bson| u64::try_from(value.as_i64()?).ok().map(Revision::from);
    let ended = field(SESSIONS, joined, "ended", Bson::as_bool)?;
    let ends_at = field(SESSIONS, joined, "endsAt", Bson::as_i64)?;
    Ok(Standing {
        account: field(SESSIONS, joined, "account", stored_uuid)?.into(),
        role: field(ACCOUNTS, &holder, "role", |value| value.as_str()?.parse().ok())?,
        status: field(ACCOUNTS, &holder, "status", status)?,
        account_revision: field(ACCOUNTS, &holder, "version", revision)?,
        session_live: !ended && ends_at > micros(now),
    })
}

/// Ends sessions. The field counts: an illegible record must not keep its session alive.
fn ending(reason: RevocationReason, at: Timestamp) -> Result<Document, StoreError> {
    Ok(doc! { "$set": { "ended": true, "doc.revoked": document(&Revoked { at, reason })? } })
}

fn row(session: &Session) -> Result<Row, StoreError> {
    Ok(Row::of(session.id.uuid(), session)?
        .with("account", uuid(session.account.uuid()))
        .with("currentHash", bytes(session.current_hash.0))
        .with("endsAt", micros(session.ends_at()))
        .with("ended", session.revoked.is_some()))
}
