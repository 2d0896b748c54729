mod faults;
mod freshness;
mod race;
mod sharing;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use async_trait::async_trait;
use tokio::sync::Semaphore;

use super::*;
use crate::{
    Begun, Committed, Consistency, Counters, Doubt, Fill, InProcess, Invalidations, Life, Scope,
    Tag, Unavailable, Writes,
};

const MINUTE: Duration = Duration::from_mins(1);
const STRICT: Policy = Policy::fresh_for(MINUTE);
const PUBLIC: Policy =
    STRICT.stale_while_revalidate(MINUTE).stale_if_error(Duration::from_mins(10));

type Said = &'static str;

/// A cache, what reads through it, and a store with one number.
pub(super) struct World {
    cache: Arc<Faulty>,
    seen: Arc<Counters>,
    replies: ReadThrough<Said>,
    writes: Writes,
    store: Arc<Store>,
}

/// A number, and how often it was loaded. A load reads it, and then waits to be let go on.
#[derive(Debug)]
pub(super) struct Store {
    value: AtomicU64,
    loads: AtomicU64,
    running: AtomicU64,
    most_at_once: AtomicU64,
    gate: Semaphore,
}

impl World {
    /// Loads go on at once.
    fn open() -> Self {
        let world = Self::gated();
        world.store.gate.close();
        world
    }

    /// Each load waits for a permit.
    fn gated() -> Self {
        let cache = Arc::new(Faulty::default());
        let seen = Arc::new(Counters::default());
        let replies = ReadThrough::new(cache.clone(), seen.clone(), 64);
        let writes = Writes::new(cache.clone(), seen.clone(), Duration::from_secs(30));
        Self { cache, seen, replies, writes, store: Arc::new(Store::default()) }
    }

    /// The same cache and store, read through by another process.
    fn other(&self) -> ReadThrough<Said> {
        ReadThrough::new(self.cache.clone(), self.seen.clone(), 64)
    }

    async fn read(&self, policy: &Policy) -> Served<Said> {
        self.replies.serve(key(), &tags(), policy, || self.store.load()).await.unwrap()
    }

    fn spawn_read(&self) -> tokio::task::JoinHandle<Result<Served<Said>, Aborted>> {
        let (replies, store) = (self.replies.clone(), Arc::clone(&self.store));
        tokio::spawn(async move { replies.serve(key(), &tags(), &STRICT, || store.load()).await })
    }

    async fn write(&self, value: u64) {
        let write = self.writes.begin(tags()).await;
        self.store.value.store(value, Ordering::SeqCst);
        assert!(write.settle().await);
    }

    fn loads(&self) -> u64 {
        self.store.loads.load(Ordering::SeqCst)
    }
}

impl Default for Store {
    fn default() -> Self {
        Self {
            value: AtomicU64::new(0),
            loads: AtomicU64::new(0),
            running: AtomicU64::new(0),
            most_at_once: AtomicU64::new(0),
            gate: Semaphore::new(0),
        }
    }
}

impl Store {
    fn load(self: &Arc<Self>) -> impl Future<Output = Loaded<Said>> + use<> {
        let store = Arc::clone(self);
        async move {
            store.loads.fetch_add(1, Ordering::SeqCst);
            let running = store.running.fetch_add(1, Ordering::SeqCst) + 1;
            store.most_at_once.fetch_max(running, Ordering::SeqCst);
            let value = store.value.load(Ordering::SeqCst);
            if let Ok(permit) = store.gate.acquire().await {
                permit.forget();
            }
            store.running.fetch_sub(1, Ordering::SeqCst);
            Loaded::Keep(entry(value))
        }
    }

    fn let_one_go_on(&self) {
        self.gate.add_permits(1);
    }
}

fn key() -> Key {
    Key::of("/farms/{id}", "GET", Scope::Public).path("id", "7").key()
}

fn tags() -> Tags {
    Tags::of([Tag::of("farm", "7")])
}

fn entry(value: u64) -> Entry {
    Entry::new(200, "text/plain", "\"1\"", value.to_string()).unwrap()
}

fn value(served: &Served<Said>) -> u64 {
    match &served.reply {
        Reply::Entry(entry) => std::str::from_utf8(entry.body()).unwrap().parse().unwrap(),
        Reply::Other(said) => panic!("{said}"),
    }
}

fn said(served: &Served<Said>) -> Said {
    match &served.reply {
        Reply::Entry(entry) => panic!("{entry:?}"),
        Reply::Other(said) => said,
    }
}

/// Lets every task go on until it waits.
async fn settle_down() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

/// A cache that can be out, and slow to store.
pub(super) struct Faulty {
    cache: InProcess,
    is_out: AtomicBool,
    commits: Semaphore,
}

impl Default for Faulty {
    fn default() -> Self {
        let commits = Semaphore::new(0);
        commits.close();
        Self { cache: InProcess::of_bytes(1 << 20), is_out: AtomicBool::new(false), commits }
    }
}

impl Faulty {
    fn answers(&self) -> Result<(), Unavailable> {
        if self.is_out.load(Ordering::SeqCst) { Err(Unavailable("gone".into())) } else { Ok(()) }
    }
}

#[async_trait]
impl Cache for Faulty {
    async fn get(&self, key: &Key, tags: &Tags, how: Consistency) -> Result<Lookup, Unavailable> {
        self.answers()?;
        self.cache.get(key, tags, how).await
    }

    async fn begin_fill(&self, key: &Key, tags: &Tags) -> Result<Begun, Unavailable> {
        self.answers()?;
        self.cache.begin_fill(key, tags).await
    }

    async fn commit(
        &self,
        fill: Fill,
        entry: Arc<Entry>,
        life: Life,
    ) -> Result<Committed, Unavailable> {
        let _closed = self.commits.acquire().await;
        self.answers()?;
        self.cache.commit(fill, entry, life).await
    }

    async fn abandon(&self, fill: Fill) -> Result<(), Unavailable> {
        self.answers()?;
        self.cache.abandon(fill).await
    }

    async fn doubt(&self, tags: &Tags, lasting: Duration) -> Result<Doubt, Unavailable> {
        self.answers()?;
        self.cache.doubt(tags, lasting).await
    }

    async fn settle(&self, doubt: Doubt) -> Result<(), Unavailable> {
        self.answers()?;
        self.cache.settle(doubt).await
    }

    async fn invalidate(&self, tags: &Tags) -> Result<(), Unavailable> {
        self.answers()?;
        self.cache.invalidate(tags).await
    }

    fn subscribe(&self) -> Invalidations {
        self.cache.subscribe()
    }
}
