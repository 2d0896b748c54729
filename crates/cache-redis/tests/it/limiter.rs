use std::sync::Arc;

use gacp_cache_redis::{Redis, RedisLimiter};
use gacp_limits::{Key, Quota, RateLimiter};

use crate::{address, limiter, unused_name};

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
