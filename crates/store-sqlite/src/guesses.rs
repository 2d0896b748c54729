//! Guesses at passwords. Counting them does not wait for the disk: whoever guesses should not keep
//! it busy, and nobody who can cut the power needs to guess.

use async_trait::async_trait;
use gacp_auth::{Bucket, BucketKey, Charge, Charged, GuessStore, LONGEST_WINDOW, Refund};
use gacp_store::StoreError;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::Sqlite;
use crate::document::{micros, moment};
use crate::engine::Failure;
use crate::engine::errors::Impossible;

pub(crate) const BY_KEY: &str =
    "SELECT count, began_at, waits, locked_until FROM guesses WHERE key = ?";

#[async_trait]
impl GuessStore for Sqlite {
    async fn charge(&self, charges: &[Charge], now: Timestamp) -> Result<Vec<Charged>, StoreError> {
        let charges = charges.to_vec();
        self.store
            .write_unsynced(move |transaction| {
                let charge = |charge: &Charge| {
                    let before = stored(transaction, charge.key)?;
                    let (after, counted) = Bucket::charge(before, &charge.backoff, now);
                    keep(transaction, charge.key, &after)?;
                    Ok(counted)
                };
                charges.iter().map(charge).collect()
            })
            .await
    }

    async fn refund(&self, refunds: &[Refund]) -> Result<(), StoreError> {
        let refunds = refunds.to_vec();
        self.store
            .write_unsynced(move |transaction| {
                for refund in &refunds {
                    let Some(bucket) = stored(transaction, refund.key)? else { continue };
                    match bucket.refund(refund) {
                        Some(left) => keep(transaction, refund.key, &left)?,
                        None => remove(transaction, refund.key)?,
                    }
                }
                Ok(())
            })
            .await
    }

    async fn empty(&self, buckets: &[BucketKey]) -> Result<(), StoreError> {
        let buckets = buckets.to_vec();
        self.store
            .write(move |transaction| buckets.iter().try_for_each(|key| remove(transaction, *key)))
            .await
    }

    async fn prune(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.prune_all(move |transaction, limit| prune(transaction, now, limit)).await
    }
}

fn stored(transaction: &Transaction<'_>, key: BucketKey) -> Result<Option<Bucket>, Failure> {
    let mut statement = transaction.prepare_cached(BY_KEY)?;
    statement.query_row([key.0], |row| Ok(bucket(row))).optional()?.transpose()
}

fn bucket(row: &Row<'_>) -> Result<Bucket, Failure> {
    let count = |index, column| {
        let number: i64 = row.get(index)?;
        u32::try_from(number)
            .map_err(|_out_of_range| Failure::from(Impossible { table: "guesses", column }))
    };
    Ok(Bucket {
        count: count(0, "count")?,
        began_at: moment("guesses", "began_at", row.get(1)?)?,
        waits: count(2, "waits")?,
        locked_until: moment("guesses", "locked_until", row.get(3)?)?,
    })
}

fn keep(transaction: &Transaction<'_>, key: BucketKey, bucket: &Bucket) -> Result<(), Failure> {
    transaction
        .prepare_cached(
            "INSERT INTO guesses (key, count, began_at, waits, locked_until) \
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (key) DO UPDATE \
             SET count = ?2, began_at = ?3, waits = ?4, locked_until = ?5",
        )?
        .execute(params![
            key.0,
            bucket.count,
            micros(bucket.began_at),
            bucket.waits,
            micros(bucket.locked_until),
        ])?;
    Ok(())
}

fn remove(transaction: &Transaction<'_>, key: BucketKey) -> Result<(), Failure> {
    transaction.prepare_cached("DELETE FROM guesses WHERE key = ?")?.execute([key.0])?;
    Ok(())
}

fn prune(transaction: &Transaction<'_>, now: Timestamp, limit: i64) -> Result<usize, Failure> {
    let pruned = transaction
        .prepare_cached(
            "DELETE FROM guesses WHERE key IN (SELECT key FROM guesses \
             WHERE began_at <= ? AND locked_until <= ? LIMIT ?)",
        )?
        .execute(params![micros(now - LONGEST_WINDOW), micros(now), limit])?;
    Ok(pruned)
}
