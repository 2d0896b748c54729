//! Receipts: leases while a request runs, its reply afterwards.

use async_trait::async_trait;
use gacp_store::{
    Claim, Fingerprint, Lease, RECEIPT_LEASE, RECEIPT_RETENTION, Receipt, ReceiptKey, ReceiptStore,
    StoreError, StoredReply,
};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::Sqlite;
use crate::document::{document, micros};
use crate::engine::Failure;
use crate::engine::errors::Impossible;

/// Answers a running request, or fails with [`StoreError::Duplicate`] when its lease is lost.
pub(crate) fn answer(transaction: &Transaction<'_>, receipt: &Receipt) -> Result<(), Failure> {
    if settle(transaction, receipt)? {
        Ok(())
    } else {
        Err(StoreError::Duplicate { key: Receipt::LOST_LEASE }.into())
    }
}

#[async_trait]
impl ReceiptStore for Sqlite {
    async fn claim(
        &self,
        key: &ReceiptKey,
        fingerprint: &Fingerprint,
        lease: Lease,
        now: Timestamp,
    ) -> Result<Claim, StoreError> {
        let (key, fingerprint) = (*key, *fingerprint);
        self.store
            .write(move |transaction| {
                if let Some(stored) = stored(transaction, key)?
                    && let Some(claim) = stored.claimed(fingerprint, now)
                {
                    return Ok(claim);
                }
                take(transaction, &Run { key, fingerprint, lease, now })?;
                Ok(Claim::Granted)
            })
            .await
    }

    async fn settle(&self, receipt: &Receipt) -> Result<(), StoreError> {
        let receipt = receipt.clone();
        self.store.write(move |transaction| settle(transaction, &receipt).map(drop)).await
    }

    async fn release(&self, key: &ReceiptKey, lease: Lease) -> Result<(), StoreError> {
        let key = *key;
        self.store
            .write(move |transaction| {
                transaction
                    .prepare_cached(
                        "DELETE FROM receipts WHERE key = ? AND lease = ? AND status IS NULL",
                    )?
                    .execute(params![key.0, lease.0.cast_signed()])?;
                Ok(())
            })
            .await
    }

    async fn prune(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.prune_all(move |transaction, limit| prune(transaction, now, limit)).await
    }
}

struct Run {
    key: ReceiptKey,
    fingerprint: Fingerprint,
    lease: Lease,
    now: Timestamp,
}

struct Stored {
    fingerprint: [u8; 32],
    claimed_at: i64,
    reply: Option<StoredReply>,
}

impl Stored {
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

fn stored(transaction: &Transaction<'_>, key: ReceiptKey) -> Result<Option<Stored>, Failure> {
    transaction
        .prepare_cached(
            "SELECT fingerprint, claimed_at, status, headers, body FROM receipts WHERE key = ?",
        )?
        .query_row([key.0], |row| Ok(receipt(row)))
        .optional()?
        .transpose()
}

fn receipt(row: &Row<'_>) -> Result<Stored, Failure> {
    let status: Option<u16> = row.get(2)?;
    let reply = match status {
        None => None,
        Some(status) => {
            let headers: String = row.get(3)?;
            let headers = serde_json::from_str(&headers)
                .map_err(|_content| Impossible { table: "receipts", column: "headers" })?;
            Some(StoredReply { status, headers, body: row.get(4)? })
        }
    };
    Ok(Stored { fingerprint: row.get(0)?, claimed_at: row.get(1)?, reply })
}

fn take(transaction: &Transaction<'_>, run: &Run) -> Result<(), Failure> {
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO receipts (key, fingerprint, lease, claimed_at) \
             VALUES (?, ?, ?, ?)",
        )?
        .execute(params![
            run.key.0,
            run.fingerprint.0,
            run.lease.0.cast_signed(),
            micros(run.now)
        ])?;
    Ok(())
}

/// Keeps a reply; says whether the lease still held.
fn settle(transaction: &Transaction<'_>, receipt: &Receipt) -> Result<bool, Failure> {
    let StoredReply { status, headers, body } = &receipt.reply;
    let settled = transaction
        .prepare_cached(
            "UPDATE receipts SET status = ?, headers = ?, body = ? \
             WHERE key = ? AND lease = ? AND status IS NULL",
        )?
        .execute(params![
            status,
            document(headers)?,
            body,
            receipt.key.0,
            receipt.lease.0.cast_signed(),
        ])?;
    Ok(settled > 0)
}

fn prune(transaction: &Transaction<'_>, now: Timestamp, limit: i64) -> Result<usize, Failure> {
    let pruned = transaction
        .prepare_cached(
            "DELETE FROM receipts WHERE key IN \
             (SELECT key FROM receipts WHERE claimed_at <= ? ORDER BY claimed_at LIMIT ?)",
        )?
        .execute(params![ago(now, RECEIPT_RETENTION), limit])?;
    Ok(pruned)
}

/// The moment that lies so long before another, as it is stored.
fn ago(now: Timestamp, duration: SignedDuration) -> i64 {
    let duration = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
    micros(now).saturating_sub(duration)
}
