//! The reference adapter of [`GuessStore`]: buckets in memory.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use gacp_store::StoreError;
use jiff::Timestamp;

use crate::{Bucket, BucketKey, Charge, Charged, GuessStore, Refund};

/// Buckets in memory, for one process. It grows until [`prune`](GuessStore::prune) is called.
#[derive(Debug, Default)]
pub struct MemoryGuesses {
    buckets: Mutex<HashMap<BucketKey, Bucket>>,
}

impl MemoryGuesses {
    fn lock(&self) -> MutexGuard<'_, HashMap<BucketKey, Bucket>> {
        // Every change under the lock is a single insertion or removal.
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl GuessStore for MemoryGuesses {
    async fn charge(&self, charges: &[Charge], now: Timestamp) -> Result<Vec<Charged>, StoreError> {
        let mut buckets = self.lock();
        let count = |charge: &Charge| {
            let before = buckets.get(&charge.key).copied();
            let (after, counted) = Bucket::charge(before, &charge.backoff, now);
            buckets.insert(charge.key, after);
            counted
        };
        Ok(charges.iter().map(count).collect())
    }

    async fn refund(&self, refunds: &[Refund]) -> Result<(), StoreError> {
        let mut buckets = self.lock();
        for refund in refunds {
            if let Some(bucket) = buckets.remove(&refund.key)
                && let Some(left) = bucket.refund(refund)
            {
                buckets.insert(refund.key, left);
            }
        }
        Ok(())
    }

    async fn empty(&self, keys: &[BucketKey]) -> Result<(), StoreError> {
        let mut buckets = self.lock();
        for key in keys {
            buckets.remove(key);
        }
        Ok(())
    }

    async fn prune(&self, now: Timestamp) -> Result<u64, StoreError> {
        let mut buckets = self.lock();
        let before = buckets.len();
        buckets.retain(|_, bucket| !bucket.is_forgotten(now));
        Ok(u64::try_from(before - buckets.len()).unwrap_or(u64::MAX))
    }
}
