//! Who is inside and who waits, without time and threads.

use std::collections::BTreeMap;

use super::{Occupancy, Priority};

/// The line before a gate. While a place inside is free, nobody waits.
pub(super) struct Line<W> {
    at_once: usize,
    most_waiting: usize,
    inside: usize,
    waiting: BTreeMap<Place, W>,
    /// How many have waited so far.
    tickets: u64,
}

/// A place in the line, in the order of being let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    priority: Priority,
    ticket: u64,
}

/// Somebody stands in the line, and another may have lost his place to him.
pub(super) struct Stood<W> {
    pub(super) place: Place,
    pub(super) displaced: Option<W>,
}

impl<W> Line<W> {
    pub(super) fn new(at_once: usize, most_waiting: usize) -> Self {
        Self { at_once, most_waiting, inside: 0, waiting: BTreeMap::new(), tickets: 0 }
    }

    pub(super) fn occupancy(&self) -> Occupancy {
        Occupancy { inside: self.inside, waiting: self.waiting.len() }
    }

    /// Takes a place inside, if one is free.
    pub(super) fn enter(&mut self) -> bool {
        let is_free = self.inside < self.at_once;
        self.inside += usize::from(is_free);
        is_free
    }

    /// So many would be let in before somebody of this priority who comes now.
    pub(super) fn ahead_of(&self, priority: Priority) -> usize {
        let last = Place { priority, ticket: u64::MAX };
        self.waiting.range(..=last).count()
    }

    /// Takes a place in the line: a free one, or the last one if whoever has it is less urgent.
    pub(super) fn stand(&mut self, priority: Priority, who: W) -> Option<Stood<W>> {
        let mut displaced = None;
        if self.waiting.len() >= self.most_waiting {
            let last = self.waiting.last_entry()?;
            if last.key().priority <= priority {
                return None;
            }
            displaced = Some(last.remove());
        }
        let place = Place { priority, ticket: self.tickets };
        self.tickets += 1;
        self.waiting.insert(place, who);
        Some(Stood { place, displaced })
    }

    /// Leaves the line. `None` if he is not in it: he was let in, or lost his place.
    pub(super) fn give_up(&mut self, place: Place) -> Option<W> {
        self.waiting.remove(&place)
    }

    /// Somebody leaves; his place inside goes to the first in the line, if there is one.
    pub(super) fn leave(&mut self) -> Option<W> {
        let first = self.waiting.pop_first();
        if first.is_none() {
            self.inside -= 1;
        }
        first.map(|(_, who)| who)
    }
}

#[cfg(test)]
mod tests;
