//! How long to wait before trying again.

use std::time::Duration;

use crate::clock::nanos;
use crate::random::part;

/// Waits that are random between nothing and a bound which doubles ("full jitter"): of all that
/// failed together few come back together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The bound before the first retry.
    pub base: Duration,
    /// The bound before any.
    pub cap: Duration,
}

impl Default for Backoff {
    /// From 50 ms to 2 s.
    fn default() -> Self {
        Self { base: Duration::from_millis(50), cap: Duration::from_secs(2) }
    }
}

impl Backoff {
    /// The wait before the nth retry, the first one being the 0th. `random` is any number, each as
    /// likely as the others.
    pub fn wait(&self, nth: u32, random: u64) -> Duration {
        let factor = 1_u32.checked_shl(nth).unwrap_or(u32::MAX);
        let bound = self.base.saturating_mul(factor).min(self.cap);
        Duration::from_nanos(part(nanos(bound), random))
    }
}

#[cfg(test)]
mod tests;
