//! A ring of the latest outcomes, two bits each.
//!
//! An outcome takes its place first and is written there then. One whose thread stands still in
//! between, while as many others are counted as the ring holds, is written over a newer one: of a
//! window of 100 calls 99 are the latest then. A lock would be dearer than that.

use super::super::word::Word;
use super::{Counted, Counts, Mark};
use crate::sync::{AtomicU64, Ordering};

/// So many outcomes are in a word of the ring.
const EACH: u32 = 16;
/// The lower bit of each outcome: it failed. The upper one: it was slow.
const FAILED: u64 = 0x5555_5555;
const TAG_AT: u32 = 32;
const REST: u64 = (1 << TAG_AT) - 1;

pub(in crate::breaker) struct CountWindow {
    size: u64,
    /// A tag, and how many outcomes there were; once the ring is full it goes from one to two
    /// times its size, and again.
    taken: AtomicU64,
    /// A tag each, and the outcomes.
    ring: Box<[AtomicU64]>,
}

/// What a word counts for: the generation and the lower 16 bits of its tick, so that one that
/// comes again is not mistaken for the one before.
const fn tag(word: Word) -> u64 {
    word.generation() << 16 | word.tick() & 0xffff
}

impl CountWindow {
    pub(super) fn new(size: u32) -> Self {
        let words = size.div_ceil(EACH);
        let ring = (0..words).map(|_| AtomicU64::new(0)).collect();
        Self { size: u64::from(size), taken: AtomicU64::new(0), ring }
    }

    #[inline]
    pub(super) fn record(&self, word: Word, mark: Mark, current: impl Fn() -> bool) -> Counted {
        let tag = tag(word);
        match self.take(tag, &current) {
            Some(place) => self.put(place, tag, mark, current),
            None => Counted::Stale,
        }
    }

    /// The place of the next outcome; none if the generation is over.
    fn take(&self, tag: u64, current: impl Fn() -> bool) -> Option<u64> {
        let mut seen = self.taken.load(Ordering::Acquire);
        loop {
            let before = seen & REST;
            let (place, after) = if seen >> TAG_AT != tag {
                // As in the window of time: we look at the breaker after the counter.
                if !current() {
                    return None;
                }
                (0, 1)
            } else if before < self.size {
                (before, before + 1)
            } else if before + 1 < 2 * self.size {
                (before - self.size, before + 1)
            } else {
                (before - self.size, self.size)
            };
            let swap = self.taken.compare_exchange_weak(
                seen,
                tag << TAG_AT | after,
                Ordering::AcqRel,
                Ordering::Acquire,
            );
            match swap {
                Ok(_) => return Some(place),
                Err(now) => seen = now,
            }
        }
    }

    fn put(&self, place: u64, tag: u64, mark: Mark, current: impl Fn() -> bool) -> Counted {
        let each = u64::from(EACH);
        let index = usize::try_from(place / each).unwrap_or(usize::MAX);
        let Some(slot) = self.ring.get(index) else { return Counted::Stale };
        let at = 2 * (place % each);
        let bits = (u64::from(mark.slow) << 1 | u64::from(mark.failed)) << at;
        let mut seen = slot.load(Ordering::Acquire);
        loop {
            let next = if seen >> TAG_AT == tag {
                seen & !(0b11 << at) | bits
            } else if !current() {
                return Counted::Stale;
            } else if bits == 0 {
                // A word of another generation counts as sixteen successes.
                return Counted::Yes;
            } else {
                tag << TAG_AT | bits
            };
            // Most successes replace a success, and cost no write.
            if next == seen {
                return Counted::Yes;
            }
            let swap = slot.compare_exchange_weak(seen, next, Ordering::AcqRel, Ordering::Acquire);
            match swap {
                Ok(_) => return Counted::Yes,
                Err(now) => seen = now,
            }
        }
    }

    pub(super) fn counts(&self, word: Word) -> Counts {
        let tag = tag(word);
        let mut counts = Counts::default();
        for slot in &self.ring {
            let seen = slot.load(Ordering::Acquire);
            if seen >> TAG_AT == tag {
                counts.failures += u64::from((seen & FAILED).count_ones());
                counts.slow += u64::from((seen & (FAILED << 1)).count_ones());
            }
        }
        let taken = self.taken.load(Ordering::Acquire);
        if taken >> TAG_AT == tag {
            counts.finished = (taken & REST).min(self.size);
        }
        counts
    }
}
