//! What a breaker looks like at one moment.

use std::time::Duration;

use super::word::moment;
use super::{Breaker, Mode, State};
use crate::clock::Moment;
use crate::sync::Ordering;

/// A breaker at one moment, for readiness and metrics: calls go on while it is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Snapshot {
    /// What it does with calls.
    pub state: State,
    /// Whether it decides by itself.
    pub mode: Mode,
    /// Calls that ended, in the window of a closed breaker.
    pub finished: u64,
    /// So many of them failed.
    pub failures: u64,
    /// So many of them were slow.
    pub slow: u64,
    /// Outcomes that came too late to be taken into account, ever.
    pub stale: u64,
    /// Calls refused, ever; in [`Mode::ObserveOnly`] those that would have been.
    pub rejected: u64,
    /// For so long an open breaker refuses everybody.
    pub retry_after: Option<Duration>,
    /// Transitions, modulo 65 536.
    pub generation: u64,
}

impl Breaker {
    /// What it looks like now.
    pub fn snapshot(&self) -> Snapshot {
        self.snapshot_at(self.now())
    }

    /// What it looks like, for those who know what time it is.
    pub fn snapshot_at(&self, now: Moment) -> Snapshot {
        let word = self.word();
        let counts = self.window.counts(word, now);
        let until = moment(word.tick()).since(now);
        Snapshot {
            state: word.state(),
            mode: word.mode(),
            finished: counts.finished,
            failures: counts.failures,
            slow: counts.slow,
            stale: self.stale.load(Ordering::Relaxed),
            rejected: self.rejected.0.load(Ordering::Relaxed),
            retry_after: (word.state() == State::Open).then_some(until),
            generation: word.generation(),
        }
    }
}
