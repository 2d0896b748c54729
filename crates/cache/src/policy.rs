//! For how long a reply is good, and what may be done with it after that.

use std::time::Duration;

use crate::ports::{Consistency, Found};
use crate::random;

/// What a route says about its replies. Times are for one reply; how long it is kept is up to a
/// tenth less, by chance, so that replies made at once do not end at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    fresh: Duration,
    while_revalidating: Duration,
    if_error: Duration,
    negative: Duration,
    consistency: Consistency,
}

/// How long an entry lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    /// Until then it is as good as new.
    pub soft: Duration,
    /// Then it is gone.
    pub hard: Duration,
}

impl Life {
    /// The same, but over after this time.
    pub(crate) fn within(self, time: Duration) -> Self {
        Self { soft: self.soft.min(time), hard: self.hard.min(time) }
    }
}

/// What an entry is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Worth {
    /// It is the reply.
    Fresh,
    /// It is the reply, and the next one is to be made.
    Stale,
    /// It is the reply if there is no other.
    LastResort,
    /// It is none.
    Spent,
}

impl Policy {
    /// The longest that any entry lives, whatever a policy says: what an adapter keeps of a tag
    /// must live longer.
    pub const LONGEST: Duration = Duration::from_hours(24);

    /// Replies are good for so long, and for nothing after that. What has tags is always checked
    /// against them: see [`Consistency::Checked`].
    pub const fn fresh_for(fresh: Duration) -> Self {
        let none = Duration::ZERO;
        let negative = Duration::from_secs(10);
        let consistency = Consistency::Checked;
        Self { fresh, while_revalidating: none, if_error: none, negative, consistency }
    }

    /// For so long after that they are given while the next is made (RFC 5861). For what anybody
    /// may read: where a right can end, a reply must not outlive it.
    #[must_use]
    pub const fn stale_while_revalidate(mut self, time: Duration) -> Self {
        self.while_revalidating = time;
        self
    }

    /// For so long after that they are given where making the next fails (RFC 5861). For what
    /// anybody may read, likewise.
    #[must_use]
    pub const fn stale_if_error(mut self, time: Duration) -> Self {
        self.if_error = time;
        self
    }

    /// Replies never change: a hit within the process asks nobody ([`Consistency::Pushed`]).
    #[must_use]
    pub const fn immutable(mut self) -> Self {
        self.consistency = Consistency::Pushed;
        self
    }

    /// How a hit within the process is checked.
    pub const fn consistency(&self) -> Consistency {
        self.consistency
    }

    /// How long an entry that is stored now lives.
    pub(crate) fn life(&self) -> Life {
        let soft = random::shortened(self.fresh.min(Self::LONGEST));
        let stale = self.while_revalidating.max(self.if_error);
        Life { soft, hard: soft.saturating_add(stale).min(Self::LONGEST) }
    }

    /// How long it lives if it says that there is nothing.
    pub(crate) fn negative_life(&self) -> Life {
        let soft = random::shortened(self.negative);
        Life { soft, hard: soft }
    }

    pub(crate) fn worth(&self, found: &Found) -> Worth {
        let over = found.age.saturating_sub(found.life.soft);
        if found.age < found.life.soft {
            Worth::Fresh
        } else if found.age >= found.life.hard {
            Worth::Spent
        } else if over < self.while_revalidating {
            Worth::Stale
        } else if over < self.if_error {
            Worth::LastResort
        } else {
            Worth::Spent
        }
    }
}

#[cfg(test)]
mod tests;
