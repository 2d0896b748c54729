//! Brings a database in line with the catalogue.

use gacp_store::StoreError;
use mongodb::bson::{Document, doc};
use mongodb::error::ErrorKind;

use super::{Collection, Drift, collections};
use crate::Mongo;
use crate::connect::MAX_TIME;
use crate::errors::Failure;
use crate::mongo::detached;

/// The code for a collection that somebody else made in the meantime.
const NAMESPACE_EXISTS: i32 = 48;

impl Mongo {
    /// Makes an empty database ready, and says in what any other one differs from the catalogue.
    ///
    /// Several servers may do so at once. Fatal drift ([`Drift::is_fatal`]) is a reason not to
    /// serve.
    pub async fn prepare(&self) -> Result<Vec<Drift>, StoreError> {
        let mongo = self.clone();
        let empty = detached(async move { mongo.is_empty().await }).await?;
        if empty { self.apply().await } else { self.drift().await }
    }

    /// Adds what is missing, collections and indexes, brings the validators up to date, and says
    /// what remains: indexes that are otherwise than they must be are not touched.
    pub async fn apply(&self) -> Result<Vec<Drift>, StoreError> {
        let mongo = self.clone();
        detached(async move {
            for collection in collections() {
                mongo.create(collection).await?;
            }
            Ok(())
        })
        .await?;
        self.drift().await
    }

    /// Whether none of the collections holds anything.
    async fn is_empty(&self) -> Result<bool, Failure> {
        for collection in collections() {
            let stored = self.collection(collection.name);
            let any = stored.find_one(Document::new());
            if any.projection(doc! { "_id": 1 }).max_time(MAX_TIME).await?.is_some() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn create(&self, collection: &Collection) -> Result<(), Failure> {
        let made = self.database.run_command(configured("create", collection)).await;
        match made {
            Err(error) if is_there(&error) => {
                self.database.run_command(configured("collMod", collection)).await?;
            }
            outcome => drop(outcome?),
        }
        let there = self.stored_indexes(collection.name).await?;
        let is_missing = |name: &str| {
            !there.iter().any(|index| index.get_str("name").is_ok_and(|it| it == name))
        };
        let missing: Vec<Document> = collection
            .indexes
            .iter()
            .filter(|index| is_missing(index.name))
            .map(super::Index::specification)
            .collect();
        if !missing.is_empty() {
            let create = doc! { "createIndexes": collection.name, "indexes": missing };
            self.database.run_command(create).await?;
        }
        Ok(())
    }
}

/// The command that sets a collection up.
fn configured(command: &str, collection: &Collection) -> Document {
    doc! {
        command: collection.name,
        "validator": (collection.validator)(),
        // Documents that broke the rules before can still be changed: an illegible session must
        // not be one that cannot be ended.
        "validationLevel": "moderate",
        "validationAction": "error",
    }
}

fn is_there(error: &mongodb::error::Error) -> bool {
    matches!(error.kind.as_ref(), ErrorKind::Command(refusal) if refusal.code == NAMESPACE_EXISTS)
}
