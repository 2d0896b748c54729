//! A server that goes away, hangs, and comes back.

use std::time::{Duration, Instant};

use gacp_cache_redis::{Redis, RedisError};
use gacp_limits::{Key, Quota, RateLimiter};
use tokio::net::TcpListener;

use crate::door::Door;
use crate::{address, limiter};

pub(crate) async fn wait_until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(10);
    while !is_so().await {
        assert!(Instant::now() < until, "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_lost_server_is_noticed_at_once_and_found_again() {
    let door = Door::open(&address()).await;
    let redis = Redis::open(&door.address).await.unwrap();
    let limiter = limiter(&redis, Quota::per_minute(1_000_000));
    assert!(limiter.take(Key([1; 16])).await.is_ok());

    door.set_open(false);
    wait_until("it is lost", async || limiter.take(Key([1; 16])).await.is_err()).await;
    let asked = Instant::now();
    for _ in 0..100 {
        assert!(limiter.take(Key([1; 16])).await.is_err());
    }
    assert!(asked.elapsed() < Duration::from_millis(500), "{:?}", asked.elapsed());

    door.set_open(true);
    wait_until("it is found", async || limiter.take(Key([1; 16])).await.is_ok()).await;
    redis.ping().await.unwrap();
}

#[tokio::test]
async fn a_server_that_hangs_is_as_good_as_out() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("redis://{}", listener.local_addr().unwrap());

    let started = Instant::now();
    let redis = Redis::open(&address).await.unwrap();
    let answer = redis.ping().await;

    assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
    assert!(matches!(answer, Err(RedisError::Lost)), "{answer:?}");
}

#[tokio::test]
async fn what_is_no_address_is_refused() {
    for bad in ["", "localhost", "http://127.0.0.1"] {
        assert!(matches!(Redis::open(bad).await, Err(RedisError::Address(_))), "{bad}");
    }
}
