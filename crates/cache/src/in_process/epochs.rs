//! The epochs of tags: a bounded number of tags, and that of everything.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::mem;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::tag::State;
use crate::Tag;

/// Tags that are asked for at once seldom share one.
const SHARDS: usize = 16;

/// No epoch: everything is in doubt.
const NONE: u64 = 0;

/// What is known of tags. A tag that is forgotten gets an epoch that it never had: what was made
/// before is missed, not revived.
pub(super) struct TagEpochs {
    next: AtomicU64,
    everything: Everything,
    shards: Vec<Mutex<Shard>>,
    hasher: RandomState,
}

/// The tag of all entries: it is asked for with each, so that needs no lock.
struct Everything {
    epoch: AtomicU64,
    state: Mutex<State>,
}

/// When as many tags as it holds were used since the last time, those that were not used go.
struct Shard {
    most: usize,
    young: HashMap<Tag, State>,
    old: HashMap<Tag, State>,
}

impl TagEpochs {
    /// Keeps between so many and twice as many tags.
    pub(super) fn new(tags: usize) -> Self {
        let most = tags.div_ceil(SHARDS).max(1);
        let shard = || Mutex::new(Shard { most, young: HashMap::new(), old: HashMap::new() });
        let first = NONE + 1;
        Self {
            next: AtomicU64::new(first + 1),
            everything: Everything {
                epoch: AtomicU64::new(first),
                state: Mutex::new(State::Settled(first)),
            },
            shards: (0..SHARDS).map(|_| shard()).collect(),
            hasher: RandomState::new(),
        }
    }

    /// The epoch of a tag, if it is known and nobody writes it.
    pub(super) fn current(&self, tag: &Tag) -> Option<u64> {
        if *tag == Tag::EVERYTHING {
            let epoch = self.everything.epoch.load(Ordering::SeqCst);
            return (epoch != NONE).then_some(epoch);
        }
        self.shard(tag)?.get(tag)
    }

    /// The epoch of a tag, a new one if it is not known; none while somebody writes it.
    pub(super) fn known(&self, tag: &Tag, now: Instant) -> Option<u64> {
        self.change(tag, |state, fresh| {
            if state.epoch().is_none() && !state.is_doubted(now) {
                *state = State::Settled(fresh);
            }
            state.epoch()
        })?
    }

    /// Marks a tag.
    pub(super) fn doubt(&self, tag: &Tag, name: u64, until: Instant) {
        self.change(tag, |state, _| state.doubt(name, until));
    }

    /// Gives a tag a new epoch, and takes a mark away.
    pub(super) fn settle(&self, tag: &Tag, name: Option<u64>, now: Instant) {
        self.change(tag, |state, fresh| state.settle(name, fresh, now));
    }

    /// A number that none was before.
    pub(super) fn fresh(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// How many tags are known.
    pub(super) fn len(&self) -> usize {
        let sizes = self.shards.iter().map(|shard| {
            let shard = held(shard);
            shard.young.len() + shard.old.len()
        });
        sizes.sum()
    }

    /// Changes what is known of a tag, and has a new epoch for it. One that is not known has one.
    fn change<R>(&self, tag: &Tag, change: impl FnOnce(&mut State, u64) -> R) -> Option<R> {
        let fresh = self.fresh();
        if *tag == Tag::EVERYTHING {
            let mut state = held(&self.everything.state);
            let changed = change(&mut state, fresh);
            self.everything.epoch.store(state.epoch().unwrap_or(NONE), Ordering::SeqCst);
            return Some(changed);
        }
        Some(change(self.shard(tag)?.entry(*tag, fresh), fresh))
    }

    /// There is one for every hash.
    fn shard(&self, tag: &Tag) -> Option<MutexGuard<'_, Shard>> {
        let nth = usize::try_from(self.hasher.hash_one(tag)).unwrap_or(usize::MAX) % SHARDS;
        self.shards.get(nth).map(held)
    }
}

impl Shard {
    fn get(&self, tag: &Tag) -> Option<u64> {
        self.young.get(tag).or_else(|| self.old.get(tag))?.epoch()
    }

    /// What is known of a tag; if nothing is, this epoch.
    fn entry(&mut self, tag: Tag, fresh: u64) -> &mut State {
        if self.young.len() >= self.most && !self.young.contains_key(&tag) {
            self.old = mem::take(&mut self.young);
        }
        let old = &mut self.old;
        let known = || old.remove(&tag).unwrap_or(State::Settled(fresh));
        self.young.entry(tag).or_insert_with(known)
    }
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is done while it is held cannot panic half-way.
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
