//! The port.

use std::error::Error;

use async_trait::async_trait;
use thiserror::Error;

use crate::Verdict;

/// Whose bucket it is. An adapter keeps it as it is: who must not be recognised there is hashed
/// before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key(pub [u8; 16]);

/// The limiter could not be asked: a timeout, a lost connection.
#[derive(Debug, Error)]
#[error("limiter is unavailable")]
pub struct Unavailable(#[source] pub Box<dyn Error + Send + Sync>);

/// Buckets of one quota. Every implementation passes the suite of the feature `contract`.
#[async_trait]
pub trait RateLimiter: Send + Sync {
    /// Takes one unit from a bucket. A refusal takes nothing. However many ask at once, no more
    /// get a unit than there are.
    async fn take(&self, key: Key) -> Result<Verdict, Unavailable>;
}
