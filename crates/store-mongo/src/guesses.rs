//! Guesses at passwords.

use async_trait::async_trait;
use gacp_auth::{Bucket, BucketKey, Charge, Charged, GuessStore, LONGEST_WINDOW, Refund};
use gacp_store::StoreError;
use jiff::{SignedDuration, Timestamp};
use mongodb::bson::{Bson, Document, doc};
use mongodb::options::ReturnDocument;

use crate::Mongo;
use crate::catalogue::Query;
use crate::connect::max_time;
use crate::document::{bytes, field, micros, moment};
use crate::errors::Failure;

const GUESSES: &str = "guesses";

/// A bucket that two begin at once is begun by one of them; the other tries again.
const ATTEMPTS: usize = 3;

pub(crate) const BY_KEY: Query =
    Query { name: "guesses by key", collection: GUESSES, index: "_id_" };

pub(crate) const BY_AGE: Query =
    Query { name: "guesses by age", collection: GUESSES, index: "guesses_began" };

/// What the server does by itself, once a minute.
pub(crate) const FORGOTTEN: Query =
    Query { name: "guesses that are forgotten", collection: GUESSES, index: "guesses_seen" };

#[async_trait]
impl GuessStore for Mongo {
    async fn charge(&self, charges: &[Charge], now: Timestamp) -> Result<Vec<Charged>, StoreError> {
        let (mongo, charges) = (self.clone(), charges.to_vec());
        self.detached(async move {
            let mut answers = Vec::with_capacity(charges.len());
            for charge in &charges {
                answers.push(mongo.charge_one(charge, now).await?);
            }
            Ok(answers)
        })
        .await
    }

    async fn refund(&self, refunds: &[Refund]) -> Result<(), StoreError> {
        let (guesses, refunds) = (self.collection(GUESSES), refunds.to_vec());
        self.detached(async move {
            for refund in &refunds {
                let mut bucket = by_key(refund.key);
                bucket.insert("beganAt", micros(refund.began_at));
                guesses.update_one(bucket.clone(), refunded(refund)).await?;
                bucket.insert("count", doc! { "$lte": 0_i64 });
                guesses.delete_one(bucket).await?;
            }
            Ok(())
        })
        .await
    }

    async fn empty(&self, buckets: &[BucketKey]) -> Result<(), StoreError> {
        let guesses = self.collection(GUESSES);
        let keys: Vec<Bson> = buckets.iter().map(|key| bytes(key.0)).collect();
        let named = doc! { "_id": { "$in": keys } };
        self.detached(async move { Ok(guesses.delete_many(named).await.map(drop)?) }).await
    }

    async fn prune(&self, now: Timestamp) -> Result<u64, StoreError> {
        let (guesses, old) = (self.collection(GUESSES), forgotten(now));
        self.detached(async move { Ok(guesses.delete_many(old).await?.deleted_count) }).await
    }
}

impl Mongo {
    async fn charge_one(&self, charge: &Charge, now: Timestamp) -> Result<Charged, Failure> {
        let mut attempts = 1;
        loop {
            match self.try_charge(charge, now).await {
                Err(failure) if failure.is_duplicate() && attempts < ATTEMPTS => attempts += 1,
                outcome => return outcome,
            }
        }
    }

    /// Counts in one step on the server; what the guess itself comes to is then told by the rule,
    /// from the bucket as it was before.
    async fn try_charge(&self, charge: &Charge, now: Timestamp) -> Result<Charged, Failure> {
        let guesses = self.collection(GUESSES);
        let former = guesses
            .find_one_and_update(by_key(charge.key), charged(charge, now))
            .upsert(true)
            .return_document(ReturnDocument::Before)
            .max_time(max_time())
            .await?;
        let former = former.as_ref().map(bucket).transpose()?;
        Ok(Bucket::charge(former, &charge.backoff, now).1)
    }
}

/// [`Bucket::charge`], said to the server.
fn charged(charge: &Charge, now: Timestamp) -> Vec<Document> {
    let (backoff, at) = (charge.backoff, micros(now));
    let absent = doc! { "$eq": [{ "$type": "$beganAt" }, "missing"] };
    let ends = doc! { "$add": ["$beganAt", length(backoff.window())] };
    let over = doc! { "$and": [{ "$lte": [ends, at] }, { "$lte": ["$lockedUntil", at] }] };
    let fresh = doc! { "$or": [absent, over] };
    let first = |value: Bson, otherwise: Bson| doc! { "$cond": [&fresh, value, otherwise] };
    let (zero, one) = (Bson::Int64(0), Bson::Int64(1));
    let counted = doc! {
        "count": { "$add": [first(zero.clone(), "$count".into()), one.clone()] },
        "beganAt": first(at.into(), "$beganAt".into()),
        "waits": first(zero.clone(), "$waits".into()),
        "lockedUntil": first(zero, "$lockedUntil".into()),
        // For the index that removes old buckets by itself: the server's own clock.
        "seenAt": "$$NOW",
    };
    // The waits double: as many of them as there are before the longest.
    let doublings = (0..=30).map(|waits| Bson::Int64(length(backoff.wait_after(waits))));
    let waits: Vec<Bson> = doublings.collect();
    let wait = doc! { "$arrayElemAt": [waits, { "$min": ["$waits", 30] }] };
    let locks = doc! { "$and": [
        { "$lte": ["$lockedUntil", at] },
        { "$gte": ["$count", i64::from(backoff.free())] },
    ] };
    let locked = doc! {
        "lockedUntil": { "$cond": [&locks, { "$add": [at, wait] }, "$lockedUntil"] },
        "waits": { "$cond": [&locks, { "$add": ["$waits", one] }, "$waits"] },
    };
    vec![doc! { "$set": counted }, doc! { "$set": locked }]
}

/// [`Bucket::refund`], said to the server: of two that take back everything, one finds less than
/// it counted.
fn refunded(refund: &Refund) -> Vec<Document> {
    let left = doc! { "$subtract": ["$count", i64::from(refund.count)] };
    vec![doc! { "$set": { "count": { "$max": [0_i64, left] } } }]
}

/// Buckets that no rule needs any more.
pub(crate) fn forgotten(now: Timestamp) -> Document {
    doc! {
        "beganAt": { "$lte": micros(now - LONGEST_WINDOW) },
        "lockedUntil": { "$lte": micros(now) },
    }
}

fn by_key(key: BucketKey) -> Document {
    doc! { "_id": bytes(key.0) }
}

fn bucket(stored: &Document) -> Result<Bucket, Failure> {
    let count = |value: &Bson| u32::try_from(value.as_i64()?).ok();
    Ok(Bucket {
        count: field(GUESSES, stored, "count", count)?,
        began_at: field(GUESSES, stored, "beganAt", moment)?,
        waits: field(GUESSES, stored, "waits", count)?,
        locked_until: field(GUESSES, stored, "lockedUntil", moment)?,
    })
}

/// A duration as it is added to moments: in microseconds.
fn length(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
