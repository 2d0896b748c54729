//! Receipts: the first reply to a request that carries an idempotency key, for its repetitions.
//!
//! A request *claims* its key before it acts and holds it for [`RECEIPT_LEASE`]. The reply is
//! written in the transaction of the change, and only by the holder of the lease: of two requests
//! with one key, one takes effect. See draft-ietf-httpapi-idempotency-key-header.

use std::fmt;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::StoreError;

/// How long a running request holds its key before another may take it over.
pub const RECEIPT_LEASE: SignedDuration = SignedDuration::from_secs(30);

/// How long a reply is kept for repetitions.
pub const RECEIPT_RETENTION: SignedDuration = SignedDuration::from_hours(24);

/// A keyed hash of caller, method, path and the client's key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReceiptKey(pub [u8; 32]);

impl fmt::Debug for ReceiptKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReceiptKey(…)")
    }
}

/// A keyed hash of a request's body.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint(pub [u8; 32]);

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fingerprint(…)")
    }
}

/// Names one run of a request; random, so that a run that lost its lease cannot act any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease(pub u64);

/// A reply as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredReply {
    /// The HTTP status.
    pub status: u16,
    /// The headers that belong to the content.
    pub headers: Vec<(String, String)>,
    /// The content.
    pub body: Vec<u8>,
}

/// What a change writes beside itself so that its request can be repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Which request.
    pub key: ReceiptKey,
    /// Which run of it.
    pub lease: Lease,
    /// What it answered.
    pub reply: StoredReply,
}

impl Receipt {
    /// The name of the unique key that a run finds taken when it has lost its lease.
    pub const LOST_LEASE: &'static str = "idempotency-key";
}

/// What became of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// The key is this run's, until its lease ends.
    Granted,
    /// The request was answered before; this is the reply.
    Answered(StoredReply),
    /// The key was used for a request with another body.
    Reused,
    /// Another run of the same request still holds the key.
    Running,
}

/// Where receipts are kept, beside the records whose changes they belong to.
#[async_trait]
pub trait ReceiptStore: Send + Sync {
    /// Claims a key for one run. Of any number of concurrent claims one is granted.
    async fn claim(
        &self,
        key: &ReceiptKey,
        fingerprint: &Fingerprint,
        lease: Lease,
        now: Timestamp,
    ) -> Result<Claim, StoreError>;

    /// Keeps a reply that changed nothing (a refusal). Does nothing when the lease is lost.
    async fn settle(&self, receipt: &Receipt) -> Result<(), StoreError>;

    /// Gives a key back unanswered. Does nothing when the lease is lost.
    async fn release(&self, key: &ReceiptKey, lease: Lease) -> Result<(), StoreError>;

    /// Forgets receipts older than [`RECEIPT_RETENTION`]; says how many.
    async fn prune(&self, now: Timestamp) -> Result<u64, StoreError>;
}
