//! What is kept, and where.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use gacp_cache::{Cache, Guarded, InProcess, Nothing, ReadThrough, Writes};
use gacp_cache_redis::RedisCache;

use super::Shared;
use super::sessions::Known;
use crate::config::{Config, Store};
use crate::observe::{Kept, Metrics};

/// So many different things are made at once to be kept; what comes on top is made, and not kept.
const LOADS: usize = 1_024;

/// What a write may make wrong is in doubt for so long at most: longer than any write takes. Only
/// a process that ends in the middle of one leaves it for that long.
const DOUBT: Duration = Duration::from_mins(1);

/// What is kept, if anything is, and whom writes are announced to.
pub(super) struct Caches {
    pub(super) replies: Option<ReadThrough<StatusCode>>,
    pub(super) sessions: Option<Known>,
    pub(super) writes: Writes,
}

impl Caches {
    pub(super) fn of(config: &Config, shared: Option<&Shared>, metrics: &Metrics) -> Self {
        let seen = metrics.caches.of(Kept::Replies);
        let Some(cache) = cache(config, shared) else {
            let writes = Writes::new(Arc::new(Nothing), seen, DOUBT);
            return Self { replies: None, sessions: None, writes };
        };
        let sessions = metrics.caches.of(Kept::Sessions);
        Self {
            replies: Some(ReadThrough::new(cache.clone(), seen.clone(), LOADS)),
            sessions: Some(Known {
                standings: ReadThrough::new(cache.clone(), sessions, LOADS),
                is_elsewhere: matches!(config.store, Store::Mongo { .. }),
            }),
            writes: Writes::new(cache, seen, DOUBT),
        }
    }
}

/// A file has one server, which needs no other to tell it what was written. Servers that share a
/// database keep only what they can tell each other about.
fn cache(config: &Config, shared: Option<&Shared>) -> Option<Arc<dyn Cache>> {
    let bytes = config.cache_bytes;
    match (&config.store, shared) {
        _ if bytes == 0 => None,
        (Store::Sqlite, _) => Some(Arc::new(InProcess::of_bytes(bytes))),
        // Two databases may have one Redis.
        (Store::Mongo { database, .. }, Some(Shared { redis, breaker })) => {
            let cache = RedisCache::new(redis.clone(), database, bytes);
            Some(Arc::new(Guarded::new(cache, breaker.clone())))
        }
        (Store::Mongo { .. }, None) => None,
    }
}
