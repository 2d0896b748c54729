//! One row: requests to one route with one outcome.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use anyhow::Result;
use hdrhistogram::Histogram;
use serde::Serialize;

use crate::services::counters::Commands;

/// Values are kept to three digits: more than a machine repeats.
const DIGITS: u8 = 3;

/// What a request was, and what became of it. A refusal does other work than a success, and so
/// does a reply that is given a second time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Outcome {
    pub(super) route: String,
    pub(super) status: u16,
    pub(super) is_replay: bool,
}

/// The requests with one outcome.
#[derive(Debug)]
pub(super) struct Row {
    micros: Histogram<u64>,
    operations: Histogram<u64>,
    transactions: Histogram<u64>,
    /// Which commands a request came to, and how many requests came to just these.
    kinds: BTreeMap<Commands, u64>,
}

/// The least, the middle and the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Spread {
    pub(super) min: u64,
    pub(super) median: u64,
    pub(super) max: u64,
}

impl Row {
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            micros: Histogram::new(DIGITS)?,
            operations: Histogram::new(DIGITS)?,
            transactions: Histogram::new(DIGITS)?,
            kinds: BTreeMap::new(),
        })
    }

    /// Enters a request, with what it cost the database where that is counted.
    pub(super) fn enter(&mut self, took: Duration, spent: Option<Commands>) -> Result<()> {
        self.micros.record(u64::try_from(took.as_micros())?)?;
        if let Some(spent) = spent {
            self.operations.record(spent.total())?;
            self.transactions.record(spent.transactions())?;
            *self.kinds.entry(spent).or_default() += 1;
        }
        Ok(())
    }

    pub(super) fn count(&self) -> u64 {
        self.micros.len()
    }

    /// The time that this share of the requests did not exceed.
    pub(super) fn quantile(&self, share: f64) -> Duration {
        Duration::from_micros(self.micros.value_at_quantile(share))
    }

    /// The operations of a request; nothing where they are not counted.
    pub(super) fn operations(&self) -> Option<Spread> {
        let all = &self.operations;
        let spread = || Spread { min: all.min(), median: median(all), max: all.max() };
        (!all.is_empty()).then(spread)
    }

    /// The transactions that most requests commit; nothing where they are not counted.
    pub(super) fn transactions(&self) -> Option<u64> {
        (!self.transactions.is_empty()).then(|| median(&self.transactions))
    }

    /// Which commands a request comes to, with the number of such requests, the most first.
    pub(super) fn kinds(&self) -> Vec<(&Commands, u64)> {
        let mut kinds: Vec<_> = self.kinds.iter().map(|(kind, count)| (kind, *count)).collect();
        kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        kinds
    }
}

/// `2/2/3`, or one number where all are equal.
impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { min, median, max } = self;
        let shown = if min == max { median.to_string() } else { format!("{min}/{median}/{max}") };
        f.pad(&shown)
    }
}

fn median(values: &Histogram<u64>) -> u64 {
    values.value_at_quantile(0.5)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Commands, Row, Spread};

    #[test]
    fn quantiles_are_those_of_the_times() {
        let mut row = Row::new().unwrap();
        for milliseconds in 1..=200 {
            row.enter(Duration::from_millis(milliseconds), None).unwrap();
        }

        let shown = [0.5, 0.99, 1.0].map(|share| row.quantile(share).as_secs_f64() * 1_000.0);

        for (shown, exact) in shown.into_iter().zip([100.0, 198.0, 200.0]) {
            assert!((shown - exact).abs() <= exact / 1_000.0, "{shown} for {exact}");
        }
        assert_eq!(row.count(), 200);
    }

    #[test]
    fn a_row_without_counters_says_nothing_of_operations() {
        let mut row = Row::new().unwrap();
        row.enter(Duration::ZERO, None).unwrap();

        assert_eq!((row.operations(), row.transactions()), (None, None));
        assert!(row.kinds().is_empty());
    }

    #[test]
    fn a_request_that_does_other_work_moves_the_ends_and_not_the_middle() {
        let mut row = Row::new().unwrap();
        let usual = || Commands::from([("find", 1), ("update", 2), ("commitTransaction", 1)]);
        let odd = Commands::from([("find", 3), ("insert", 3)]);
        row.enter(Duration::ZERO, Some(odd.clone())).unwrap();
        row.enter(Duration::ZERO, Some(usual())).unwrap();
        row.enter(Duration::ZERO, Some(usual())).unwrap();

        assert_eq!(row.operations(), Some(Spread { min: 4, median: 4, max: 6 }));
        assert_eq!(row.transactions(), Some(1));
        assert_eq!(row.kinds(), [(&usual(), 2), (&odd, 1)]);
    }

    #[test]
    fn no_operation_is_a_number_too() {
        let mut row = Row::new().unwrap();
        row.enter(Duration::ZERO, Some(Commands::default())).unwrap();

        assert_eq!(row.operations(), Some(Spread { min: 0, median: 0, max: 0 }));
    }
}
