//! A cache that is left alone while it is out.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use gacp_resilience::breaker::{Breaker, Outcome};

use crate::{
    Begun, Cache, Committed, Consistency, Doubt, Entry, Fill, Invalidations, Key, Life, Lookup,
    Tags, Unavailable,
};

/// A cache behind a circuit breaker: while that is open, lookups and fills are told at once that
/// there is none. How long a call may take is the adapter's business.
///
/// Doubts and invalidations go through even so, because others may read what they make invalid:
/// that this process has had no luck lately does not say that nobody has.
pub struct Guarded<C> {
    cache: C,
    breaker: Arc<Breaker>,
}

impl<C: Cache> Guarded<C> {
    /// This cache behind that breaker.
    pub fn new(cache: C, breaker: Arc<Breaker>) -> Self {
        Self { cache, breaker }
    }

    /// What can be done without: not while the breaker is open.
    async fn unless_open<T: Send>(
        &self,
        call: impl Future<Output = Result<T, Unavailable>> + Send,
    ) -> Result<T, Unavailable> {
        let began = self.breaker.now();
        let permit = self.breaker.try_acquire_at(began).map_err(|open| Unavailable(open.into()))?;
        let reply = call.await;
        let ended = self.breaker.now();
        permit.record_at(outcome(&reply), ended.since(began), ended);
        reply
    }

    /// What must be tried, whatever the breaker says; it learns from it unless it is open.
    async fn in_any_case<T: Send>(
        &self,
        call: impl Future<Output = Result<T, Unavailable>> + Send,
    ) -> Result<T, Unavailable> {
        let began = self.breaker.now();
        let permit = self.breaker.try_acquire_at(began).ok();
        let reply = call.await;
        if let Some(permit) = permit {
            let ended = self.breaker.now();
            permit.record_at(outcome(&reply), ended.since(began), ended);
        }
        reply
    }
}

fn outcome<T>(reply: &Result<T, Unavailable>) -> Outcome {
    if reply.is_ok() { Outcome::Success } else { Outcome::Failure }
}

#[async_trait]
impl<C: Cache> Cache for Guarded<C> {
    async fn get(&self, key: &Key, tags: &Tags, how: Consistency) -> Result<Lookup, Unavailable> {
        self.unless_open(self.cache.get(key, tags, how)).await
    }

    async fn begin_fill(&self, key: &Key, tags: &Tags) -> Result<Begun, Unavailable> {
        self.unless_open(self.cache.begin_fill(key, tags)).await
    }

    async fn commit(
        &self,
        fill: Fill,
        entry: Arc<Entry>,
        life: Life,
    ) -> Result<Committed, Unavailable> {
        self.unless_open(self.cache.commit(fill, entry, life)).await
    }

    async fn abandon(&self, fill: Fill) -> Result<(), Unavailable> {
        self.unless_open(self.cache.abandon(fill)).await
    }

    async fn doubt(&self, tags: &Tags, lasting: Duration) -> Result<Doubt, Unavailable> {
        self.in_any_case(self.cache.doubt(tags, lasting)).await
    }

    async fn settle(&self, doubt: Doubt) -> Result<(), Unavailable> {
        self.in_any_case(self.cache.settle(doubt)).await
    }

    async fn invalidate(&self, tags: &Tags) -> Result<(), Unavailable> {
        self.in_any_case(self.cache.invalidate(tags)).await
    }

    fn subscribe(&self) -> Invalidations {
        self.cache.subscribe()
    }
}

#[cfg(test)]
mod tests;
