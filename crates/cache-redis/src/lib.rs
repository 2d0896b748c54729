//! What processes share through Redis: rate limits, so far.
//!
//! [`Redis`] keeps one connection that all requests share, and gets the next one by itself when
//! that is lost. [`RedisLimiter`] is a [`RateLimiter`](gacp_limits::RateLimiter) whose buckets all
//! processes see. Whoever uses them is told within 50 ms when Redis does not answer, at once when
//! it is known to be out, and says what happens then: nothing here waits for it or falls back.
//!
//! Redis 7 or newer, one primary. Keys are kept as they come: who must not be recognised in Redis
//! is hashed by the caller.
//!
//! ```no_run
//! use gacp_cache_redis::{Redis, RedisLimiter};
//! use gacp_limits::{Key, RateLimiter};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let redis = Redis::open("redis://127.0.0.1:6379").await?;
//! let logins = RedisLimiter::new(redis, "login", "60/min".parse()?);
//! assert!(logins.take(Key([7; 16])).await?.is_allowed());
//! # Ok(())
//! # }
//! ```
#![deny(clippy::future_not_send)]

mod connection;
mod limiter;

pub use connection::{Redis, RedisError};
pub use limiter::RedisLimiter;
