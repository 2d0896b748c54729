//! Serial numbers. They are given outside of transactions: a number that is not used is a gap.

use async_trait::async_trait;
use gacp_certifications::{NumberStore, Series};
use gacp_store::StoreError;
use mongodb::bson::{Bson, doc};
use mongodb::options::ReturnDocument;

use crate::Mongo;
use crate::catalogue::Query;
use crate::connect::max_time;
use crate::document::field;
use crate::errors::{Failure, Unreadable};

const COUNTERS: &str = "counters";

/// A counter that two begin at once is begun by one of them; the other tries again.
const ATTEMPTS: usize = 3;

pub(crate) const OF_SERIES: Query =
    Query { name: "counter of a series and year", collection: COUNTERS, index: "_id_" };

#[async_trait]
impl NumberStore for Mongo {
    async fn next(&self, series: Series, year: i16) -> Result<u32, StoreError> {
        let mongo = self.clone();
        self.detached(async move {
            let mut attempts = 1;
            loop {
                match mongo.count(series, year).await {
                    Err(failure) if failure.is_duplicate() && attempts < ATTEMPTS => attempts += 1,
                    outcome => return outcome,
                }
            }
        })
        .await
    }
}

impl Mongo {
    async fn count(&self, series: Series, year: i16) -> Result<u32, Failure> {
        let id = format!("{series}/{year}");
        let counters = self.collection(COUNTERS);
        let next = doc! { "$inc": { "last": 1_i64 } };
        let counter = counters
            .find_one_and_update(doc! { "_id": &id }, next)
            .upsert(true)
            .return_document(ReturnDocument::After)
            .max_time(max_time())
            .await?;
        let Some(counter) = counter else {
            let path = "last".to_owned();
            return Err(Unreadable { collection: COUNTERS, id, path }.into());
        };
        let serial = |value: &Bson| u32::try_from(value.as_i64()?).ok();
        field(COUNTERS, &counter, "last", serial)
    }
}
