//! Wrapped keys.

use async_trait::async_trait;
use gacp_keys::{KeyStore, WrappedKey};
use gacp_store::StoreError;
use mongodb::bson::{Bson, Document, doc};

use crate::Mongo;
use crate::catalogue::Query;
use crate::document::{bytes, field, micros, moment, stored_bytes};
use crate::errors::Failure;
use crate::mongo::detached;
use crate::reading::Find;

const KEYS: &str = "keys";

pub(crate) const OLDEST_FIRST: Query =
    Query { name: "keys, oldest first", collection: KEYS, index: "keys_created" };

pub(crate) const FIRST_OF_PURPOSE: Query =
    Query { name: "first key of a purpose", collection: KEYS, index: "keys_first" };

#[async_trait]
impl KeyStore for Mongo {
    async fn keys(&self) -> Result<Vec<WrappedKey>, StoreError> {
        let mongo = self.clone();
        detached(async move {
            let documents = mongo.documents(oldest_first()).await?;
            documents.iter().map(key).collect()
        })
        .await
    }

    async fn add_first(&self, key: &WrappedKey) -> Result<(), StoreError> {
        let keys = self.collection(KEYS);
        let first = first_of(key.purpose.as_str());
        let add = doc! {
            "$setOnInsert": {
                "_id": &key.kid,
                "sealed": bytes(key.sealed.clone()),
                "createdAt": micros(key.created_at),
            },
        };
        detached(async move {
            let added = keys.update_one(first, add).upsert(true).await.map_err(Failure::from);
            match added {
                // Somebody else's key came in between: that one is the first.
                Err(failure) if failure.is_duplicate() => Ok(()),
                outcome => outcome.map(drop),
            }
        })
        .await
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

fn key(stored: &Document) -> Result<WrappedKey, Failure> {
    Ok(WrappedKey {
        kid: field(KEYS, stored, "_id", |value| value.as_str().map(ToOwned::to_owned))?,
        purpose: field(KEYS, stored, "purpose", |value| value.as_str()?.parse().ok())?,
        sealed: field(KEYS, stored, "sealed", |value: &Bson| {
            stored_bytes(value).map(<[u8]>::to_vec)
        })?,
        created_at: field(KEYS, stored, "createdAt", moment)?,
    })
}
