//! The outcomes that a closed breaker looks at.
//!
//! Nobody clears a window. Every counter says which generation of the breaker it counts for, and
//! the first outcome of the next generation takes it over: so an outcome is counted with one or
//! two compare-and-swaps, and none of a generation before is ever among them.

mod count;
mod time;

use count::CountWindow;
use time::TimeWindow;

use super::settings::{self, Settings};
use super::word::Word;
use crate::clock::Moment;

/// An outcome, as far as it is counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub(super) failed: bool,
    pub(super) slow: bool,
}

/// What became of an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    Yes,
    /// The breaker is in another generation already, or the outcome is older than the window.
    Stale,
}

/// How many outcomes are in a window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) finished: u64,
    pub(super) failures: u64,
    pub(super) slow: u64,
}

#[expect(clippy::large_enum_variant, reason = "one per breaker, and the larger one is the default")]
pub(super) enum Window {
    Time(TimeWindow),
    Count(CountWindow),
}

impl Window {
    pub(super) fn new(settings: &Settings) -> Self {
        match settings.window {
            settings::Window::Time { length } => Self::Time(TimeWindow::new(length)),
            settings::Window::Count { size } => Self::Count(CountWindow::new(size)),
        }
    }

    /// Whether it matters when an outcome was.
    pub(super) const fn is_timed(&self) -> bool {
        matches!(self, Self::Time(_))
    }

    /// Counts an outcome for a generation, unless that is over: `current` says whether it is not.
    #[inline]
    pub(super) fn record(
        &self,
        word: Word,
        mark: Mark,
        now: Moment,
        current: impl Fn() -> bool,
    ) -> Counted {
        match self {
            Self::Time(window) => window.record(word, mark, now, current),
            Self::Count(window) => window.record(word, mark, current),
        }
    }

    /// How many outcomes of a generation there are.
    pub(super) fn counts(&self, word: Word, now: Moment) -> Counts {
        match self {
            Self::Time(window) => window.counts(word, now),
            Self::Count(window) => window.counts(word),
        }
    }
}

#[cfg(test)]
mod tests;
