//! What came of the requests to one endpoint.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;

use super::super::engine::Judged;
use crate::latency::Latency;

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::load) enum Outcome {
    Status(u16),
    /// There was no reply.
    Nothing,
}

/// Times since requests were due, and since they were sent.
#[derive(Debug, Clone)]
pub(in crate::load) struct Times {
    pub(in crate::load) due: Latency,
    pub(in crate::load) sent: Latency,
}

#[derive(Debug, Default)]
pub(in crate::load) struct Endpoint {
    /// How often each status came.
    pub(in crate::load) statuses: BTreeMap<u16, u64>,
    /// How often none came.
    pub(in crate::load) faults: u64,
    /// Requests with something wrong.
    pub(in crate::load) failed: u64,
    /// By the first digit of the status; never mixed, for refusals are quick and flatter the rest. 0
    /// where there was no reply.
    pub(in crate::load) times: BTreeMap<u16, Times>,
    /// Of the replies that came out of a cache.
    pub(in crate::load) from_cache: Option<Times>,
    /// How often each kind of expectation was met, and was not.
    pub(in crate::load) expectations: BTreeMap<&'static str, (u64, u64)>,
    /// How often something could be captured, and could not.
    pub(in crate::load) captures: (u64, u64),
    /// Requests that ended their journey, because something could not be captured.
    pub(in crate::load) uncaptured: u64,
}

impl Outcome {
    /// The first digit of the status, or 0.
    fn class(self) -> u16 {
        match self {
            Self::Status(status) => status / 100,
            Self::Nothing => 0,
        }
    }

    /// Whether it is a reply that says all went well.
    pub(in crate::load) fn is_success(self) -> bool {
        matches!(self, Self::Status(status) if status < 400)
    }
}

impl Endpoint {
    pub(super) fn ended(&mut self, outcome: Outcome, took: (Duration, Duration)) -> Result<()> {
        match outcome {
            Outcome::Status(status) => *self.statuses.entry(status).or_default() += 1,
            Outcome::Nothing => self.faults += 1,
        }
        let times = match self.times.entry(outcome.class()) {
            std::collections::btree_map::Entry::Occupied(times) => times.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => place.insert(Times::new()?),
        };
        times.enter(took)
    }

    pub(super) fn came_from_cache(&mut self, took: (Duration, Duration)) -> Result<()> {
        let times = match &mut self.from_cache {
            Some(times) => times,
            none => none.insert(Times::new()?),
        };
        times.enter(took)
    }

    pub(super) fn judged(&mut self, judged: &Judged) {
        for (kind, unmet) in &judged.checks {
            let (met, not_met) = self.expectations.entry(kind).or_default();
            *if unmet.is_none() { met } else { not_met } += 1;
        }
        for (_, is_there) in &judged.captures {
            let (there, missing) = &mut self.captures;
            *if *is_there { there } else { missing } += 1;
        }
        self.uncaptured += u64::from(judged.ends);
    }

    pub(in crate::load) fn requests(&self) -> u64 {
        self.statuses.values().sum::<u64>() + self.faults
    }
}

impl Times {
    pub(in crate::load) fn new() -> Result<Self> {
        Ok(Self { due: Latency::new()?, sent: Latency::new()? })
    }

    /// Enters one: since it was due, since it was sent.
    fn enter(&mut self, took: (Duration, Duration)) -> Result<()> {
        self.due.enter(took.0)?;
        self.sent.enter(took.1)
    }

    pub(in crate::load) fn add(&mut self, other: &Self) -> Result<()> {
        self.due.add(&other.due)?;
        self.sent.add(&other.sent)
    }
}
