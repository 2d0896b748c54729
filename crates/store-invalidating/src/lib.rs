//! Store ports whose writes tell a cache what they make wrong.
//!
//! An [`Invalidating`] store is a store. Before each of its writes the tags of what is written are
//! put in doubt, so that nobody is given, and nobody stores, what the write may make wrong; after
//! it they get new epochs, and only then the write is acknowledged. Whoever reads after that reads
//! what was written, in whatever process.
//!
//! A write whose caller leaves, or is told to wait no longer, may still be done by the store: its
//! tags stay in doubt until the store is done with it, where the adapter takes along what its
//! caller has in hand ([`gacp_resilience::carry`]). If the process ends between the write and its
//! invalidation, the doubt outlives it, and no entry outlives the doubt.
//!
//! A cache that cannot be asked holds up no write: that writes were not announced is up to the
//! cache's guard to count, and up to a store's own change stream to mend.
//!
//! [`tags`] says which tags there are, and with that what a reply may be made of.
#![deny(clippy::future_not_send)]

mod ports;
pub mod tags;
mod writes;

use std::sync::Arc;

use gacp_cache::Writes;

/// A store whose writes invalidate. It implements every port that the store does, of those which
/// write what replies are made of.
#[derive(Clone)]
pub struct Invalidating<S: ?Sized> {
    store: Arc<S>,
    writes: Writes,
}

impl<S: ?Sized> Invalidating<S> {
    /// Writes of this store are announced there.
    pub fn new(store: Arc<S>, writes: Writes) -> Self {
        Self { store, writes }
    }
}
