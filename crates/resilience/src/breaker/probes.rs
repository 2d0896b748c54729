//! The places of those who see whether a dependency is back.
//!
//! A place is a word: the generation that it is of (16 bits), and the tick at which its holder is
//! given up (48 bits), 0 when it is free, or all ones once the probe succeeded. Whoever finds a
//! place of another generation finds it free.

use std::time::Duration;

use super::settings::Settings;
use super::word::{Word, moment, tick, tick_after};
use crate::clock::Moment;
use crate::sync::{AtomicU64, Ordering};

const GENERATION_AT: u32 = 48;
const DUE: u64 = (1 << GENERATION_AT) - 1;
const FREE: u64 = 0;
const SUCCEEDED: u64 = DUE;

/// A place that somebody has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    index: usize,
    held: u64,
}

/// What became of asking for a place.
#[derive(Debug)]
pub(super) enum Taken {
    Place(Place),
    /// All are taken; the first one is given up at this moment, if it does not end before.
    None {
        until: Moment,
    },
    /// The breaker is in another generation.
    Stale,
}

pub(super) struct Probes {
    places: Box<[AtomicU64]>,
    needed: usize,
    ttl: Duration,
}

impl Probes {
    pub(super) fn new(settings: &Settings) -> Self {
        let places = (0..settings.probes).map(|_| AtomicU64::new(0)).collect();
        let needed = usize::try_from(settings.successes).unwrap_or(usize::MAX);
        Self { places, needed, ttl: settings.probe_ttl }
    }

    /// Takes a free place, or that of a probe that took too long.
    pub(super) fn take(&self, word: Word, now: Moment, current: impl Fn() -> bool) -> Taken {
        let held = word.generation() << GENERATION_AT | tick_after(now, self.ttl).min(DUE - 1);
        let mut soonest = held & DUE;
        for (index, place) in self.places.iter().enumerate() {
            let mut seen = place.load(Ordering::Acquire);
            loop {
                if seen >> GENERATION_AT == word.generation() {
                    let due = seen & DUE;
                    if due != FREE && tick(now) < due {
                        soonest = soonest.min(due);
                        break;
                    }
                } else if !current() {
                    // Only somebody who saw a later generation can have given it the place, and
                    // we looked at the breaker after the place: else it is of an older one.
                    return Taken::Stale;
                }
                match place.compare_exchange(seen, held, Ordering::AcqRel, Ordering::Acquire) {
                    Ok(_) => return Taken::Place(Place { index, held }),
                    Err(now) => seen = now,
                }
            }
        }
        Taken::None { until: moment(soonest) }
    }

    /// Notes a success; `false` if the place was given to somebody else meanwhile.
    pub(super) fn succeed(&self, place: Place) -> bool {
        self.swap(place, SUCCEEDED)
    }

    /// Frees the place; `false` if it was given to somebody else meanwhile.
    pub(super) fn give_back(&self, place: Place) -> bool {
        self.swap(place, FREE)
    }

    fn swap(&self, place: Place, state: u64) -> bool {
        let next = place.held & !DUE | state;
        let swap = |it: &AtomicU64| {
            it.compare_exchange(place.held, next, Ordering::AcqRel, Ordering::Acquire).is_ok()
        };
        self.places.get(place.index).is_some_and(swap)
    }

    /// Whether as many succeeded as it takes.
    pub(super) fn are_enough(&self, word: Word) -> bool {
        let succeeded = word.generation() << GENERATION_AT | SUCCEEDED;
        let of = |place: &&AtomicU64| place.load(Ordering::Acquire) == succeeded;
        self.places.iter().filter(of).count() >= self.needed
    }
}

impl Place {
    /// Whether its holder took too long.
    pub(super) const fn is_given_up(self, now: Moment) -> bool {
        tick(now) >= self.held & DUE
    }
}
