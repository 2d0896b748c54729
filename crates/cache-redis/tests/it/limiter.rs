use std::sync::Arc;
use std::time::Duration;

use deadpool_redis::redis::cmd;
use gacp_cache_redis::{Redis, RedisLimiter};
use gacp_limits::{Key, Quota, RateLimiter};

use crate::{address, connection, limiter, unused_name};

async fn fresh(quota: Quota) -> Arc<dyn RateLimiter> {
    Arc::new(limiter(&Redis::open(&address()).await.unwrap(), quota))
}

gacp_limits::rate_limiter_contract!(fresh);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_add_up_to_one_limit() {
    let name = format!("test-{}", unused_name());
    let mut passed = 0;
    let mut runs = Vec::new();
    for _process in 0..2 {
        let redis = Redis::open(&address()).await.unwrap();
        let limiter = RedisLimiter::new(redis, &name, Quota::per_hour(10));
        for _request in 0..16 {
            let limiter = limiter.clone();
            runs.push(tokio::spawn(async move { limiter.take(Key([1; 16])).await.unwrap() }));
        }
    }

    for run in runs {
        passed += u32::from(run.await.unwrap().is_allowed());
    }

    assert_eq!(passed, 10);
}

#[tokio::test]
async fn names_do_not_share() {
    let redis = Redis::open(&address()).await.unwrap();
    let (one, other) = (limiter(&redis, Quota::per_hour(1)), limiter(&redis, Quota::per_hour(1)));

    for limiter in [&one, &other] {
        assert!(limiter.take(Key([1; 16])).await.unwrap().is_allowed());
    }
}

/// Expiries are counted in milliseconds, which are a hundred units here: rounded up each time,
/// these takes would come to more than what comes back meanwhile.
#[tokio::test]
async fn units_of_less_than_a_millisecond_add_up() {
    let redis = Redis::open(&address()).await.unwrap();
    let limiter = limiter(&redis, "100000/s".parse().unwrap());
    let mut last = Duration::ZERO;

    for _request in 0..1_000 {
        last = limiter.take(Key([1; 16])).await.unwrap().full_in;
    }

    assert!(last <= Duration::from_millis(10), "{last:?}");
}

#[tokio::test]
async fn a_clock_that_was_set_back_locks_nobody_out() {
    let name = format!("test-{}", unused_name());
    let limiter =
        RedisLimiter::new(Redis::open(&address()).await.unwrap(), &name, Quota::per_hour(10));
    let bucket = format!("gacp:bucket:{name}:{}", "01".repeat(16));
    let mut server = connection(&address()).await;
    let day = Duration::from_hours(24).as_secs();
    let _set: () =
        cmd("SET").arg(&[&bucket, "0", "EX"]).arg(day).query_async(&mut server).await.unwrap();

    let verdict = limiter.take(Key([1; 16])).await.unwrap();

    assert_eq!(verdict.refused_for, Some(Duration::from_mins(6)));
    assert_eq!(verdict.full_in, Duration::from_hours(1));
    let left: i64 = cmd("PTTL").arg(&bucket).query_async(&mut server).await.unwrap();
    assert!(left <= 3_600_000, "it fills from now on: {left}");
}
