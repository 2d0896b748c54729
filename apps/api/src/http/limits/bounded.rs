//! Where a limiter keeps its buckets: so many and no more.

use std::hash::Hash;

use actix_governor::governor::nanos::Nanos;
use actix_governor::governor::state::keyed::{DashMapStateStore, ShrinkableKeyedStateStore};
use actix_governor::governor::state::{InMemoryState, NotKeyed, StateStore};

/// Buckets by key. Once there are too many, all keys that are not known yet share one.
///
/// Somebody with a /32 of IPv6 has 16 million networks of /56 and could fill the memory with
/// their buckets. To forget old buckets for new ones would give him a full bucket whenever he
/// wants one; to let new keys pass would be no limit. This way strangers wait for each other until
/// the next pruning, and whoever was there before notices nothing.
pub(super) struct Bounded<K: Hash + Eq> {
    known: DashMapStateStore<K>,
    others: InMemoryState,
    most: usize,
}

impl<K: Hash + Eq> Bounded<K> {
    pub(super) fn new(most: usize) -> Self {
        Self { known: DashMapStateStore::default(), others: InMemoryState::default(), most }
    }
}

impl<K: Hash + Eq + Clone> StateStore for Bounded<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, f: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        // Threads that come at once may exceed it by their number.
        if self.known.contains_key(key) || self.known.len() < self.most {
            self.known.measure_and_replace(key, f)
        } else {
            self.others.measure_and_replace(&NotKeyed::NonKey, f)
        }
    }
}

impl<K: Hash + Eq + Clone> ShrinkableKeyedStateStore<K> for Bounded<K> {
    fn retain_recent(&self, drop_below: Nanos) {
        self.known.retain_recent(drop_below);
    }

    fn shrink_to_fit(&self) {
        self.known.shrink_to_fit();
    }

    fn len(&self) -> usize {
        self.known.len()
    }

    fn is_empty(&self) -> bool {
        self.known.is_empty()
    }
}
