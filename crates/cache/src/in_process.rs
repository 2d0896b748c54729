//! A cache of one process.

mod epochs;
mod leases;
mod tag;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use quick_cache::Weighter;
use tokio::time::Instant;

use crate::{
    Announcer, Begun, Cache, Committed, Consistency, Doubt, Entry, Epochs, Fill, Found,
    Invalidated, Invalidations, Key, Life, Lookup, Tag, Tags, Unavailable,
};
use epochs::TagEpochs;
use leases::Leases;

/// What an entry weighs beside its bytes: its key and epochs, and its place in the maps.
const OVERHEAD: u64 = 512;

/// A usual reply is a list or a record.
const USUAL: u64 = 2 * 1024 + OVERHEAD;

/// Keeps what one process has loaded, in its memory: for a server that is the only one, or for
/// what may differ between servers for a while. A hit asks nobody and waits for nothing.
///
/// What is used least goes when there are too many bytes. Of tags it keeps as many as entries of
/// usual size fit in, and makes the entries of a tag that goes invalid.
pub struct InProcess {
    entries: quick_cache::sync::Cache<Key, Kept, Bytes>,
    epochs: TagEpochs,
    leases: Leases,
    announcer: Announcer,
}

/// An entry, and what it was when it was stored.
#[derive(Clone)]
struct Kept {
    entry: Arc<Entry>,
    epochs: Epochs,
    since: Instant,
    life: Life,
}

/// An entry weighs what it takes.
#[derive(Clone)]
struct Bytes;

impl Weighter<Key, Kept> for Bytes {
    fn weight(&self, _: &Key, kept: &Kept) -> u64 {
        u64::try_from(kept.entry.size()).unwrap_or(u64::MAX).saturating_add(OVERHEAD)
    }
}

impl InProcess {
    /// A cache of so many bytes, its maps included.
    pub fn of_bytes(bytes: u64) -> Self {
        let usual = usize::try_from(bytes / USUAL).unwrap_or(usize::MAX).max(16);
        Self {
            entries: quick_cache::sync::Cache::with_weighter(usual, bytes, Bytes),
            epochs: TagEpochs::new(usual),
            leases: Leases::default(),
            announcer: Announcer::new(),
        }
    }

    /// How many bytes it keeps, its maps included.
    pub fn bytes(&self) -> u64 {
        self.entries.weight()
    }

    /// How many entries and tags it keeps.
    pub fn len(&self) -> (usize, usize) {
        (self.entries.len(), self.epochs.len())
    }

    /// A valid entry.
    fn find(&self, key: &Key, tags: &Tags, now: Instant) -> Option<Found> {
        let kept = self.entries.get(key)?;
        let age = now.saturating_duration_since(kept.since);
        if age >= kept.life.hard || !self.holds(tags, &kept.epochs) {
            self.entries.remove_if(key, |stored| Arc::ptr_eq(&stored.entry, &kept.entry));
            return None;
        }
        Some(Found { entry: kept.entry, epochs: kept.epochs, age, life: kept.life })
    }

    /// Whether the epochs of all tags are still these.
    fn holds(&self, tags: &Tags, epochs: &Epochs) -> bool {
        let now = all(tags).map(|tag| self.epochs.current(tag));
        now.eq(epochs.as_slice().iter().map(|epoch| Some(*epoch)))
    }

    fn renew(&self, tags: &Tags, mark: Option<u64>) {
        let now = Instant::now();
        for tag in tags.iter() {
            self.epochs.settle(tag, mark, now);
        }
        self.announcer.announce(Invalidated::Tags(tags.clone()));
    }
}

/// The tags of an entry: its own, and that of everything.
fn all(tags: &Tags) -> impl Iterator<Item = &Tag> {
    std::iter::once(&Tag::EVERYTHING).chain(tags.iter())
}

#[async_trait]
impl Cache for InProcess {
    async fn get(&self, key: &Key, tags: &Tags, _: Consistency) -> Result<Lookup, Unavailable> {
        if let Some(found) = self.find(key, tags, Instant::now()) {
            return Ok(Lookup::Found(found));
        }
        let epochs = all(tags).map(|tag| self.epochs.current(tag));
        Ok(Lookup::Missing(epochs.collect()))
    }

    async fn begin_fill(&self, key: &Key, tags: &Tags) -> Result<Begun, Unavailable> {
        let now = Instant::now();
        let epochs: Option<Epochs> = all(tags).map(|tag| self.epochs.known(tag, now)).collect();
        let Some(epochs) = epochs else { return Ok(Begun::InDoubt) };
        let lease = self.epochs.fresh();
        if !self.leases.take(*key, lease, now) {
            return Ok(Begun::Taken);
        }
        let filled = self.find(key, tags, now).is_some();
        let fill = Fill { key: *key, tags: tags.clone(), epochs, lease };
        Ok(Begun::Leased { fill, filled })
    }

    async fn commit(
        &self,
        fill: Fill,
        entry: Arc<Entry>,
        life: Life,
    ) -> Result<Committed, Unavailable> {
        let now = Instant::now();
        if !self.leases.give_back(fill.key, fill.lease, now) {
            return Ok(Committed::LeaseLost);
        }
        if !self.holds(&fill.tags, &fill.epochs) {
            return Ok(Committed::Superseded);
        }
        // What is invalidated between the two is no longer valid for whoever looks.
        self.entries.insert(fill.key, Kept { entry, epochs: fill.epochs, since: now, life });
        Ok(Committed::Stored)
    }

    async fn abandon(&self, fill: Fill) -> Result<(), Unavailable> {
        self.leases.give_back(fill.key, fill.lease, Instant::now());
        Ok(())
    }

    async fn doubt(&self, tags: &Tags, lasting: Duration) -> Result<Doubt, Unavailable> {
        let (mark, until) = (self.epochs.fresh(), Instant::now() + lasting);
        for tag in tags.iter() {
            self.epochs.doubt(tag, mark, until);
        }
        Ok(Doubt { tags: tags.clone(), mark })
    }

    async fn settle(&self, doubt: Doubt) -> Result<(), Unavailable> {
        self.renew(&doubt.tags, Some(doubt.mark));
        Ok(())
    }

    async fn invalidate(&self, tags: &Tags) -> Result<(), Unavailable> {
        self.renew(tags, None);
        Ok(())
    }

    fn subscribe(&self) -> Invalidations {
        self.announcer.subscribe()
    }
}
