//! Randomness that nobody has to keep secret: it spreads retries.

use std::hash::{BuildHasher, RandomState};

#[cfg(feature = "tokio")]
use crate::sync::{AtomicU64, Ordering};

/// One step of `SplitMix64` (Steele, Lea, Flood 2014): well spread also for numbers in a row.
pub(crate) const fn mix(state: u64) -> u64 {
    let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The distance of two states of `SplitMix64`: 2⁶⁴ over the golden ratio.
pub(crate) const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// A seed, where none is given: what the standard library gives to its hash maps.
pub(crate) fn seed(given: Option<u64>) -> u64 {
    given.unwrap_or_else(|| RandomState::new().hash_one(STEP))
}

/// So much of `whole`: `share` is a part of 2⁶⁴.
pub(crate) fn part(whole: u64, share: u64) -> u64 {
    let product = u128::from(whole) * u128::from(share);
    u64::try_from(product >> 64).unwrap_or(u64::MAX)
}

/// Numbers one after the other, for many threads.
#[cfg(feature = "tokio")]
#[derive(Debug)]
pub(crate) struct Random(AtomicU64);

#[cfg(feature = "tokio")]
impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    pub(crate) fn next(&self) -> u64 {
        mix(self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP))
    }
}

#[cfg(test)]
mod tests;
