//! What was seen while replies were lost.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::promises::Promise;
use crate::chaos::breaches::Breaches;

/// The notes of the drill; a clone writes into the same ones.
#[derive(Clone, Default)]
pub(super) struct Notes(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    tally: Tally,
    breaches: Breaches<Promise>,
    /// What each refresh was first answered with, by what was sent.
    replies: BTreeMap<String, String>,
}

/// How much there was of what.
#[derive(Debug, Default)]
pub(super) struct Tally {
    passed: u32,
    lost: u32,
    /// How often so many repetitions were needed.
    repeated: BTreeMap<u32, u32>,
}

impl Notes {
    pub(super) fn breach(&self, promise: Promise, example: String) {
        self.seen().breaches.add(promise, example);
    }

    /// A reply to a refresh was there, and may be lost from here on.
    pub(super) fn replied(&self, presented: String, reply: String, is_lost: bool) {
        let mut seen = self.seen();
        let count = if is_lost { &mut seen.tally.lost } else { &mut seen.tally.passed };
        *count += 1;
        let again = match seen.replies.entry(presented) {
            Entry::Vacant(place) => {
                place.insert(reply);
                return;
            }
            Entry::Occupied(first) => *first.get() == reply,
        };
        if !again {
            let other = "the same token got another reply than before".to_owned();
            seen.breaches.add(Promise::Same, other);
        }
    }

    /// A client got its tokens after so many repetitions.
    pub(super) fn answered(&self, repetitions: u32) {
        *self.seen().tally.repeated.entry(repetitions).or_default() += 1;
    }

    /// The end of the drill; so many per cent should be lost.
    pub(super) fn take(&self, due_percent: u64) -> (Tally, Breaches<Promise>) {
        let mut seen = self.seen();
        let (tally, mut breaches) =
            (std::mem::take(&mut seen.tally), std::mem::take(&mut seen.breaches));
        if u64::from(tally.lost) * 200 < u64::from(tally.all()) * due_percent {
            breaches.add(Promise::Felt, format!("{} of {} were", tally.lost, tally.all()));
        }
        (tally, breaches)
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tally {
    fn all(&self) -> u32 {
        self.passed + self.lost
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { lost, repeated, .. } = self;
        let share = 100.0 * f64::from(*lost) / f64::from(self.all().max(1));
        writeln!(f, "replies to refreshes: {}, lost: {lost} ({share:.1} %)", self.all())?;
        let repeated = repeated.iter().map(|(times, count)| format!("{times}: {count}"));
        write!(f, "repetitions until the tokens came: {}", repeated.collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::Notes;

    fn broken(notes: &Notes) -> bool {
        notes.take(30).1.verdict().is_err()
    }

    #[test]
    fn a_drill_in_which_too_little_is_lost_is_none() {
        for (lost, is_none) in [(15, false), (14, true), (0, true)] {
            let notes = Notes::default();
            for number in 0..100 {
                notes.replied(number.to_string(), String::new(), number < lost);
            }

            assert_eq!(broken(&notes), is_none, "{lost} of 100");
        }
    }

    #[test]
    fn another_reply_to_the_same_token_is_found() {
        for (second, is_broken) in [("one", false), ("two", true)] {
            let notes = Notes::default();
            notes.replied("token".to_owned(), "one".to_owned(), true);
            notes.replied("token".to_owned(), second.to_owned(), false);

            assert_eq!(broken(&notes), is_broken, "{second}");
        }
    }
}
