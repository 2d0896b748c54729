//! Breakers of several crates behind one trait, so that one harness calls them all.
//!
//! A call here does nothing but succeed or fail. Every breaker is set so that it stays closed
//! though nine of ten calls fail, or is open for longer than it is measured; each is called in the
//! way that its own documentation shows.

mod failsafe;
mod ours;
mod recloser;
mod tower;

use std::error::Error;
use std::hint::black_box;
use std::ops::Range;
use std::time::Duration;

pub use failsafe::Failsafe;
pub use ours::{Ours, OursTold};
pub use recloser::Recloser;
pub use tower::Tower;

/// Why a breaker could not be made.
pub type Fault = Box<dyn Error>;

/// For so long an open breaker stays open: longer than it is measured.
pub const OPEN: Duration = Duration::from_mins(5);

/// Of so many calls one succeeds, so that the breaker stays closed when all others fail: often enough
/// that one outcome that is counted late, by a thread that was stopped meanwhile, does not matter.
const SUCCEEDS: u64 = 10;

/// The outcomes that a breaker looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// The latest hundred.
    Calls,
    /// Those of ten seconds.
    Time,
}

/// A breaker of one of the crates. Its clones are one breaker.
pub trait Rival: Clone + Send + Sized + 'static {
    /// What the column of the table is called.
    const NAME: &str;
    /// After so many calls a new breaker is measured on, where what a call costs grows.
    const AT_MOST: u64 = u64::MAX;

    /// One that is closed, and stays so; none where the crate has no such window.
    fn closed(window: Window) -> Result<Option<Self>, Fault>;

    /// One that is open, and stays so.
    fn open() -> Result<Self, Fault>;

    /// Makes calls one after the other, numbered; how many were refused.
    fn calls(&self, numbers: Range<u64>, fail: bool) -> u64;
}

/// What the nth call comes to.
#[inline]
fn reply(nth: u64, fail: bool) -> Result<(), ()> {
    black_box(if fail && !nth.is_multiple_of(SUCCEEDS) { Err(()) } else { Ok(()) })
}

#[cfg(test)]
mod tests;
