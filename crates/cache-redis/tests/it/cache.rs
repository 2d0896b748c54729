//! The cache keeps the contract of its port, and the promises that need two processes or a server
//! that goes away.

mod crowd;
mod naive;
mod outage;
mod processes;
mod schedules;
mod sharing;

use std::sync::Arc;
use std::time::{Duration, Instant};

use gacp_cache::Cache;
use gacp_cache_redis::{Redis, RedisCache};

use crate::{address, unused_name};

/// Enough for a test.
const LOCAL: u64 = 8 << 20;

/// On a busy machine an answer may take longer than a request would wait for it.
const PATIENCE: Duration = Duration::from_secs(10);

/// A cache whose entries nobody else sees; they go by themselves.
async fn fresh() -> Arc<dyn Cache> {
    Arc::new(of_name(&name()).await)
}

/// One process's view of a cache.
async fn of_name(name: &str) -> RedisCache {
    RedisCache::new(connected(&address(), PATIENCE).await, name, LOCAL)
}

/// Waits for the connection, too, which takes longer on a busy machine than a server would wait.
async fn connected(address: &str, patience: Duration) -> Redis {
    let redis = Redis::open_patiently(address, patience).await.unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    while redis.ping().await.is_err() {
        assert!(Instant::now() < until, "there is no Redis");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    redis
}

fn name() -> String {
    format!("test-{}", unused_name())
}

gacp_cache::cache_contract!(fresh);
