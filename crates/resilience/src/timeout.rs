//! The end of patience, with or without the end of the work.
//!
//! [`cancel`] drops the work: right where nothing is lost by that. [`detach`] lets it go on
//! without the caller: right where dropping it does damage (a MongoDB driver closes the connection
//! of an operation that is dropped) or where the work goes on anyway. What the work holds, its
//! place in a bulkhead above all, is held until it really ends: so no more of it runs at once than
//! was let in.
//!
//! ```
//! use std::time::Duration;
//!
//! use gacp_resilience::gate::{Gate, Limits, Rejected};
//! use gacp_resilience::timeout::{TimedOut, detach};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Rejected> {
//! let bulkhead = Gate::new(Limits { at_once: 1, waiting: 0, patience: Duration::from_secs(1) });
//! let write = || tokio::time::sleep(Duration::from_secs(7));
//!
//! let pass = bulkhead.enter().await?;
//! assert_eq!(detach(Duration::from_secs(5), pass, write()).await, Err(TimedOut));
//! assert!(bulkhead.enter().await.is_err(), "the write goes on");
//!
//! tokio::time::sleep(Duration::from_secs(3)).await;
//! assert!(bulkhead.enter().await.is_ok(), "the write has ended");
//! # Ok(())
//! # }
//! ```

mod detached;

use std::time::Duration;

use detached::Detached;
use thiserror::Error;
use tokio::time::timeout;

/// The work took longer than the caller waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("it took too long")]
pub struct TimedOut;

/// Waits for work for at most so long, then drops it.
pub async fn cancel<F: Future>(limit: Duration, work: F) -> Result<F::Output, TimedOut> {
    timeout(limit, work).await.map_err(|_elapsed| TimedOut)
}

/// Waits for work for at most so long, then lets it go on in a task of its own; so it does when
/// the caller is dropped. Either way `held` is dropped when the work ends, and not before. Work
/// that has begun is dropped only by the end of the runtime.
///
/// Must be called within a runtime, or it panics.
pub async fn detach<F>(
    limit: Duration,
    held: impl Send + 'static,
    work: F,
) -> Result<F::Output, TimedOut>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    detach_then(limit, held, work, drop).await
}

/// As [`detach`]; and nobody being there for it any more, the result goes to `on_late`. A write
/// that ends late invalidates what was cached, all the same. `held` is dropped after that.
pub async fn detach_then<F>(
    limit: Duration,
    held: impl Send + 'static,
    work: F,
    on_late: impl FnOnce(F::Output) + Send + 'static,
) -> Result<F::Output, TimedOut>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    timeout(limit, Detached::new(held, work, on_late)).await.map_err(|_elapsed| TimedOut)
}

#[cfg(test)]
mod tests;
