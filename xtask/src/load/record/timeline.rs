//! The run second by second; of a long one, several seconds together.

use std::time::Duration;

use anyhow::Result;
use serde::Serialize;

use super::super::figures::milliseconds;
use super::Outcome;
use crate::latency::Latency;

/// The most parts that a run is cut into; a page has no room for more.
const MOST: usize = 600;

/// What happened in a second, or in several.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::load) struct Second {
    /// Since the run began, in seconds.
    pub(in crate::load) from: u64,
    pub(in crate::load) requests: u64,
    pub(in crate::load) failed: u64,
    /// Times of replies that say all went well, since they were due, in ms.
    pub(in crate::load) p50: f64,
    pub(in crate::load) p95: f64,
    pub(in crate::load) p99: f64,
    pub(in crate::load) max: f64,
}

#[derive(Debug)]
pub(in crate::load) struct Timeline {
    past: Vec<Second>,
    /// How many seconds each of them is.
    width: u64,
    now: Second,
    times: Latency,
}

impl Timeline {
    pub(super) fn new() -> Result<Self> {
        Ok(Self { past: Vec::new(), width: 1, now: Second::default(), times: Latency::new()? })
    }

    pub(super) fn enter(&mut self, at: Duration, outcome: Outcome, took: Duration) -> Result<()> {
        self.turn_to(at)?;
        self.now.requests += 1;
        if outcome.is_success() {
            self.times.enter(took)?;
        }
        Ok(())
    }

    /// Something was wrong with the request that was entered last.
    pub(super) fn failed(&mut self) {
        self.now.failed += 1;
    }

    /// How many seconds each part is.
    pub(in crate::load) fn width(&self) -> u64 {
        self.width
    }

    /// Every part that has something in it, the one that is under way too.
    pub(in crate::load) fn parts(&self) -> Vec<Second> {
        let mut parts = self.past.clone();
        parts.push(self.closed());
        parts.retain(|part| part.requests > 0 || part.failed > 0);
        parts
    }

    /// The last part that is over; the first one before it is.
    pub(in crate::load) fn latest(&self) -> Second {
        self.past.last().cloned().unwrap_or_else(|| self.closed())
    }

    fn turn_to(&mut self, at: Duration) -> Result<()> {
        let from = at.as_secs() - at.as_secs() % self.width;
        if from <= self.now.from {
            return Ok(());
        }
        let past = self.closed();
        self.past.push(past);
        self.now = Second { from, ..Second::default() };
        self.times = Latency::new()?;
        if self.past.len() > MOST {
            self.halve();
        }
        Ok(())
    }

    /// Two parts become one, with the worse times of both: quantiles cannot be added.
    fn halve(&mut self) {
        self.width *= 2;
        let mut halved: Vec<Second> = Vec::new();
        for part in self.past.drain(..) {
            let from = part.from - part.from % self.width;
            match halved.last_mut().filter(|last| last.from == from) {
                Some(last) => last.join(&part),
                None => halved.push(Second { from, ..part }),
            }
        }
        self.past = halved;
    }

    fn closed(&self) -> Second {
        let at = |share| milliseconds(self.times.quantile(share));
        Second {
            p50: at(0.5),
            p95: at(0.95),
            p99: at(0.99),
            max: milliseconds(self.times.longest()),
            ..self.now.clone()
        }
    }
}

impl Second {
    fn join(&mut self, other: &Self) {
        self.requests += other.requests;
        self.failed += other.failed;
        self.p50 = self.p50.max(other.p50);
        self.p95 = self.p95.max(other.p95);
        self.p99 = self.p99.max(other.p99);
        self.max = self.max.max(other.max);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{MOST, Outcome, Timeline};

    #[test]
    fn a_long_run_has_no_more_parts_than_a_short_one() {
        let mut timeline = Timeline::new().unwrap();
        let hours = 3 * 60 * 60;
        for second in 0..hours {
            let took = Duration::from_millis(if second == 7_777 { 900 } else { 10 });
            timeline.enter(Duration::from_secs(second), Outcome::Status(200), took).unwrap();
        }

        let parts = timeline.parts();

        assert!(parts.len() <= MOST + 1, "{}", parts.len());
        assert_eq!(parts.iter().map(|part| part.requests).sum::<u64>(), hours);
        let worst = parts.iter().max_by(|a, b| a.max.total_cmp(&b.max)).unwrap();
        assert!(worst.from <= 7_777 && 7_777 < worst.from + timeline.width(), "{worst:?}");
    }

    #[test]
    fn refusals_do_not_flatter_the_times() {
        let mut timeline = Timeline::new().unwrap();
        let took = Duration::from_millis(100);
        timeline.enter(Duration::ZERO, Outcome::Status(200), took).unwrap();
        for outcome in [Outcome::Status(422), Outcome::Nothing] {
            timeline.enter(Duration::ZERO, outcome, Duration::from_millis(1)).unwrap();
            timeline.failed();
        }

        let now = timeline.latest();

        assert_eq!((now.requests, now.failed), (3, 2));
        assert!((now.p50 - 100.0).abs() < 0.1, "{now:?}");
    }
}
