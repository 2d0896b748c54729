//! Ten buckets, each for a tenth of the window, used in turn.

use std::time::Duration;

use super::super::word::Word;
use super::{Counted, Counts, Mark};
use crate::clock::{Moment, nanos};
use crate::sync::{AtomicU64, Ordering};

const BUCKETS: u64 = 10;

pub(in crate::breaker) struct TimeWindow {
    /// Nanoseconds of a bucket.
    bucket: u64,
    buckets: [Bucket; 10],
}

#[derive(Default)]
struct Bucket {
    finished: Counter,
    failures: Counter,
    slow: Counter,
}

/// What a counter counts for: the lower twelve bits of a generation, and the turn of the buckets.
/// Both come again, after 4 096 transitions and after 2²⁶ turns, but only together they matter:
/// a bucket would have to stay unused for more than two years, to the tenth of its window.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Tag(u64);

impl Tag {
    const TURN_BITS: u32 = 26;
    const TURN: u64 = (1 << Self::TURN_BITS) - 1;

    const fn new(word: Word, turn: u64) -> Self {
        Self((word.generation() & 0xfff) << Self::TURN_BITS | turn & Self::TURN)
    }

    const fn is_of_generation(self, other: Self) -> bool {
        self.0 >> Self::TURN_BITS == other.0 >> Self::TURN_BITS
    }

    /// Whether it is a later turn than the other, going the shorter way around.
    const fn is_after(self, other: Self) -> bool {
        let ahead = self.0.wrapping_sub(other.0) & Self::TURN;
        0 < ahead && ahead <= Self::TURN / 2
    }
}

/// A tag (38 bits) and a number (26 bits): 67 million in a bucket, then it stays there.
#[derive(Default)]
struct Counter(AtomicU64);

impl Counter {
    const BITS: u32 = 26;
    const MOST: u64 = (1 << Self::BITS) - 1;

    #[inline]
    fn add(&self, tag: Tag, current: impl Fn() -> bool) -> Counted {
        let mut seen = self.0.load(Ordering::Acquire);
        loop {
            let of = Tag(seen >> Self::BITS);
            let next = if of == tag {
                if seen & Self::MOST == Self::MOST { seen } else { seen + 1 }
            } else if of.is_of_generation(tag) && of.is_after(tag) {
                return Counted::Stale;
            } else if current() {
                // Whoever took it over for a later generation did so after the breaker was in it,
                // and we looked at the breaker after the counter: so it is an older one.
                tag.0 << Self::BITS | 1
            } else {
                return Counted::Stale;
            };
            let swap =
                self.0.compare_exchange_weak(seen, next, Ordering::AcqRel, Ordering::Acquire);
            match swap {
                Ok(_) => return Counted::Yes,
                Err(now) => seen = now,
            }
        }
    }

    fn get(&self, tag: Tag) -> u64 {
        let seen = self.0.load(Ordering::Acquire);
        if Tag(seen >> Self::BITS) == tag { seen & Self::MOST } else { 0 }
    }
}

impl TimeWindow {
    pub(super) fn new(length: Duration) -> Self {
        let buckets = std::array::from_fn(|_| Bucket::default());
        Self { bucket: (nanos(length) / BUCKETS).max(1), buckets }
    }

    #[inline]
    pub(super) fn record(
        &self,
        word: Word,
        mark: Mark,
        now: Moment,
        current: impl Fn() -> bool,
    ) -> Counted {
        let epoch = now.nanos() / self.bucket;
        let tag = Tag::new(word, epoch / BUCKETS);
        let Some(bucket) = self.buckets.get(index(epoch)) else { return Counted::Stale };
        let mut counted = bucket.finished.add(tag, &current);
        if mark.failed && counted == Counted::Yes {
            counted = bucket.failures.add(tag, &current);
        }
        if mark.slow && counted == Counted::Yes {
            counted = bucket.slow.add(tag, &current);
        }
        counted
    }

    pub(super) fn counts(&self, word: Word, now: Moment) -> Counts {
        let latest = now.nanos() / self.bucket;
        let mut counts = Counts::default();
        for epoch in latest.saturating_sub(BUCKETS - 1)..=latest {
            let Some(bucket) = self.buckets.get(index(epoch)) else { continue };
            let tag = Tag::new(word, epoch / BUCKETS);
            // In this order no failure is counted without its call.
            counts.failures += bucket.failures.get(tag);
            counts.slow += bucket.slow.get(tag);
            counts.finished += bucket.finished.get(tag);
        }
        counts
    }
}

fn index(epoch: u64) -> usize {
    usize::try_from(epoch % BUCKETS).unwrap_or(0)
}
