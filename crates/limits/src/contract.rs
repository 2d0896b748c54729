//! What every adapter of [`RateLimiter`] must do.
//!
//! `rate_limiter_contract!(fresh)` declares one test per case; `fresh` is an `async fn` that makes
//! a limiter of a quota whose buckets are all full.
#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a failed setup must stop the test, and a case is there to panic"
)]

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Barrier;

use crate::{Key, RateLimiter};

/// Declares one test per case of the rate-limiter contract; `$fresh` is the name of an
/// `async fn(Quota) -> Arc<dyn RateLimiter>`.
#[macro_export]
macro_rules! rate_limiter_contract {
    (@each $fresh:path; $($case:ident $quota:literal)+) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            $crate::contract::$case($fresh($quota.parse().unwrap()).await).await;
        }
    )+};
    ($fresh:path) => {
        $crate::rate_limiter_contract! { @each $fresh;
            a_new_bucket_is_full "10/h"
            the_unit_after_the_last_is_refused_for_as_long_as_it_takes "3/h"
            buckets_do_not_share "1/h"
            units_come_back_one_by_one "4/s"
            a_refusal_takes_nothing "4/s"
            of_many_at_once_as_many_pass_as_there_are_units "10/h"
        }
    };
}

const ONE: Key = Key([1; 16]);
const OTHER: Key = Key([2; 16]);

/// How far a clock may have gone between two calls.
const SLACK: Duration = Duration::from_secs(5);

fn is_about(found: Duration, expected: Duration) -> bool {
    found <= expected && found + SLACK >= expected
}

/// Of ten units, nine are left after the first, and a tenth of the window is to be made up for.
pub async fn a_new_bucket_is_full(limiter: Arc<dyn RateLimiter>) {
    let verdict = limiter.take(ONE).await.unwrap();

    assert!(verdict.is_allowed());
    assert_eq!(verdict.remaining, 9);
    assert!(is_about(verdict.full_in, Duration::from_mins(6)), "{verdict:?}");
}

/// Three pass and count down; the fourth is told when a unit is there again.
pub async fn the_unit_after_the_last_is_refused_for_as_long_as_it_takes(
    limiter: Arc<dyn RateLimiter>,
) {
    for left in [2, 1, 0] {
        assert_eq!(limiter.take(ONE).await.unwrap().remaining, left);
    }

    let verdict = limiter.take(ONE).await.unwrap();

    let wait = verdict.refused_for.unwrap();
    assert_eq!(verdict.remaining, 0);
    assert!(is_about(wait, Duration::from_mins(20)), "{verdict:?}");
    assert!(is_about(verdict.full_in, Duration::from_hours(1)), "{verdict:?}");
}

/// One key's empty bucket is nobody else's.
pub async fn buckets_do_not_share(limiter: Arc<dyn RateLimiter>) {
    assert!(limiter.take(ONE).await.unwrap().is_allowed());
    assert!(!limiter.take(ONE).await.unwrap().is_allowed());

    assert!(limiter.take(OTHER).await.unwrap().is_allowed());
}

/// With four per second, one is back after a quarter of it, and not four.
pub async fn units_come_back_one_by_one(limiter: Arc<dyn RateLimiter>) {
    let wait = exhausted(&*limiter).await;

    tokio::time::sleep(wait + Duration::from_millis(5)).await;

    assert!(limiter.take(ONE).await.unwrap().is_allowed());
    assert!(!limiter.take(ONE).await.unwrap().is_allowed());
}

/// Whoever asks in vain does not wait longer for it.
pub async fn a_refusal_takes_nothing(limiter: Arc<dyn RateLimiter>) {
    let wait = exhausted(&*limiter).await;
    for _ in 0..3 {
        let again = limiter.take(ONE).await.unwrap();
        assert!(again.refused_for.is_none_or(|again| again <= wait), "{again:?}");
    }
}

/// Takes until there is nothing left; tells how long until there is.
async fn exhausted(limiter: &dyn RateLimiter) -> Duration {
    loop {
        if let Some(wait) = limiter.take(ONE).await.unwrap().refused_for {
            return wait;
        }
    }
}

/// 32 tasks ask at once for ten units: ten get one.
pub async fn of_many_at_once_as_many_pass_as_there_are_units(limiter: Arc<dyn RateLimiter>) {
    let barrier = Arc::new(Barrier::new(32));
    let runs: Vec<_> = (0..32)
        .map(|_| {
            let (limiter, barrier) = (Arc::clone(&limiter), Arc::clone(&barrier));
            tokio::spawn(async move {
                barrier.wait().await;
                limiter.take(ONE).await.unwrap().is_allowed()
            })
        })
        .collect();

    let mut passed = 0;
    for run in runs {
        passed += u32::from(run.await.unwrap());
    }

    assert_eq!(passed, 10);
}
