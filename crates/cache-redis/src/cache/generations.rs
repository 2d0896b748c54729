//! How often tags were invalidated, as far as this process has heard.

use std::sync::atomic::{AtomicU64, Ordering};

use gacp_cache::{Tag, Tags};

/// So many counters; tags that share one only end each other's local copies.
const SLOTS: usize = 1_024;

/// A bounded number of counters that only grow.
pub(super) struct Generations {
    everything: AtomicU64,
    slots: Vec<AtomicU64>,
}

/// What the tags of an entry were at one moment: another number as soon as one is invalidated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Generation(u64);

impl Generations {
    pub(super) fn new() -> Self {
        let slots = (0..SLOTS).map(|_| AtomicU64::new(0)).collect();
        Self { everything: AtomicU64::new(0), slots }
    }

    /// What these tags are now. It is a sum of numbers that only grow.
    pub(super) fn of(&self, tags: &Tags) -> Generation {
        let of = |counter: &AtomicU64| counter.load(Ordering::SeqCst);
        let sum = tags.iter().filter_map(|tag| self.slot(tag)).map(of).sum::<u64>();
        Generation(of(&self.everything) + sum)
    }

    /// These tags were invalidated.
    pub(super) fn raise(&self, tags: &Tags) {
        for tag in tags.iter() {
            if *tag == Tag::EVERYTHING {
                self.raise_all();
            } else if let Some(slot) = self.slot(tag) {
                slot.fetch_add(1, Ordering::SeqCst);
            }
        }
    }

    /// Anything may have been.
    pub(super) fn raise_all(&self) {
        self.everything.fetch_add(1, Ordering::SeqCst);
    }

    fn slot(&self, tag: &Tag) -> Option<&AtomicU64> {
        let [first, second, ..] = tag.as_bytes();
        self.slots.get(usize::from(u16::from_be_bytes([*first, *second])) % SLOTS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generation_ends_with_any_of_its_tags() {
        let generations = Generations::new();
        let (one, other) = (Tag::of("farm", "1"), Tag::of("farm", "2"));
        let both = Tags::of([one, other]);
        for raised in [Tags::of([one]), Tags::of([other]), Tags::everything(), both.clone()] {
            let before = generations.of(&both);
            generations.raise(&raised);
            assert_ne!(generations.of(&both), before, "{raised:?}");
        }
        let before = generations.of(&both);
        generations.raise_all();
        assert_ne!(generations.of(&both), before);
        assert_eq!(generations.of(&both), generations.of(&both));
    }
}
