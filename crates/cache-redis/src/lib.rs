//! What processes share through Redis: rate limits and cached replies.
//!
//! [`Redis`] keeps one connection that all requests share, and gets the next one by itself when
//! that is lost; a worker with a runtime of its own can have its own connection beside it
//! ([`Redis::serve_this_thread`]), so that a question wakes no other thread, and what many ask at the
//! moment is one pipeline. [`RedisLimiter`] is a
//! [`RateLimiter`](gacp_limits::RateLimiter) whose buckets all processes see, [`RedisCache`] a
//! [`Cache`](gacp_cache::Cache) whose entries they do. Whoever uses them is told within 50 ms when
//! Redis does not answer, at once when it is known to be out, and says what happens then: nothing
//! here waits for it or falls back.
//!
//! Redis 7 or newer, one primary, no Cluster: the scripts see several keys. Keys are kept as they
//! come: who must not be recognised in Redis is hashed by the caller. Nothing here has to survive
//! a restart, so it needs neither snapshots nor an append-only file; what they bring back is
//! ignored by the cache, and forgiven by the limits.
//!
//! ```no_run
//! use gacp_cache::{Cache, Tag, Tags};
//! use gacp_cache_redis::{Redis, RedisCache, RedisLimiter};
//! use gacp_limits::{Key, RateLimiter};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let redis = Redis::open("redis://127.0.0.1:6379").await?;
//! let logins = RedisLimiter::new(redis.clone(), "login", "60/min".parse()?);
//! assert!(logins.take(Key([7; 16])).await?.is_allowed());
//!
//! let replies = RedisCache::new(redis, "replies", 64 << 20);
//! replies.invalidate(&Tags::of([Tag::of("farm", "7")])).await?;
//! # Ok(())
//! # }
//! ```
#![deny(clippy::future_not_send)]

mod cache;
mod connection;
mod limiter;

pub use cache::RedisCache;
pub use connection::{Redis, RedisError};
pub use limiter::RedisLimiter;
