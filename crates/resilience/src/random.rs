//! Randomness that nobody has to keep secret: it spreads retries.

use std::hash::{BuildHasher, RandomState};

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

#[cfg(test)]
mod tests;
