//! Chance: what expires at once, or asks at once, should not do so again.

use std::time::Duration;

/// Up to a tenth less, by chance.
pub(crate) fn shortened(time: Duration) -> Duration {
    time.saturating_sub(between(Duration::ZERO, time / 10))
}

/// Some time between these; the lesser where the system has no randomness.
pub(crate) fn between(least: Duration, most: Duration) -> Duration {
    let share = getrandom::u32().map_or(0.0, |random| f64::from(random) / f64::from(u32::MAX));
    least + most.saturating_sub(least).mul_f64(share)
}
