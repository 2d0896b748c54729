//! How many retries a dependency can take.

use std::time::Duration;

use crate::clock::{Moment, nanos};
use crate::sync::{AtomicU64, Ordering};

/// How many retries there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// So many for a hundred requests: at most 100.
    pub percent: u32,
    /// So many in a second, however few requests there are; 0 for none.
    pub per_second: u32,
    /// So many unused ones are kept for later.
    pub saved: u32,
}

impl Default for Allowance {
    /// A fifth of the requests, and at least three in a second.
    fn default() -> Self {
        Self { percent: 20, per_second: 3, saved: 100 }
    }
}

/// The retries that all requests to one dependency share: in the long run a share of the requests,
/// or so many in a second, whichever is more. While it answers, a request in five may be repeated;
/// when nothing works any more, its load grows by a fifth, and not to a multiple.
///
/// It never waits, allocates or takes a lock.
#[derive(Debug)]
pub struct Budget {
    allowance: Allowance,
    /// Hundredths of retries, out of requests.
    earned: AtomicU64,
    /// When so many retries in a second would have led to as many as there were, in nanoseconds
    /// (a "theoretical arrival time"): a retry may come while it is not after now.
    reached: AtomicU64,
}

impl Budget {
    /// A retry.
    const ONE: u64 = 100;
    const SECOND: Duration = Duration::from_secs(1);

    /// A budget out of which no request has been made.
    pub fn new(allowance: Allowance) -> Self {
        let allowance = Allowance { percent: allowance.percent.min(100), ..allowance };
        Self { allowance, earned: AtomicU64::new(0), reached: AtomicU64::new(0) }
    }

    /// What it allows.
    pub const fn allowance(&self) -> Allowance {
        self.allowance
    }

    /// A request is made; its retries are not requests.
    pub fn request(&self) {
        let most = u64::from(self.allowance.saved) * Self::ONE;
        let percent = u64::from(self.allowance.percent);
        let add = |earned: u64| (earned < most).then(|| (earned + percent).min(most));
        // It fails where as many are saved as may be.
        let _ = self.earned.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }

    /// Asks for a retry; `now` is of one clock, always the same.
    pub fn try_retry(&self, now: Moment) -> bool {
        let spend = |earned: u64| earned.checked_sub(Self::ONE);
        if self.earned.fetch_update(Ordering::Relaxed, Ordering::Relaxed, spend).is_ok() {
            // It is one of those in a second, too: they are not on top.
            self.reach(now, true);
            return true;
        }
        self.reach(now, false)
    }

    /// Counts a retry among those in a second. Unless it is paid for there must be room for it.
    fn reach(&self, now: Moment, paid: bool) -> bool {
        if self.allowance.per_second == 0 {
            return false;
        }
        let now = now.nanos();
        let second = nanos(Self::SECOND);
        let each = second / u64::from(self.allowance.per_second);
        let add = |reached: u64| {
            // A second that was not used is kept, and a second of others' is owed, not more.
            let from = reached.max(now.saturating_sub(second));
            let to = from.saturating_add(each);
            if paid { Some(to.min(now.saturating_add(second))) } else { (to <= now).then_some(to) }
        };
        self.reached.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add).is_ok()
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(Allowance::default())
    }
}

#[cfg(test)]
mod tests;
