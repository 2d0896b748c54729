//! The limiter of this process: the one that `actix-governor` brings.

use std::num::NonZeroU32;

use actix_governor::governor::clock::{Clock as _, DefaultClock};
use actix_governor::governor::middleware::StateInformationMiddleware;
use actix_governor::governor::{self, RateLimiter as Governor};
use async_trait::async_trait;
use gacp_limits::{Key, Quota, RateLimiter, Unavailable, Verdict};

use super::bounded::Bounded;

/// So many buckets are kept per limit, of about 50 bytes each.
const MOST: usize = 65_536;

/// Buckets of one quota in the memory of this process.
///
/// The middleware of `actix-governor` speaks `x-ratelimit-*`, whole seconds rounded down and plain
/// text, and holds one limit; so its limiter is asked directly.
pub(super) struct Buckets {
    quota: Quota,
    governor: Governor<Key, Bounded<Key>, DefaultClock, StateInformationMiddleware>,
}

impl Buckets {
    pub(super) fn new(quota: Quota) -> Self {
        Self::at_most(MOST, quota)
    }

    fn at_most(most: usize, quota: Quota) -> Self {
        let units = NonZeroU32::new(quota.units()).unwrap_or(NonZeroU32::MIN);
        // An interval is never zero; what stands in for it is the slowest that there is.
        let cells = governor::Quota::with_period(quota.interval());
        let cells = cells.unwrap_or(governor::Quota::per_hour(units)).allow_burst(units);
        let governor = Governor::new(cells, Bounded::new(most), DefaultClock::default());
        Self { quota, governor }
    }

    pub(super) fn quota(&self) -> Quota {
        self.quota
    }

    /// Takes one unit.
    pub(super) fn take_one(&self, key: Key) -> Verdict {
        let interval = self.quota.interval();
        match self.governor.check_key(&key) {
            Ok(state) => {
                let remaining = state.remaining_burst_capacity();
                let full_in = interval * self.quota.units().saturating_sub(remaining);
                Verdict { remaining, full_in, refused_for: None }
            }
            Err(until) => {
                let wait = until.wait_time_from(self.governor.clock().now());
                let full_in = wait + interval * self.quota.units().saturating_sub(1);
                Verdict { remaining: 0, full_in, refused_for: Some(wait) }
            }
        }
    }

    /// Forgets buckets that are full again.
    pub(super) fn prune(&self) {
        self.governor.retain_recent();
        self.governor.shrink_to_fit();
    }
}

#[async_trait]
impl RateLimiter for Buckets {
    async fn take(&self, key: Key) -> Result<Verdict, Unavailable> {
        Ok(self.take_one(key))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    async fn fresh(quota: Quota) -> Arc<dyn RateLimiter> {
        Arc::new(Buckets::new(quota))
    }

    gacp_limits::rate_limiter_contract!(fresh);

    #[test]
    fn once_there_are_too_many_keys_those_to_come_share_a_bucket() {
        let buckets = Buckets::at_most(2, Quota::per_hour(2));
        let passes = |key| buckets.take_one(Key([key; 16])).is_allowed();

        assert!(passes(1) && passes(2));
        assert!(passes(3) && passes(4));

        assert!(!passes(3) && !passes(5));
        assert!(passes(1) && passes(2), "whoever was there before is not affected");
        assert_eq!(buckets.governor.len(), 2);
    }

    #[test]
    fn a_bucket_that_is_full_again_is_forgotten() {
        let buckets = Buckets::at_most(10, "1000000/s".parse().unwrap());
        let slow = Buckets::at_most(10, Quota::per_hour(2));
        for limiter in [&buckets, &slow] {
            limiter.take_one(Key([1; 16]));
        }
        std::thread::sleep(std::time::Duration::from_millis(2));

        for limiter in [&buckets, &slow] {
            limiter.prune();
        }

        assert_eq!((buckets.governor.len(), slow.governor.len()), (0, 1));
    }
}
