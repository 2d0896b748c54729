//! Copies of entries within the process: they save the way of the bytes, not the question whether
//! they are valid.

use std::sync::Arc;
use std::time::Duration;

use gacp_cache::{Entry, Epochs, Found, Key, Life};
use quick_cache::Weighter;
use tokio::time::Instant;

use super::generations::Generation;

/// What a copy weighs beside its bytes.
const OVERHEAD: u64 = 512;

/// A usual reply is a list or a record.
const USUAL: u64 = 2 * 1024 + OVERHEAD;

/// A bounded number of bytes.
pub(super) struct Local(quick_cache::sync::Cache<Key, Copied, Bytes>);

/// An entry as it came from Redis.
#[derive(Clone)]
pub(super) struct Copied {
    pub(super) entry: Arc<Entry>,
    pub(super) epochs: Epochs,
    pub(super) life: Life,
    /// What its tags were before it was asked for: whatever was invalidated meanwhile is heard of
    /// after that, and ends it.
    pub(super) noted: Generation,
    /// When it came, and how old it was.
    pub(super) came: Instant,
    pub(super) age: Duration,
}

#[derive(Clone)]
struct Bytes;

impl Weighter<Key, Copied> for Bytes {
    fn weight(&self, _: &Key, copied: &Copied) -> u64 {
        u64::try_from(copied.entry.size()).unwrap_or(u64::MAX).saturating_add(OVERHEAD)
    }
}

impl Local {
    pub(super) fn of_bytes(bytes: u64) -> Self {
        let usual = usize::try_from(bytes / USUAL).unwrap_or(usize::MAX).max(16);
        Self(quick_cache::sync::Cache::with_weighter(usual, bytes, Bytes))
    }

    pub(super) fn keep(&self, key: Key, copied: Copied) {
        self.0.insert(key, copied);
    }

    /// A copy that has not ended.
    pub(super) fn find(&self, key: &Key) -> Option<Copied> {
        let copied = self.0.get(key)?;
        if copied.age_at(Instant::now()) < copied.life.hard {
            return Some(copied);
        }
        self.forget(key, &copied);
        None
    }

    /// Removes a copy, but not one that came since.
    pub(super) fn forget(&self, key: &Key, copied: &Copied) {
        self.0.remove_if(key, |kept| Arc::ptr_eq(&kept.entry, &copied.entry));
    }
}

impl Copied {
    pub(super) fn found(self) -> Found {
        let age = self.age_at(Instant::now());
        Found { entry: self.entry, epochs: self.epochs, age, life: self.life }
    }

    fn age_at(&self, now: Instant) -> Duration {
        self.age + now.saturating_duration_since(self.came)
    }
}
