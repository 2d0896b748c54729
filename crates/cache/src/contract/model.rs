//! The port, as plainly as it can be said.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::{
    Arc, Begun, Cache, Committed, Consistency, Duration, Entry, Epochs, Fill, Found, Key, Life,
    Lookup, Tag, Tags,
};
use crate::{Doubt, Invalidations, Unavailable};

/// A cache in which nothing ends by itself and that knows one thing at a time: what the schedules
/// say of an adapter, they say of this.
#[derive(Debug, Default)]
pub struct Model(Mutex<World>);

#[derive(Debug, Default)]
struct World {
    names: u64,
    entries: HashMap<Key, (Arc<Entry>, Epochs, Life)>,
    epochs: HashMap<Tag, u64>,
    marks: HashMap<Tag, HashSet<u64>>,
    leases: HashMap<Key, u64>,
}

impl World {
    fn fresh(&mut self) -> u64 {
        self.names += 1;
        self.names
    }

    fn is_doubted(&self, tags: &Tags) -> bool {
        with_everything(tags).any(|tag| self.marks.get(&tag).is_some_and(|marks| !marks.is_empty()))
    }

    /// What the tags are; nothing if one is in doubt or was never seen.
    fn epochs(&self, tags: &Tags) -> Option<Epochs> {
        let epochs = || with_everything(tags).map(|tag| self.epochs.get(&tag).copied());
        if self.is_doubted(tags) { None } else { epochs().collect() }
    }

    fn find(&self, key: &Key, tags: &Tags) -> Option<Found> {
        let (entry, epochs, life) = self.entries.get(key)?.clone();
        let is_valid = self.epochs(tags).as_ref() == Some(&epochs);
        is_valid.then_some(Found { entry, epochs, age: Duration::ZERO, life })
    }

    fn renew(&mut self, tags: impl IntoIterator<Item = Tag>) {
        for tag in tags {
            let fresh = self.fresh();
            self.epochs.insert(tag, fresh);
        }
    }
}

fn with_everything(tags: &Tags) -> impl Iterator<Item = Tag> {
    std::iter::once(Tag::EVERYTHING).chain(tags.iter().copied())
}

impl Model {
    fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Cache for Model {
    async fn get(&self, key: &Key, tags: &Tags, _: Consistency) -> Result<Lookup, Unavailable> {
        let world = self.world();
        Ok(world.find(key, tags).map_or_else(|| Lookup::Missing(world.epochs(tags)), Lookup::Found))
    }

    async fn begin_fill(&self, key: &Key, tags: &Tags) -> Result<Begun, Unavailable> {
        let mut world = self.world();
        if world.is_doubted(tags) {
            return Ok(Begun::InDoubt);
        }
        let unseen = with_everything(tags).filter(|tag| !world.epochs.contains_key(tag));
        let unseen: Vec<Tag> = unseen.collect();
        world.renew(unseen);
        if world.leases.contains_key(key) {
            return Ok(Begun::Taken);
        }
        let lease = world.fresh();
        world.leases.insert(*key, lease);
        let epochs = world.epochs(tags).unwrap();
        let filled = world.find(key, tags).is_some();
        Ok(Begun::Leased { fill: Fill { key: *key, tags: tags.clone(), epochs, lease }, filled })
    }

    async fn commit(
        &self,
        fill: Fill,
        entry: Arc<Entry>,
        life: Life,
    ) -> Result<Committed, Unavailable> {
        let mut world = self.world();
        if world.leases.get(&fill.key) != Some(&fill.lease) {
            return Ok(Committed::LeaseLost);
        }
        world.leases.remove(&fill.key);
        if world.epochs(&fill.tags).as_ref() != Some(&fill.epochs) {
            return Ok(Committed::Superseded);
        }
        world.entries.insert(fill.key, (entry, fill.epochs, life));
        Ok(Committed::Stored)
    }

    async fn abandon(&self, fill: Fill) -> Result<(), Unavailable> {
        let mut world = self.world();
        if world.leases.get(&fill.key) == Some(&fill.lease) {
            world.leases.remove(&fill.key);
        }
        Ok(())
    }

    async fn doubt(&self, tags: &Tags, _: Duration) -> Result<Doubt, Unavailable> {
        let mut world = self.world();
        let mark = world.fresh();
        for tag in tags.iter() {
            world.marks.entry(*tag).or_default().insert(mark);
        }
        Ok(Doubt { tags: tags.clone(), mark })
    }

    async fn settle(&self, doubt: Doubt) -> Result<(), Unavailable> {
        let mut world = self.world();
        for tag in doubt.tags.iter() {
            world.marks.entry(*tag).or_default().remove(&doubt.mark);
        }
        world.renew(doubt.tags.iter().copied());
        Ok(())
    }

    async fn invalidate(&self, tags: &Tags) -> Result<(), Unavailable> {
        self.world().renew(tags.iter().copied());
        Ok(())
    }

    fn subscribe(&self) -> Invalidations {
        Invalidations::none()
    }
}
