//! Who fills what at the moment.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use crate::Key;
use crate::ports::LEASE;

/// More loads at once are none that a process could do.
const MOST: usize = 4_096;

/// A bounded number of leases.
#[derive(Default)]
pub(super) struct Leases(Mutex<HashMap<Key, Lease>>);

struct Lease {
    name: u64,
    until: Instant,
}

impl Leases {
    /// Whether the key is leased under this name now: nobody else had it, and it is not one too
    /// many.
    pub(super) fn take(&self, key: Key, name: u64, now: Instant) -> bool {
        let mut leases = self.leases();
        if leases.len() >= MOST {
            leases.retain(|_, lease| lease.until > now);
        }
        let is_held = leases.get(&key).is_some_and(|lease| lease.until > now);
        if is_held || leases.len() >= MOST {
            return false;
        }
        leases.insert(key, Lease { name, until: now + LEASE });
        true
    }

    /// Gives a lease back; whether it still was one.
    pub(super) fn give_back(&self, key: Key, name: u64, now: Instant) -> bool {
        let mut leases = self.leases();
        let is_mine = leases.get(&key).is_some_and(|lease| lease.name == name);
        is_mine && leases.remove(&key).is_some_and(|lease| lease.until > now)
    }

    fn leases(&self) -> MutexGuard<'_, HashMap<Key, Lease>> {
        // What is done while it is held cannot panic half-way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
