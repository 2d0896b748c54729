//! Filling a database with documents made for explaining.

use gacp_store::StoreError;
use jiff::Timestamp;
use mongodb::bson::Document;

use super::made::Made;
use crate::errors::Failure;
use crate::{Mongo, collections};

/// So many documents are sent at once: about 10 MiB of the largest.
const BATCH: u32 = 1_000;

/// How far the filling has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filling {
    /// The collection that is worked at.
    pub collection: &'static str,
    /// So much is done,
    pub done: u64,
    /// of so much.
    pub total: u64,
}

impl Mongo {
    /// Fills the collections of an empty database with so many documents each, the same ones
    /// every time but for their age: receipts are from `now`, or the server would remove them.
    pub async fn fill(
        &self,
        documents: u32,
        now: Timestamp,
        mut watch: impl FnMut(Filling) + Send,
    ) -> Result<(), StoreError> {
        let made = Made { documents, now };
        for collection in collections() {
            let total = made.count(collection.name);
            for first in (0..total).step_by(usize::try_from(BATCH).unwrap_or(1)) {
                let end = total.min(first + BATCH);
                let numbers = first..end;
                let batch = numbers.filter_map(|number| made.document(collection.name, number));
                self.add(collection.name, batch.collect()).await?;
                let (done, total) = (u64::from(end), u64::from(total));
                watch(Filling { collection: collection.name, done, total });
            }
        }
        Ok(())
    }

    async fn add(&self, collection: &str, batch: Vec<Document>) -> Result<(), StoreError> {
        let collection = self.collection(collection);
        self.detached(async move {
            let added = collection.insert_many(batch).ordered(false).await;
            added.map(drop).map_err(Failure::from)
        })
        .await
    }
}
