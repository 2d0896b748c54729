//! The adapters on Redis keep the contract of their ports, and some promises of their own.
//!
//! They need a Redis under `REDIS_URL`: `cargo xtask test` brings one up.
#![expect(clippy::unwrap_used, reason = "a failed setup must stop the test")]

mod cache;
mod door;
mod limiter;
mod outage;
mod own;
mod thread;

use deadpool_redis::redis::aio::MultiplexedConnection;
use deadpool_redis::redis::{AsyncConnectionConfig, Client};
use gacp_cache_redis::{Redis, RedisLimiter};
use gacp_limits::Quota;

/// A limiter whose buckets nobody else uses; they go by themselves.
fn limiter(redis: &Redis, quota: Quota) -> RedisLimiter {
    RedisLimiter::new(redis.clone(), &format!("test-{}", unused_name()), quota)
}

/// A connection for what no adapter does; it waits as long as it takes.
async fn connection(address: &str) -> MultiplexedConnection {
    let config =
        AsyncConnectionConfig::new().set_response_timeout(None).set_connection_timeout(None);
    let client = Client::open(address).unwrap();
    client.get_multiplexed_async_connection_with_config(&config).await.unwrap()
}

#[expect(clippy::disallowed_methods, reason = "runs must not meet in one server")]
fn unused_name() -> uuid::Uuid {
    uuid::Uuid::now_v7()
}

#[expect(clippy::disallowed_methods, reason = "the harness alone is told where its server is")]
fn address() -> String {
    std::env::var("REDIS_URL").unwrap_or_else(|_unset| {
        panic!("REDIS_URL is not set: run `cargo xtask test`, or `cargo xtask services up` first")
    })
}
