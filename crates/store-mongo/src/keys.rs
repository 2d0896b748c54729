//! Wrapped keys.

use async_trait::async_trait;
use gacp_keys::{KeyStore, WrappedKey};
use gacp_store::StoreError;
use mongodb::bson::{Bson, Document, doc};

use crate::Mongo;
use crate::catalogue::Query;
use crate::document::{bytes, field, micros, moment, stored_bytes};
use crate::errors::Failure;
use crate::reading::Find;
use crate::transaction::{STALE, Transaction};

const KEYS: &str = "keys";

pub(crate) const OLDEST_FIRST: Query =
    Query { name: "keys, oldest first", collection: KEYS, index: "keys_created" };

pub(crate) const FIRST_OF_PURPOSE: Query =
    Query { name: "first key of a purpose", collection: KEYS, index: "keys_first" };

pub(crate) const FOLLOWER: Query =
    Query { name: "key that follows another", collection: KEYS, index: "keys_followed" };

pub(crate) const FIRST_BY_NAME: Query =
    Query { name: "first key by name", collection: KEYS, index: "_id_" };

#[async_trait]
impl KeyStore for Mongo {
    async fn keys(&self) -> Result<Vec<WrappedKey>, StoreError> {
        let mongo = self.clone();
        self.detached(async move {
            let documents = mongo.documents(oldest_first()).await?;
            documents.iter().map(key).collect()
        })
        .await
    }

    async fn add_first(&self, key: &WrappedKey) -> Result<(), StoreError> {
        let keys = self.collection(KEYS);
        let first = first_of(key.purpose.as_str());
        let mut made = made(key);
        made.insert("_id", &key.kid);
        self.detached(async move {
            let add = keys.update_one(first, doc! { "$setOnInsert": made }).upsert(true);
            unless_taken(add.await.map(drop))
        })
        .await
    }

    async fn add_next(&self, key: &WrappedKey, after: &str) -> Result<(), StoreError> {
        let keys = self.collection(KEYS);
        let mut next = doc! { "_id": &key.kid, "purpose": key.purpose.as_str(), "follows": after };
        next.extend(made(key));
        self.detached(async move { unless_taken(keys.insert_one(next).await.map(drop)) }).await
    }

    async fn retire(&self, kid: &str) -> Result<bool, StoreError> {
        // The first of a purpose is always marked: its mark goes on to the one that follows it.
        let oldest = (first_named(kid), doc! { "$unset": { "first": "" } });
        let follower = (following(kid), doc! { "$set": { "first": true } });
        let retiring = Transaction::default()
            .update(KEYS, oldest, STALE)
            .update(KEYS, follower, STALE)
            .delete_all(KEYS, doc! { "_id": kid });
        match self.commit(retiring).await {
            Ok(_) => Ok(true),
            Err(StoreError::Stale) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// What does not tell who follows whom.
fn made(key: &WrappedKey) -> Document {
    doc! {
        "sealed": bytes(key.sealed.clone()),
        "createdAt": micros(key.created_at),
        "activeFrom": micros(key.active_from),
    }
}

/// Somebody else's key came in between: that one is the first, or follows.
fn unless_taken(added: mongodb::error::Result<()>) -> Result<(), Failure> {
    match added.map_err(Failure::from) {
        Err(failure) if failure.is_duplicate() => Ok(()),
        outcome => outcome,
    }
}

pub(crate) fn oldest_first() -> Find {
    let all = Find::by(&OLDEST_FIRST, Document::new());
    all.sorted(doc! { "createdAt": 1, "_id": 1 }).only(Document::new())
}

/// The key of a purpose that whoever needs it first makes.
pub(crate) fn first_of(purpose: &str) -> Document {
    doc! { "purpose": purpose, "first": true }
}

pub(crate) fn first_named(kid: &str) -> Document {
    doc! { "_id": kid, "first": true }
}

pub(crate) fn following(kid: &str) -> Document {
    doc! { "follows": kid }
}

fn key(stored: &Document) -> Result<WrappedKey, Failure> {
    // Before keys could follow one another, each was used from the start.
    let since = if stored.contains_key("activeFrom") { "activeFrom" } else { "createdAt" };
    Ok(WrappedKey {
        kid: field(KEYS, stored, "_id", |value| value.as_str().map(ToOwned::to_owned))?,
        purpose: field(KEYS, stored, "purpose", |value| value.as_str()?.parse().ok())?,
        sealed: field(KEYS, stored, "sealed", |value: &Bson| {
            stored_bytes(value).map(<[u8]>::to_vec)
        })?,
        created_at: field(KEYS, stored, "createdAt", moment)?,
        active_from: field(KEYS, stored, since, moment)?,
    })
}
