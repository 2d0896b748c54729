//! The loads that are on their way, one of a key.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::flight::{Flight, Pilot, Ticket};
use crate::{Epochs, Key};

/// A bounded number of loads.
pub(super) struct Flights<T> {
    most: usize,
    /// The order of what happens: who came before a load began, and who after.
    ticks: AtomicU64,
    flying: Mutex<HashMap<Key, Arc<Flight<T>>>>,
}

/// What becomes of somebody who wants a load.
pub(super) enum Boarding<T> {
    /// There is one that he can share.
    Joined(Ticket<T>),
    /// He is to make one.
    Leads(Pilot<T>, Ticket<T>),
    /// There are too many.
    Full,
}

impl<T> Flights<T> {
    pub(super) fn new(most: usize) -> Self {
        Self { most, ticks: AtomicU64::new(0), flying: Mutex::new(HashMap::new()) }
    }

    /// This moment: later than all before.
    pub(super) fn tick(&self) -> u64 {
        self.ticks.fetch_add(1, Ordering::SeqCst)
    }

    /// Finds a load that somebody can share who came then and saw these epochs, or prepares one.
    pub(super) fn board(&self, key: Key, arrived: u64, observed: Option<&Epochs>) -> Boarding<T> {
        let mut flying = self.flying();
        let count = flying.len();
        match flying.entry(key) {
            Entry::Occupied(mut flight) => {
                if let Some(ticket) = flight.get().admit(arrived, observed) {
                    return Boarding::Joined(ticket);
                }
                let (pilot, ticket) = Flight::prepare(Some(flight.get()));
                flight.insert(Arc::clone(&pilot.flight));
                Boarding::Leads(pilot, ticket)
            }
            Entry::Vacant(_) if count >= self.most => Boarding::Full,
            Entry::Vacant(place) => {
                let (pilot, ticket) = Flight::prepare(None);
                place.insert(Arc::clone(&pilot.flight));
                Boarding::Leads(pilot, ticket)
            }
        }
    }

    /// Nobody can share it any more.
    pub(super) fn remove(&self, key: &Key, flight: &Arc<Flight<T>>) {
        let mut flying = self.flying();
        if flying.get(key).is_some_and(|other| Arc::ptr_eq(other, flight)) {
            flying.remove(key);
        }
    }

    fn flying(&self) -> MutexGuard<'_, HashMap<Key, Arc<Flight<T>>>> {
        // What is done while it is held cannot panic half-way.
        self.flying.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
