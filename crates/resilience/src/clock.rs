//! Time that does not jump: [`Monotonic`] in a server, [`ManualClock`] in a test.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A moment on one clock: nanoseconds since it began. 64 bits of them last for 584 years.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(u64);

impl Moment {
    /// When the clock began.
    pub const START: Self = Self(0);

    /// So many nanoseconds after the clock began.
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// Nanoseconds since the clock began.
    pub const fn nanos(self) -> u64 {
        self.0
    }

    /// How long after an earlier moment this is; nothing after a later one.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }

    /// So long after this moment.
    #[must_use]
    pub fn plus(self, time: Duration) -> Self {
        Self(self.0.saturating_add(nanos(time)))
    }
}

/// A duration in nanoseconds, of which 64 bits last for longer than anybody waits.
pub(crate) fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// Tells the time; it never goes back.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Moment;
}

/// The operating system's monotonic clock, from when this was made.
#[derive(Debug, Clone, Copy)]
pub struct Monotonic {
    began: Instant,
}

impl Monotonic {
    /// A clock that begins now.
    pub fn new() -> Self {
        Self { began: Instant::now() }
    }
}

impl Default for Monotonic {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for Monotonic {
    fn now(&self) -> Moment {
        Moment(nanos(self.began.elapsed()))
    }
}

/// A clock that stands still until somebody moves it. Its clones are one clock.
#[derive(Clone, Default)]
pub struct ManualClock {
    now: Arc<AtomicU64>,
}

impl ManualClock {
    /// A clock at its beginning.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets so much time go by.
    pub fn advance(&self, time: Duration) {
        let add = |now: u64| Some(now.saturating_add(nanos(time)));
        // It fails only where `add` does.
        let _ = self.now.fetch_update(Ordering::SeqCst, Ordering::SeqCst, add);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Moment {
        Moment(self.now.load(Ordering::SeqCst))
    }
}

impl fmt::Debug for ManualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ManualClock").field(&self.now()).finish()
    }
}

#[cfg(test)]
mod tests;
