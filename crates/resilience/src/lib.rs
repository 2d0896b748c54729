//! What keeps a service up when more is asked of it than it can do, and when what it depends on
//! is down.
//!
//! | module | what it does | needs tokio |
//! |--------|--------------|-------------|
//! | [`breaker`] | leaves a dependency alone that does not answer, and probes whether it is back | no |
//! | [`retry`] | tries again out of a budget that all share, after random waits | for the waits |
//! | `deadline` | says until when it is worth to work for somebody | yes |
//! | `timeout` | ends the wait for a call, and holds its place until it ends | yes |
//! | `gate` | lets so many in, keeps so many waiting, the urgent first, sheds the rest at once | yes |
//! | `carry` | takes a deadline, and what is held, along into a task of its own | yes |
//! | [`clock`] | is the time of a breaker, and stands still in a test | no |
//!
//! # Around a call
//!
//! ```
//! use std::time::Duration;
//!
//! use gacp_resilience::breaker::{Breaker, Outcome, Settings, State};
//!
//! # fn ask() -> Result<u32, std::io::Error> { Err(std::io::Error::other("out")) }
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let breaker = Breaker::new(Settings { minimum: 3, ..Settings::default() })?;
//!
//! while let Ok(permit) = breaker.try_acquire() {
//!     let began = breaker.now();
//!     let reply = ask();
//!     let outcome = if reply.is_ok() { Outcome::Success } else { Outcome::Failure };
//!     let ended = breaker.now();
//!     permit.record_at(outcome, ended.since(began), ended);
//! }
//!
//! assert_eq!(breaker.state(), State::Open);
//! let refused = breaker.try_acquire().unwrap_err();
//! assert!(refused.retry_after > Duration::from_secs(20));
//! # Ok(())
//! # }
//! ```
//!
//! What is a failure is decided where the dependency is known: that it finds nothing, or refuses
//! what is wrong, is an answer. The two readings of the clock do for a histogram and a span, too.
//!
//! # From outside to inside
//!
//! Deadline → shed, bulkhead → retry → breaker → timeout → call.
//!
//! - The deadline is set once for a request, and everything within looks at it.
//! - Whoever finds no place in the bulkhead does not come to the breaker: that there are too many is
//!   no fault of the dependency.
//! - A retry stands before the breaker, so that it asks anew whether it is let through, and hears
//!   from an open breaker when to come back.
//! - The timeout is within the breaker, which counts it as a failure; the place in the bulkhead is
//!   held until the call really ends.
//!
//! `examples/axum_guard.rs` is all of them in a server.
//!
//! # Before work that needs a core
//!
#![cfg_attr(feature = "tokio", doc = "```")]
#![cfg_attr(not(feature = "tokio"), doc = "```ignore")]
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
//!
//! # Features
//!
//! `tokio`, on by default, is what waits or spawns. Without it there are breakers, budgets and
//! waits to be slept by whoever has another runtime, or none.
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
