//! A limiter across processes that is left alone while it is out: nobody waits for it then.

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use gacp_limits::{Key, RateLimiter, Unavailable, Verdict};
use gacp_resilience::breaker::{Breaker, Outcome};

/// A limiter behind a circuit breaker.
pub struct Guarded<L> {
    limiter: L,
    breaker: Arc<Breaker>,
}

impl<L> Guarded<L> {
    /// This limiter behind that breaker.
    pub fn new(limiter: L, breaker: Arc<Breaker>) -> Self {
        Self { limiter, breaker }
    }
}

#[async_trait]
impl<L: RateLimiter> RateLimiter for Guarded<L> {
    async fn take(&self, key: Key) -> Result<Verdict, Unavailable> {
        let permit = self.breaker.try_acquire().map_err(|open| Unavailable(open.into()))?;
        let began = Instant::now();
        let verdict = self.limiter.take(key).await;
        let outcome = if verdict.is_ok() { Outcome::Success } else { Outcome::Failure };
        permit.record(outcome, began.elapsed());
        verdict
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// Counts who asks, and never answers.
    #[derive(Default)]
    struct Out(AtomicU32);

    #[async_trait]
    impl RateLimiter for &Out {
        async fn take(&self, _: Key) -> Result<Verdict, Unavailable> {
            self.0.fetch_add(1, Ordering::SeqCst);
            Err(Unavailable("gone".into()))
        }
    }

    #[tokio::test]
    async fn a_limiter_that_is_out_is_not_asked_for_long() {
        let out = Out::default();
        let limiter = Guarded::new(&out, Arc::<Breaker>::default());

        for number in 0..100_u8 {
            assert!(limiter.take(Key([number; 16])).await.is_err());
        }

        assert_eq!(out.0.load(Ordering::SeqCst), 10);
    }
}
