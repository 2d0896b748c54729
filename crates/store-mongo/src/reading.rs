//! Reading: finds by the queries of the catalogue.

use gacp_store::{AccountId, StoreError};
use mongodb::bson::{Document, doc};
use mongodb::{ClientSession, Cursor, SessionCursor};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::Mongo;
use crate::catalogue::Query;
use crate::connect::max_time;
use crate::document::{read, uuid};
use crate::errors::Failure;

/// One find: which query of the catalogue, with which values.
#[derive(Debug, Clone)]
pub(crate) struct Find {
    query: &'static Query,
    filter: Document,
    sort: Document,
    fields: Document,
    limit: i64,
}

impl Find {
    /// The records that a filter finds, as many as there are.
    pub(crate) fn by(query: &'static Query, filter: Document) -> Self {
        Self { query, filter, sort: Document::new(), fields: doc! { "doc": 1 }, limit: 0 }
    }

    /// In this order.
    pub(crate) fn sorted(self, sort: Document) -> Self {
        Self { sort, ..self }
    }

    /// At most so many; 0 is no limit.
    pub(crate) fn limited(self, limit: usize) -> Self {
        Self { limit: i64::try_from(limit).unwrap_or(i64::MAX), ..self }
    }

    /// Which query of the catalogue it is, and the command that the driver makes of it.
    #[cfg(feature = "advisor")]
    pub(crate) fn into_command(self) -> (Query, Document) {
        let mut command = doc! {
            "find": self.query.collection,
            "filter": self.filter,
            "sort": self.sort,
            "projection": self.fields,
        };
        if self.limit != 0 {
            command.insert("limit", self.limit);
        }
        (*self.query, command)
    }

    /// With these fields instead of the record itself.
    pub(crate) fn only(self, fields: Document) -> Self {
        Self { fields, ..self }
    }
}

/// A record by its id; with an owner, only if it is that owner's.
pub(crate) fn by_id(query: &'static Query, id: Uuid, owner: Option<AccountId>) -> Find {
    let mut filter = doc! { "_id": uuid(id) };
    if let Some(owner) = owner {
        // Farms and applications are spread by their owner: one shard is asked.
        filter.insert("owner", uuid(owner.uuid()));
    }
    Find::by(query, filter)
}

impl Mongo {
    /// The records of a find.
    pub(crate) async fn records<T>(&self, find: Find) -> Result<Vec<T>, StoreError>
    where
        T: DeserializeOwned + Send + 'static,
    {
        let mongo = self.clone();
        self.detached(async move {
            let collection = find.query.collection;
            let mut records = Vec::new();
            let mut cursor = mongo.cursor(find).await?;
            while cursor.advance().await? {
                records.push(read(collection, "doc", cursor.current())?);
            }
            Ok(records)
        })
        .await
    }

    /// The first record of a find, if there is any.
    pub(crate) async fn record<T>(&self, find: Find) -> Result<Option<T>, StoreError>
    where
        T: DeserializeOwned + Send + 'static,
    {
        Ok(self.records(find.limited(1)).await?.into_iter().next())
    }

    /// The documents of a find, one after the other. To be called in a task of its own.
    pub(crate) async fn cursor(&self, find: Find) -> Result<Cursor<Document>, Failure> {
        let collection = self.collection(find.query.collection);
        let cursor = collection.find(find.filter).sort(find.sort).projection(find.fields);
        let cursor = if find.limit == 0 { cursor } else { cursor.limit(find.limit) };
        Ok(cursor.max_time(max_time()).await?)
    }

    /// The documents of a find, as the session sees them.
    pub(crate) async fn session_cursor(
        &self,
        session: &mut ClientSession,
        find: Find,
    ) -> Result<SessionCursor<Document>, Failure> {
        let collection = self.collection(find.query.collection);
        let cursor = collection.find(find.filter).sort(find.sort).projection(find.fields);
        let cursor = if find.limit == 0 { cursor } else { cursor.limit(find.limit) };
        Ok(cursor.max_time(max_time()).session(session).await?)
    }

    /// The documents of a find.
    pub(crate) async fn documents(&self, find: Find) -> Result<Vec<Document>, Failure> {
        let mut documents = Vec::new();
        let mut cursor = self.cursor(find).await?;
        while cursor.advance().await? {
            documents.push(current(&cursor)?);
        }
        Ok(documents)
    }
}

/// The document at which a cursor stands.
pub(crate) fn current(cursor: &Cursor<Document>) -> Result<Document, Failure> {
    Ok(Document::try_from(cursor.current())?)
}
