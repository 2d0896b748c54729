//! What keeps a service up when more is asked of it than it can do.
//!
//! [`gate`] stands before work that needs a core: as much runs at once as there are cores, a
//! bounded number waits, the more urgent first, nobody waits for longer than it is worth, and the
//! rest is shed at once.
//!
//! ```
//! use std::time::Duration;
//!
//! use gacp_resilience::gate::{Gate, Limits, Rejected};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let gate = Gate::new(Limits { at_once: 1, waiting: 0, patience: Duration::from_secs(2) });
//!
//! let sum = gate.run(|| (1..=1_000_u64).sum::<u64>()).await;
//! assert_eq!(sum.ok(), Some(500_500));
//!
//! let inside = gate.enter().await;
//! assert!(matches!(gate.enter().await, Err(Rejected::Full)));
//! drop(inside);
//! assert!(gate.enter().await.is_ok());
//! # }
//! ```
#![deny(clippy::future_not_send)]

pub mod breaker;
#[cfg(feature = "tokio")]
pub mod carry;
pub mod clock;
#[cfg(feature = "tokio")]
pub mod deadline;
#[cfg(feature = "tokio")]
pub mod gate;
mod random;
pub mod retry;
mod sync;
#[cfg(feature = "tokio")]
pub mod timeout;
