//! One round of the journey: its number keeps it apart from every other.

use anyhow::Result;

use crate::people::random;

/// How many rounds one run may have: their places and visits still all differ.
pub(crate) const MOST: u32 = 1_000;

/// Numbers have eight digits, as telephone numbers have.
const NUMBERS: u64 = 100_000_000;

/// One round: people, places and times that no other round of its run has come from its number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Round {
    number: u64,
}

impl Round {
    /// The first round of a run: anywhere, so that runs against one server hardly ever meet.
    pub(crate) fn first() -> Result<Self> {
        let number = random(NUMBERS - u64::from(MOST))?;
        Ok(Self { number })
    }

    /// The round of a number below 100 million.
    pub(crate) fn numbered(number: u64) -> Self {
        Self { number: number % NUMBERS }
    }

    /// The round that is so many rounds later.
    pub(crate) fn later(self, rounds: u32) -> Self {
        Self { number: self.number + u64::from(rounds) }
    }

    /// At most eight digits.
    pub(crate) fn number(self) -> u64 {
        self.number
    }

    /// One of so many: as many rounds in a row have each another one.
    pub(crate) fn one_of(self, many: u64) -> u64 {
        self.number % many
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{MOST, NUMBERS, Round};
    use crate::bodies::CELLS;
    use crate::demo::inspection::VISITS;

    #[test]
    fn the_rounds_of_a_run_have_each_their_place_and_their_visit() {
        let firsts = [0, 1_499, NUMBERS - u64::from(MOST)].map(|number| Round { number });
        for first in firsts {
            let rounds = (0..MOST).map(|nth| first.later(nth));
            let cells: BTreeSet<u64> =
                rounds.clone().map(|round| round.one_of(CELLS.into())).collect();
            let visits: BTreeSet<u64> = rounds.clone().map(|round| round.one_of(VISITS)).collect();

            assert_eq!((cells.len(), visits.len()), (1_000, 1_000), "{first:?}");
            assert!(rounds.map(Round::number).all(|number| number < NUMBERS), "{first:?}");
        }
    }
}
