//! Guesses at passwords: how many are free, and how long whoever goes on has to wait.
//!
//! Every guess is counted before any password is hashed, whether the account that it names exists
//! or not. Whoever guesses at an account from elsewhere fills a bucket that its holder's own
//! devices do not share: nobody can be locked out of what he has used before.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

/// No window and no wait is longer: after so long a bucket is forgotten.
pub const LONGEST_WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// Names a bucket: a keyed hash of what was presented, so that a store learns nothing from it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BucketKey(pub [u8; 32]);

/// How guesses are slowed down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// So many guesses in a window wait for nothing.
    free: u32,
    /// So long the next one waits; every further one twice as long.
    first_wait: SignedDuration,
    /// But never longer.
    longest_wait: SignedDuration,
    /// Counted from the first guess; what comes later does not prolong it.
    window: SignedDuration,
}

/// No guess is free, or a time is not positive, out of order, or longer than a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("at least one guess is free, 0 < first wait ≤ longest wait ≤ a day, 0 < window ≤ a day")]
pub struct NoBackoff;

/// What was guessed at lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// How many guesses there were, refused ones too.
    pub count: u32,
    /// When the first of them was.
    pub began_at: Timestamp,
    /// How many times whoever guesses was made to wait.
    pub waits: u32,
    /// Until when nobody may guess.
    pub locked_until: Timestamp,
}

/// A guess that is to be counted, and in which bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charge {
    /// The bucket.
    pub key: BucketKey,
    /// How guesses in it are slowed down.
    pub backoff: Backoff,
}

/// A guess that was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charged {
    /// Whether it may be tried.
    pub allowed: bool,
    /// The how-manieth of its window it is.
    pub count: u32,
    /// When the window began.
    pub began_at: Timestamp,
}

/// Guesses that are to be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refund {
    /// From which bucket.
    pub key: BucketKey,
    /// In which window; guesses of a later one stay.
    pub began_at: Timestamp,
    /// How many.
    pub count: u32,
}

impl Backoff {
    /// A rule of its own. Fails with [`NoBackoff`].
    pub fn new(
        free: u32,
        (first_wait, longest_wait): (SignedDuration, SignedDuration),
        window: SignedDuration,
    ) -> Result<Self, NoBackoff> {
        let possible = free > 0
            && first_wait > SignedDuration::ZERO
            && first_wait <= longest_wait
            && longest_wait <= LONGEST_WINDOW
            && window > SignedDuration::ZERO
            && window <= LONGEST_WINDOW;
        if !possible {
            return Err(NoBackoff);
        }
        Ok(Self { free, first_wait, longest_wait, window })
    }

    /// At one account: five are free, then 30 s, doubling to 15 min, in a window of 15 min.
    pub const fn at_an_account() -> Self {
        Self {
            free: 5,
            first_wait: SignedDuration::from_secs(30),
            longest_wait: SignedDuration::from_mins(15),
            window: SignedDuration::from_mins(15),
        }
    }

    /// From one network, where thousands of telephones can be behind one address: 200 are free.
    pub const fn from_a_network() -> Self {
        Self { free: 200, ..Self::at_an_account() }
    }

    /// The same rule with another number of free guesses, one at least.
    #[must_use]
    pub fn allowing(self, free: u32) -> Self {
        Self { free: free.max(1), ..self }
    }

    /// So many guesses in a window wait for nothing.
    pub fn free(&self) -> u32 {
        self.free
    }

    /// So long the first wait is; every further one is twice as long.
    pub fn first_wait(&self) -> SignedDuration {
        self.first_wait
    }

    /// No wait is longer.
    pub fn longest_wait(&self) -> SignedDuration {
        self.longest_wait
    }

    /// How long guesses count, from the first of them.
    pub fn window(&self) -> SignedDuration {
        self.window
    }

    /// How long the wait is that comes after so many others.
    pub fn wait_after(&self, waits: u32) -> SignedDuration {
        let doubled = 1_i32.checked_shl(waits).filter(|times| *times > 0);
        let wait = doubled.and_then(|times| self.first_wait.checked_mul(times));
        wait.map_or(self.longest_wait, |wait| wait.min(self.longest_wait))
    }
}

impl Bucket {
    /// Counts a guess: what every [`GuessStore`](crate::GuessStore) does to a bucket, in one
    /// atomic step. The last free guess closes the bucket for whoever comes next; a guess that is
    /// refused counts and prolongs nothing.
    pub fn charge(before: Option<Self>, backoff: &Backoff, now: Timestamp) -> (Self, Charged) {
        let fresh = Self { count: 0, began_at: now, waits: 0, locked_until: Timestamp::UNIX_EPOCH };
        let mut bucket = before.filter(|bucket| !bucket.is_over(backoff, now)).unwrap_or(fresh);
        let allowed = now >= bucket.locked_until;
        bucket.count = bucket.count.saturating_add(1);
        if allowed && bucket.count >= backoff.free {
            bucket.locked_until = now + backoff.wait_after(bucket.waits);
            bucket.waits = bucket.waits.saturating_add(1);
        }
        let charged = Charged { allowed, count: bucket.count, began_at: bucket.began_at };
        (bucket, charged)
    }

    /// Takes guesses back; nothing is left when these were all. A lock that others brought about
    /// stays.
    #[must_use]
    pub fn refund(self, refund: &Refund) -> Option<Self> {
        if self.began_at != refund.began_at {
            return Some(self);
        }
        let count = self.count.saturating_sub(refund.count);
        (count > 0).then_some(Self { count, ..self })
    }

    /// Whether its window has passed, and every wait.
    fn is_over(&self, backoff: &Backoff, now: Timestamp) -> bool {
        now >= self.began_at + backoff.window && now >= self.locked_until
    }

    /// Whether no rule can need it any more.
    pub fn is_forgotten(&self, now: Timestamp) -> bool {
        now >= self.began_at + LONGEST_WINDOW && now >= self.locked_until
    }
}

impl Charged {
    /// Takes back this guess and those before it, in its bucket.
    pub(crate) fn all(&self, charge: &Charge) -> Refund {
        Refund { key: charge.key, began_at: self.began_at, count: self.count }
    }

    /// Takes back this guess alone.
    pub(crate) fn one(&self, charge: &Charge) -> Refund {
        Refund { key: charge.key, began_at: self.began_at, count: 1 }
    }
}

/// The network of an address in writing, as [`network`] counts it: `203.0.113.0/24`.
pub(crate) fn network_name(address: IpAddr) -> String {
    let mut octets = network(address);
    if let [a, b, c] = octets.as_slice() {
        return format!("{}/24", Ipv4Addr::new(*a, *b, *c, 0));
    }
    octets.resize(16, 0);
    let octets = <[u8; 16]>::try_from(octets).unwrap_or_default();
    format!("{}/56", Ipv6Addr::from(octets))
}

/// The network of an address, as guesses from it are counted: /24 of IPv4, /56 of IPv6, where a
/// subscriber has the rest.
pub(crate) fn network(address: IpAddr) -> Vec<u8> {
    match address.to_canonical() {
        IpAddr::V4(address) => address.octets().into_iter().take(3).collect(),
        IpAddr::V6(address) => address.octets().into_iter().take(7).collect(),
    }
}

impl fmt::Debug for BucketKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BucketKey(…)")
    }
}

#[cfg(test)]
mod tests;
