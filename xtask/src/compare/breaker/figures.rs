//! What calls cost.

use serde::{Deserialize, Serialize};

use super::case::Finding;

/// How much is measured; the same for both.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Extent {
    /// Calls in the window before the failures that are measured.
    pub(super) few: u32,
    /// As many as there are at 10 000 calls a second.
    pub(super) many: u32,
    /// Failures measured in one go: they are in the window, too.
    pub(super) failures: u32,
    /// How often; the median counts.
    pub(super) rounds: u32,
    /// Successes, and rejections, measured.
    pub(super) rejects: u32,
}

pub(super) const EXTENT: Extent =
    Extent { few: 100, many: 100_000, failures: 100, rounds: 7, rejects: 100_000 };

/// A failure among a thousand times as many calls may cost so many times as much: what the caches
/// of a busy machine do is less, what a sum or a sort over all of them does is far more.
const GROWTH: f64 = 5.0;

/// Nanoseconds of a call.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Figures {
    /// Of one that succeeds.
    pub(super) success: f64,
    /// Of one that an open breaker refuses.
    pub(super) reject: f64,
    /// Of one that fails, among few others.
    pub(super) few: f64,
    /// Of one that fails, among many others.
    pub(super) many: f64,
}

impl Figures {
    pub(super) fn finding(&self) -> Finding {
        let Self { success, reject, few, many } = self;
        let Extent { few: less, many: more, .. } = EXTENT;
        let saw = format!(
            "a failure {few:.0} ns among {less} calls, {many:.0} ns among {more}; \
             a success {success:.0} ns, a reject {reject:.0} ns"
        );
        Finding::new("O7", *many <= GROWTH * few, saw)
    }
}

#[cfg(test)]
mod tests {
    use super::Figures;

    #[test]
    fn a_failure_that_costs_more_the_more_calls_there_were_is_wrong() {
        let even = Figures { success: 50.0, reject: 40.0, few: 90.0, many: 110.0 };
        let steep = Figures { many: 7_700_000.0, ..even };

        assert!(even.finding().right);
        assert!(!steep.finding().right);
        assert!(steep.finding().saw.contains("7700000 ns among 100000"));
    }
}
