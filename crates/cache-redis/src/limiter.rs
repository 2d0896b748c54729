//! Buckets that all processes see.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use deadpool_redis::redis::Script;
use gacp_limits::{Key, Quota, RateLimiter, Unavailable, Verdict};

use crate::{Redis, RedisError};

const SCRIPT: &str = include_str!("gcra.lua");

/// Buckets of one quota in Redis; whoever gives the same name shares them.
#[derive(Clone)]
pub struct RedisLimiter {
    redis: Redis,
    name: String,
    quota: Quota,
    script: Arc<Script>,
}

impl RedisLimiter {
    /// The buckets of this name.
    pub fn new(redis: Redis, name: &str, quota: Quota) -> Self {
        Self { redis, name: name.to_owned(), quota, script: Arc::new(Script::new(SCRIPT)) }
    }

    /// `gacp:bucket:login:0a1b…`.
    fn bucket(&self, key: Key) -> String {
        let mut bucket = format!("gacp:bucket:{}:", self.name);
        for byte in key.0 {
            // Writing to a string cannot fail.
            let _written = write!(bucket, "{byte:02x}");
        }
        bucket
    }
}

#[async_trait]
impl RateLimiter for RedisLimiter {
    async fn take(&self, key: Key) -> Result<Verdict, Unavailable> {
        // A quota's interval is at most an hour.
        let interval = u64::try_from(self.quota.interval().as_micros()).unwrap_or(u64::MAX).max(1);
        let quota = [interval, self.quota.units().into()];
        let mut lent = self.redis.lend().map_err(unavailable)?;
        let count = self.redis.count(&mut lent, &self.script, &self.bucket(key), quota).await;
        count.map(|full_in| verdict(quota, full_in)).map_err(unavailable)
    }
}

fn unavailable(error: RedisError) -> Unavailable {
    Unavailable(error.into())
}

/// What it means that so many µs pass until all are back, which the script tells below zero when
/// none was left.
fn verdict([interval, units]: [u64; 2], full_in: i64) -> Verdict {
    let (is_taken, full_in, all) =
        (full_in > 0, full_in.unsigned_abs(), interval.saturating_mul(units));
    let left = all.saturating_sub(full_in) / interval;
    let next_in = (full_in + interval).saturating_sub(all);
    Verdict {
        remaining: if is_taken { u32::try_from(left).unwrap_or(u32::MAX) } else { 0 },
        full_in: Duration::from_micros(full_in),
        refused_for: (!is_taken).then(|| Duration::from_micros(next_in)),
    }
}
