//! Reads and writes at random, and whether a read came back with what a write had replaced that
//! was acknowledged before the read began.

use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;

use super::{Arc, Begun, Cache, Duration, LIFE, Tags, entry, find, key, number, tag};
use crate::{Loaded, Observer, Policy, ReadThrough, Reply, Writes};

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
    /// Reads.
    pub reads: u64,
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
            reads: self.reads + other.reads,
            writes: self.writes + other.writes,
            stale: self.stale + other.stale,
        }
    }
}

/// A process that reads and writes through a cache.
#[derive(Clone)]
pub struct Process {
    cache: Arc<dyn Cache>,
    replies: ReadThrough<()>,
    writes: Writes,
    store: Arc<dyn Numbers>,
    loads: Arc<AtomicU64>,
}

impl Process {
    /// One over this cache and this store.
    pub fn new(
        cache: Arc<dyn Cache>,
        store: Arc<dyn Numbers>,
        observer: Arc<dyn Observer>,
    ) -> Self {
        let replies = ReadThrough::new(Arc::clone(&cache), Arc::clone(&observer), 1_024);
        let writes = Writes::new(Arc::clone(&cache), observer, Duration::from_secs(30));
        Self { cache, replies, writes, store, loads: Arc::default() }
    }

    /// How often it has read the store.
    pub fn loads(&self) -> u64 {
        self.loads.load(Ordering::SeqCst)
    }

    /// So many operations one after the other, of which every eighth is a write, and of the reads
    /// every other one shares its load with whoever asks at the moment.
    pub async fn run(&self, seed: u64, operations: u64) -> Tally {
        let mut tally = Tally::default();
        let mut random = seed;
        for _ in 0..operations {
            // SplitMix64 (Steele, Lea, Flood 2014), without its last step.
            random = random.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let drawn = (random ^ (random >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 16;
            let nth = (drawn >> 8) % self.store.count();
            if drawn.is_multiple_of(8) {
                self.write(nth).await;
                tally.writes += 1;
            } else {
                let acknowledged = self.store.acknowledged(nth).await;
                let value = if drawn.is_multiple_of(2) {
                    self.read_through(nth).await
                } else {
                    self.read(nth).await
                };
                tally.reads += 1;
                tally.stale += u64::from(value < acknowledged);
            }
        }
        tally
    }

    /// As a server writes: mark, write, invalidate, acknowledge.
    async fn write(&self, nth: u64) {
        let write = self.writes.begin(Tags::of([tag(nth)])).await;
        let value = self.store.raise(nth).await;
        assert!(write.settle().await, "the cache is out");
        self.store.acknowledge(nth, value).await;
    }

    /// As a server reads.
    async fn read_through(&self, nth: u64) -> u64 {
        let policy = Policy::fresh_for(LIFE.soft);
        let process = self.clone();
        let load = || async move { Loaded::Keep(entry(process.load(nth).await)) };
        let served = self.replies.serve(key(nth), &Tags::of([tag(nth)]), &policy, load).await;
        match served.unwrap().reply {
            Reply::Entry(entry) => number(&entry),
            Reply::Other(()) => panic!("nothing else was loaded"),
        }
    }

    /// As one reads who does not wait for others: look, begin, load, commit.
    async fn read(&self, nth: u64) -> u64 {
        let (key, tags) = (key(nth), Tags::of([tag(nth)]));
        if let Some(found) = find(&*self.cache, key, &tags).await {
            return number(&found.entry);
        }
        let begun = self.cache.begin_fill(&key, &tags).await.unwrap();
        let value = self.load(nth).await;
        if let Begun::Leased { fill, .. } = begun {
            self.cache.commit(fill, Arc::new(entry(value)), LIFE).await.unwrap();
        }
        value
    }

    async fn load(&self, nth: u64) -> u64 {
        self.loads.fetch_add(1, Ordering::SeqCst);
        let value = self.store.read(nth).await;
        tokio::task::yield_now().await;
        value
    }
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
