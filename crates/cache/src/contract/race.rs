//! Reads and writes at random, and whether a read came back with what a write had replaced that
//! was acknowledged before the read began.

use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;

use super::{Arc, Begun, Cache, Duration, LIFE, Tags, entry, find, key, number, tag};

/// Where numbers are that only grow, and up to which they were acknowledged. Every process that
/// takes part sees the same.
#[async_trait]
pub trait Numbers: Send + Sync {
    /// How many there are.
    fn count(&self) -> u64;

    /// What one is.
    async fn read(&self, nth: u64) -> u64;

    /// Makes one larger; what it is then.
    async fn raise(&self, nth: u64) -> u64;

    /// The largest value of one of which a writer was told that it is written.
    async fn acknowledged(&self, nth: u64) -> u64;

    /// A writer is told that this is written.
    async fn acknowledge(&self, nth: u64, value: u64);
}

/// What came of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Reads from the cache.
    pub hits: u64,
    /// Reads from the store.
    pub loads: u64,
    /// Writes.
    pub writes: u64,
    /// Reads that came back with what an acknowledged write had replaced.
    pub stale: u64,
}

impl Tally {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            hits: self.hits + other.hits,
            loads: self.loads + other.loads,
            writes: self.writes + other.writes,
            stale: self.stale + other.stale,
        }
    }
}

/// So many operations one after the other, of which every eighth is a write.
pub async fn run(cache: &dyn Cache, store: &dyn Numbers, seed: u64, operations: u64) -> Tally {
    let mut tally = Tally::default();
    let mut random = seed;
    for _ in 0..operations {
        // Steele, Lea, Flood 2014, without the last step.
        random = random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let drawn = (random ^ (random >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 16;
        let nth = (drawn >> 8) % store.count();
        if drawn.is_multiple_of(8) {
            write(cache, store, nth).await;
            tally.writes += 1;
        } else {
            let acknowledged = store.acknowledged(nth).await;
            let (value, is_hit) = read(cache, store, nth).await;
            tally.stale += u64::from(value < acknowledged);
            tally.hits += u64::from(is_hit);
            tally.loads += u64::from(!is_hit);
        }
    }
    tally
}

/// As a server writes: mark, write, invalidate, acknowledge.
async fn write(cache: &dyn Cache, store: &dyn Numbers, nth: u64) {
    let doubt = cache.doubt(&Tags::of([tag(nth)]), Duration::from_secs(30)).await.unwrap();
    let value = store.raise(nth).await;
    cache.settle(doubt).await.unwrap();
    store.acknowledge(nth, value).await;
}

/// As a server reads: look, begin, load, commit. Whether it was in the cache.
async fn read(cache: &dyn Cache, store: &dyn Numbers, nth: u64) -> (u64, bool) {
    let (key, tags) = (key(nth), Tags::of([tag(nth)]));
    if let Some(found) = find(cache, key, &tags).await {
        return (number(&found.entry), true);
    }
    let begun = cache.begin_fill(&key, &tags).await.unwrap();
    let value = store.read(nth).await;
    tokio::task::yield_now().await;
    if let Begun::Leased { fill, .. } = begun {
        cache.commit(fill, Arc::new(entry(value)), LIFE).await.unwrap();
    }
    (value, false)
}

/// Numbers of one process.
#[derive(Debug)]
pub struct InMemory(Vec<(AtomicU64, AtomicU64)>);

impl InMemory {
    /// So many, all of them 0.
    pub fn of(count: usize) -> Self {
        Self((0..count).map(|_| (AtomicU64::new(0), AtomicU64::new(0))).collect())
    }

    fn nth(&self, nth: u64) -> &(AtomicU64, AtomicU64) {
        self.0.get(usize::try_from(nth).unwrap()).unwrap()
    }
}

#[async_trait]
impl Numbers for InMemory {
    fn count(&self) -> u64 {
        u64::try_from(self.0.len()).unwrap()
    }

    async fn read(&self, nth: u64) -> u64 {
        self.nth(nth).0.load(Ordering::SeqCst)
    }

    async fn raise(&self, nth: u64) -> u64 {
        self.nth(nth).0.fetch_add(1, Ordering::SeqCst) + 1
    }

    async fn acknowledged(&self, nth: u64) -> u64 {
        self.nth(nth).1.load(Ordering::SeqCst)
    }

    async fn acknowledge(&self, nth: u64, value: u64) {
        self.nth(nth).1.fetch_max(value, Ordering::SeqCst);
    }
}
