//! Who hears what a breaker does.

use std::time::Duration;

use super::{Mode, Open, Outcome, State};

/// Why a breaker changed its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// It opened: so many of the finished calls failed.
    Failures {
        /// Calls that failed.
        failures: u64,
        /// Calls that ended, in the window.
        finished: u64,
    },
    /// It opened: so many of the finished calls were slow.
    Slowness {
        /// Calls that were slow.
        slow: u64,
        /// Calls that ended, in the window.
        finished: u64,
    },
    /// It is half-open: it was open for long enough.
    Waited,
    /// It opened again: a probe failed.
    ProbeFailed,
    /// It opened again: a probe succeeded, but slowly.
    ProbeSlow,
    /// It closed: enough probes succeeded.
    Recovered,
    /// It begins anew in this mode.
    Mode(Mode),
}

/// From one state to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// What it was.
    pub from: State,
    /// What it is.
    pub to: State,
    /// Why.
    pub cause: Cause,
    /// For so long it is open, jitter included; nothing unless it opened.
    pub open_for: Option<Duration>,
    /// Counts transitions modulo 65 536: threads may tell of two of them in any order.
    pub generation: u64,
}

/// Hears what a breaker does, as it does it: for metrics and logs. Its methods are called in the
/// middle of calls and must return quickly; by default they do nothing.
pub trait Listener: Send + Sync {
    /// The state changed. One event for each transition, from the thread that made it.
    fn transition(&self, transition: &Transition) {
        let _ = transition;
    }

    /// Somebody was refused; in [`Mode::ObserveOnly`] somebody would have been.
    fn rejected(&self, open: Open) {
        let _ = open;
    }

    /// An outcome was taken into account, or, if it is [`Outcome::Ignore`], was not meant to be.
    fn recorded(&self, outcome: Outcome, elapsed: Duration) {
        let _ = (outcome, elapsed);
    }

    /// An outcome came too late to be taken into account: the breaker changed its state meanwhile,
    /// or the probe was given up.
    fn stale(&self, outcome: Outcome) {
        let _ = outcome;
    }

    /// Somebody was let in and left without an outcome.
    fn cancelled(&self) {}
}
