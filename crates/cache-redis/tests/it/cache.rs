//! The cache keeps the contract of its port, and the promises that need two processes or a server
//! that goes away.

mod naive;
mod outage;
mod schedules;
mod sharing;

use std::sync::Arc;
use std::time::Duration;

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
    let redis = Redis::open_patiently(&address(), PATIENCE).await.unwrap();
    RedisCache::new(redis, name, LOCAL)
}

fn name() -> String {
    format!("test-{}", unused_name())
}

gacp_cache::cache_contract!(fresh);
