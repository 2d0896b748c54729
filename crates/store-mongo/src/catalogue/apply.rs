//! Brings a database in line with the catalogue.

use std::time::Duration;

use gacp_store::StoreError;
use mongodb::bson::{Bson, Document, doc};
use mongodb::error::ErrorKind;
use thiserror::Error;
use tokio::pin;
use tokio::time::sleep;

use super::drift::{VALIDATION_ACTION, VALIDATION_LEVEL};
use super::{Collection, Drift, Index, Step, collections};
use crate::Mongo;
use crate::connect::MAX_TIME;
use crate::errors::Failure;

/// The code for a collection that somebody else made in the meantime.
const NAMESPACE_EXISTS: i32 = 48;

/// How often a long build is asked how far it is.
const LOOK: Duration = Duration::from_millis(500);

/// How far a step has come.
#[derive(Debug, Clone, Copy)]
pub enum Applying {
    /// It begins.
    Begun(Step),
    /// The building of an index has looked at so many documents of so many.
    Building {
        /// The step that builds it.
        step: Step,
        /// So many are done,
        done: u64,
        /// of so many.
        total: u64,
    },
}

/// An index was built and is not the one that was meant; it stays hidden.
#[derive(Debug, Error)]
#[error("{collection}: index {index} was built otherwise than it was meant")]
struct Unlike {
    collection: &'static str,
    index: &'static str,
}

impl Mongo {
    /// Makes an empty database ready, and says in what any other one differs from the catalogue.
    ///
    /// Several servers may do so at once. Fatal drift ([`Drift::is_fatal`]) is a reason not to
    /// serve.
    pub async fn prepare(&self) -> Result<Vec<Drift>, StoreError> {
        if self.is_empty().await? { self.apply(|_progress| ()).await } else { self.drift().await }
    }

    /// Takes every step of the [`plan`](Self::plan), and says what remains: indexes that are
    /// otherwise than they must be, or that nobody asked for, are not touched.
    ///
    /// Servers may work meanwhile. Broken off, it goes on where it was when it is called again.
    /// Fails with [`StoreError::Duplicate`] when documents that are there break a unique index.
    pub async fn apply(
        &self,
        mut watch: impl FnMut(Applying) + Send + 'static,
    ) -> Result<Vec<Drift>, StoreError> {
        let (mongo, steps) = (self.clone(), self.plan().await?);
        self.detached(async move {
            for step in steps {
                watch(Applying::Begun(step));
                mongo.take(step, &mut watch).await?;
            }
            Ok(())
        })
        .await?;
        self.drift().await
    }

    /// Whether none of the collections holds anything.
    pub async fn is_empty(&self) -> Result<bool, StoreError> {
        let mongo = self.clone();
        self.detached(async move {
            for collection in collections() {
                let stored = mongo.collection(collection.name);
                let any = stored.find_one(Document::new());
                if any.projection(doc! { "_id": 1 }).max_time(MAX_TIME).await?.is_some() {
                    return Ok(false);
                }
            }
            Ok(true)
        })
        .await
    }

    async fn take(
        &self,
        step: Step,
        watch: &mut (impl FnMut(Applying) + Send),
    ) -> Result<(), Failure> {
        match step {
            Step::Create(collection) => self.create(collection).await,
            Step::Validate(collection) => {
                self.database.run_command(configured("collMod", collection)).await?;
                Ok(())
            }
            Step::Build(collection, index) => {
                let seen = |done, total| watch(Applying::Building { step, done, total });
                self.build(collection, index, seen).await?;
                self.hide_index(collection.name, index.name, false).await
            }
            Step::Unhide(collection, index) => {
                self.hide_index(collection.name, index.name, false).await
            }
        }
    }

    /// Makes a collection. It is empty: its indexes cost nothing and need not be hidden.
    async fn create(&self, collection: &Collection) -> Result<(), Failure> {
        let made = self.database.run_command(configured("create", collection)).await;
        match made {
            Err(error) if is_there(&error) => {
                self.database.run_command(configured("collMod", collection)).await?;
            }
            outcome => drop(outcome?),
        }
        let indexes: Vec<Document> = collection.indexes.iter().map(Index::specification).collect();
        if !indexes.is_empty() {
            let create = doc! { "createIndexes": collection.name, "indexes": indexes };
            self.database.run_command(create).await?;
        }
        Ok(())
    }

    /// Builds an index that queries do not see yet, and sees that it is the one that was meant.
    async fn build(
        &self,
        collection: &Collection,
        index: &Index,
        mut seen: impl FnMut(u64, u64) + Send,
    ) -> Result<(), Failure> {
        let mut specification = index.specification();
        specification.insert("hidden", true);
        let create = doc! { "createIndexes": collection.name, "indexes": [specification] };
        let building = async { self.database.run_command(create).await };
        pin!(building);
        loop {
            tokio::select! {
                outcome = &mut building => break drop(outcome?),
                () = sleep(LOOK) => {
                    // Only told for the patience of whoever waits: an error is no reason to stop.
                    if let Ok(Some((done, total))) = self.progress(collection.name).await {
                        seen(done, total);
                    }
                }
            }
        }
        let stored = self.stored_indexes(collection.name).await?;
        if stored.iter().any(|stored| index.is_kept_in(stored)) {
            return Ok(());
        }
        let (collection, index) = (collection.name, index.name);
        Err(StoreError::Corrupt(Unlike { collection, index }.into()).into())
    }

    /// How far the building of an index is: documents done, documents in all.
    async fn progress(&self, collection: &str) -> Result<Option<(u64, u64)>, Failure> {
        let admin = self.client.database("admin");
        let building = doc! {
            "ns": format!("{}.{collection}", self.database.name()),
            "progress.total": { "$gt": 0 },
        };
        let stages = [
            doc! { "$currentOp": { "allUsers": true, "localOps": true } },
            doc! { "$match": building },
            doc! { "$project": {
                "done": { "$toLong": "$progress.done" },
                "total": { "$toLong": "$progress.total" },
            } },
        ];
        let mut cursor = admin.aggregate(stages).max_time(MAX_TIME).await?;
        if !cursor.advance().await? {
            return Ok(None);
        }
        let found = Document::try_from(cursor.current())?;
        let count = |field| found.get(field).and_then(Bson::as_i64).map(i64::unsigned_abs);
        Ok(count("done").zip(count("total")))
    }

    /// Hides an index from queries, or shows it to them again; it is kept up to date all along.
    pub(crate) async fn hide_index(
        &self,
        collection: &str,
        index: &str,
        hidden: bool,
    ) -> Result<(), Failure> {
        let hide = doc! { "collMod": collection, "index": { "name": index, "hidden": hidden } };
        self.database.run_command(hide).await?;
        Ok(())
    }
}

/// The command that sets a collection up.
fn configured(command: &str, collection: &Collection) -> Document {
    doc! {
        command: collection.name,
        "validator": (collection.validator)(),
        "validationLevel": VALIDATION_LEVEL,
        "validationAction": VALIDATION_ACTION,
    }
}

fn is_there(error: &mongodb::error::Error) -> bool {
    matches!(error.kind.as_ref(), ErrorKind::Command(refusal) if refusal.code == NAMESPACE_EXISTS)
}
