//! When a breaker opens, for how long, and what closes it again.

use std::time::Duration;

use thiserror::Error;

use crate::clock::nanos;
use crate::random::part;

/// Which outcomes a breaker looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// Those of so long, in ten buckets: the oldest tenth is forgotten at once.
    Time {
        /// From a second to ten minutes.
        length: Duration,
    },
    /// The latest so many: each new one replaces the oldest.
    Count {
        /// From 1 to 10 000.
        size: u32,
    },
}

/// How a breaker behaves. The default is the plan's profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// The outcomes looked at.
    pub window: Window,
    /// Fewer outcomes than this tell nothing.
    pub minimum: u32,
    /// It opens when so many of a hundred failed, or more.
    pub failure_percent: u32,
    /// It opens when so many of a hundred were slow, or more.
    pub slow_percent: u32,
    /// What takes so long is slow, whether or not it succeeds.
    pub slow_after: Duration,
    /// For so long it is open at first; each time in a row twice as long.
    pub open_base: Duration,
    /// For so long it is open at most.
    pub open_cap: Duration,
    /// So many calls are let through to see whether the dependency is back.
    pub probes: u32,
    /// So many of them must succeed.
    pub successes: u32,
    /// A probe that takes so long is given up, and its place goes to another: longer than the
    /// timeout of a call.
    pub probe_ttl: Duration,
    /// Where the jitter of the open intervals comes from: without a seed every breaker has its own.
    pub seed: Option<u64>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            window: Window::Time { length: Duration::from_secs(10) },
            minimum: 10,
            failure_percent: 50,
            slow_percent: 100,
            slow_after: Duration::from_secs(5),
            open_base: Duration::from_secs(30),
            open_cap: Duration::from_mins(5),
            probes: 5,
            successes: 3,
            probe_ttl: Duration::from_secs(10),
            seed: None,
        }
    }
}

/// Settings that no breaker can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Nonsense {
    /// A window of time outside of what ten buckets are good for.
    #[error("a window is from 1 s to 10 min long, not {0:?}")]
    Length(Duration),
    /// A window of nothing, or one that takes long to count.
    #[error("a window is from 1 to 10 000 outcomes long, not {0}")]
    Size(u32),
    /// It would open without an outcome, or never.
    #[error("the minimum is from 1 to 1 000 000 and no more than the window holds, not {0}")]
    Minimum(u32),
    /// It would open without a failure, or never.
    #[error("a threshold is from 1 to 100 percent, not {0}")]
    Percent(u32),
    /// Every call would be slow.
    #[error("what takes no time is not slow")]
    SlowAfter,
    /// An interval that is too short to tell, too long to be meant, or that cannot grow to its cap.
    #[error(
        "a breaker is open for 10 ms to 24 h, and at most for 2¹⁴ times as long as at first: \
         not from {base:?} to {cap:?}"
    )]
    Open {
        /// At first.
        base: Duration,
        /// At most.
        cap: Duration,
    },
    /// It could not close.
    #[error("from 1 to 32 probes, of which 1 to all succeed: not {successes} of {probes}")]
    Probes {
        /// So many are let through.
        probes: u32,
        /// So many must succeed.
        successes: u32,
    },
    /// A probe would be given up before it ran, or would be waited for too long.
    #[error("a probe is given up after 10 ms to 24 h, not {0:?}")]
    ProbeTtl(Duration),
}

impl Settings {
    const SHORTEST: Duration = Duration::from_millis(10);
    const LONGEST: Duration = Duration::from_hours(24);

    /// Fails for settings that no breaker can have, with the first fault.
    pub fn check(&self) -> Result<(), Nonsense> {
        self.check_window()?;
        for percent in [self.failure_percent, self.slow_percent] {
            if !(1..=100).contains(&percent) {
                return Err(Nonsense::Percent(percent));
            }
        }
        if self.slow_after.is_zero() {
            return Err(Nonsense::SlowAfter);
        }
        let (base, cap) = (self.open_base, self.open_cap);
        let grows = base <= cap && cap <= base.saturating_mul(1 << Self::DOUBLINGS);
        if base < Self::SHORTEST || cap > Self::LONGEST || !grows {
            return Err(Nonsense::Open { base, cap });
        }
        let Self { probes, successes, .. } = *self;
        if !(1..=32).contains(&probes) || !(1..=probes).contains(&successes) {
            return Err(Nonsense::Probes { probes, successes });
        }
        if !(Self::SHORTEST..=Self::LONGEST).contains(&self.probe_ttl) {
            return Err(Nonsense::ProbeTtl(self.probe_ttl));
        }
        Ok(())
    }

    fn check_window(&self) -> Result<(), Nonsense> {
        let most = match self.window {
            Window::Time { length } => {
                if !(Duration::from_secs(1)..=Duration::from_mins(10)).contains(&length) {
                    return Err(Nonsense::Length(length));
                }
                1_000_000
            }
            Window::Count { size } => {
                if !(1..=10_000).contains(&size) {
                    return Err(Nonsense::Size(size));
                }
                size
            }
        };
        if !(1..=most).contains(&self.minimum) {
            return Err(Nonsense::Minimum(self.minimum));
        }
        Ok(())
    }

    /// So often an interval is doubled: the streak of a [`Word`](super::word::Word) has four bits.
    const DOUBLINGS: u64 = 14;

    /// How long it is open for the `streak`th time in a row, without jitter.
    pub(super) fn interval(&self, streak: u64) -> Duration {
        let doublings = streak.saturating_sub(1).min(Self::DOUBLINGS);
        let factor = 1_u32 << doublings;
        self.open_base.saturating_mul(factor).min(self.open_cap)
    }
}

/// Shortens an interval by up to a fifth: breakers that opened together do not probe together.
pub(super) fn jittered(interval: Duration, random: u64) -> Duration {
    let fifth = nanos(interval) / 5;
    interval.saturating_sub(Duration::from_nanos(part(fifth, random)))
}

#[cfg(test)]
mod tests;
