//! Receipts: leases while a request runs, its reply afterwards.

use async_trait::async_trait;
use gacp_store::{
    Claim, Fingerprint, Lease, RECEIPT_LEASE, RECEIPT_RETENTION, Receipt, ReceiptKey, ReceiptStore,
    StoreError, StoredReply,
};
use jiff::{SignedDuration, Timestamp};
use mongodb::bson::{Bson, Document, doc};
use mongodb::options::ReturnDocument;

use crate::Mongo;
use crate::catalogue::Query;
use crate::connect::max_time;
use crate::document::{bytes, document, field, micros, parse, stored_bytes};
use crate::errors::Failure;
use crate::transaction::Transaction;

const RECEIPTS: &str = "receipts";

pub(crate) const BY_KEY: Query =
    Query { name: "receipt by key", collection: RECEIPTS, index: "_id_" };

pub(crate) const BY_AGE: Query =
    Query { name: "receipts by age", collection: RECEIPTS, index: "receipts_claimed" };

/// What the server does by itself, once a minute.
pub(crate) const FORGOTTEN: Query =
    Query { name: "receipts that are forgotten", collection: RECEIPTS, index: "receipts_seen" };

/// Answers a running request, or lets the transaction fail when its lease is lost.
pub(crate) fn answer(
    transaction: Transaction,
    receipt: &Receipt,
) -> Result<Transaction, StoreError> {
    let lost = || StoreError::Duplicate { key: Receipt::LOST_LEASE };
    let settle = (running(receipt.key, receipt.lease), settled(&receipt.reply)?);
    Ok(transaction.update(RECEIPTS, settle, lost))
}

#[async_trait]
impl ReceiptStore for Mongo {
    async fn claim(
        &self,
        key: &ReceiptKey,
        fingerprint: &Fingerprint,
        lease: Lease,
        now: Timestamp,
    ) -> Result<Claim, StoreError> {
        let receipts = self.collection(RECEIPTS);
        let run = Run { key: *key, fingerprint: *fingerprint, lease, now };
        self.detached(async move {
            let former = receipts
                .find_one_and_update(by_key(run.key), run.take())
                .upsert(true)
                .return_document(ReturnDocument::Before)
                .max_time(max_time())
                .await?;
            let Some(former) = former else { return Ok(Claim::Granted) };
            let claim = Stored::read(former)?.claimed(run.fingerprint, run.now);
            Ok(claim.unwrap_or(Claim::Granted))
        })
        .await
    }

    async fn settle(&self, receipt: &Receipt) -> Result<(), StoreError> {
        let receipts = self.collection(RECEIPTS);
        let (filter, update) = (running(receipt.key, receipt.lease), settled(&receipt.reply)?);
        self.detached(async move { Ok(receipts.update_one(filter, update).await.map(drop)?) }).await
    }

    async fn release(&self, key: &ReceiptKey, lease: Lease) -> Result<(), StoreError> {
        let receipts = self.collection(RECEIPTS);
        let filter = running(*key, lease);
        self.detached(async move { Ok(receipts.delete_one(filter).await.map(drop)?) }).await
    }

    async fn prune(&self, now: Timestamp) -> Result<u64, StoreError> {
        let receipts = self.collection(RECEIPTS);
        let old = claimed_by(ago(now, RECEIPT_RETENTION));
        self.detached(async move { Ok(receipts.delete_many(old).await?.deleted_count) }).await
    }
}

struct Run {
    key: ReceiptKey,
    fingerprint: Fingerprint,
    lease: Lease,
    now: Timestamp,
}

impl Run {
    /// Puts the run in the place of a receipt whose key is free; another stays as it is. The
    /// condition is [`Stored::claimed`], said to the server.
    fn take(&self) -> Vec<Document> {
        let younger = |age| doc! { "$gt": ["$claimedAt", ago(self.now, age)] };
        let answered = doc! { "$ne": [{ "$type": "$status" }, "missing"] };
        let taken = doc! {
            "$cond": [answered, younger(RECEIPT_RETENTION), younger(RECEIPT_LEASE)],
        };
        let absent = doc! { "$eq": [{ "$type": "$claimedAt" }, "missing"] };
        let mine = doc! {
            "_id": bytes(self.key.0),
            "fingerprint": bytes(self.fingerprint.0),
            "lease": self.lease.0.cast_signed(),
            "claimedAt": micros(self.now),
            // For the index that removes old receipts by itself: the server's own clock.
            "seenAt": "$$NOW",
        };
        let free = doc! { "$or": [absent, { "$not": [taken] }] };
        vec![doc! { "$replaceWith": { "$cond": [free, mine, "$$ROOT"] } }]
    }
}

struct Stored {
    fingerprint: Vec<u8>,
    claimed_at: i64,
    reply: Option<StoredReply>,
}

impl Stored {
    fn read(stored: Document) -> Result<Self, Failure> {
        let fingerprint = |value: &Bson| stored_bytes(value).map(<[u8]>::to_vec);
        Ok(Self {
            fingerprint: field(RECEIPTS, &stored, "fingerprint", fingerprint)?,
            claimed_at: field(RECEIPTS, &stored, "claimedAt", Bson::as_i64)?,
            reply: if stored.contains_key("status") { Some(reply(stored)?) } else { None },
        })
    }

    /// What the receipt says to a claim; nothing when its key is free by now.
    fn claimed(self, fingerprint: Fingerprint, now: Timestamp) -> Option<Claim> {
        let kept = self.claimed_at > ago(now, RECEIPT_RETENTION);
        let held = self.claimed_at > ago(now, RECEIPT_LEASE);
        if kept && (self.reply.is_some() || held) && self.fingerprint != fingerprint.0 {
            return Some(Claim::Reused);
        }
        match self.reply {
            Some(reply) if kept => Some(Claim::Answered(reply)),
            None if held => Some(Claim::Running),
            Some(_) | None => None,
        }
    }
}

fn reply(stored: Document) -> Result<StoredReply, Failure> {
    let status = |value: &Bson| u16::try_from(value.as_i32()?).ok();
    let body = |value: &Bson| stored_bytes(value).map(<[u8]>::to_vec);
    Ok(StoredReply {
        status: field(RECEIPTS, &stored, "status", status)?,
        body: field(RECEIPTS, &stored, "body", body)?,
        headers: parse(RECEIPTS, "headers", stored)?,
    })
}

/// Receipts of runs that began by then.
pub(crate) fn claimed_by(then: i64) -> Document {
    doc! { "claimedAt": { "$lte": then } }
}

fn by_key(key: ReceiptKey) -> Document {
    doc! { "_id": bytes(key.0) }
}

/// A receipt whose request runs, by this lease.
fn running(key: ReceiptKey, lease: Lease) -> Document {
    let mut filter = by_key(key);
    filter.insert("lease", lease.0.cast_signed());
    filter.insert("status", doc! { "$exists": false });
    filter
}

/// Keeps a reply.
fn settled(reply: &StoredReply) -> Result<Document, StoreError> {
    let StoredReply { status, headers, body } = reply;
    Ok(doc! {
        "$set": {
            "status": i32::from(*status),
            "headers": document(headers)?,
            "body": bytes(body.clone()),
        },
    })
}

/// The moment that lies so long before another, as it is stored.
fn ago(now: Timestamp, duration: SignedDuration) -> i64 {
    let duration = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
    micros(now).saturating_sub(duration)
}
