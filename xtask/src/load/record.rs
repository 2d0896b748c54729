//! What happened in a run, as it happens: bounded memory, however long it lasts.

mod endpoint;
mod timeline;

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use tokio::time::Instant;

use super::cause::{Causes, Failure};
use super::engine::{Judged, Went};
use crate::latency::Latency;
pub(super) use endpoint::{Endpoint, Outcome, Times};
pub(super) use timeline::{Second, Timeline};

/// Everything that is counted.
#[derive(Debug)]
pub(super) struct Record {
    begun: Instant,
    pub(super) journeys: BTreeMap<String, Journeys>,
    /// Not begun, because the scenario wants no more at once.
    pub(super) skipped_as_told: u64,
    /// Not begun, because this task has no room for more.
    pub(super) skipped: u64,
    pub(super) endpoints: BTreeMap<String, Endpoint>,
    /// How long after they were due journeys began.
    pub(super) lag: Latency,
    pub(super) timeline: Timeline,
    pub(super) causes: Causes,
}

/// Journeys of one name.
#[derive(Debug, Default, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Journeys {
    pub(super) begun: u64,
    /// Came to their last step.
    pub(super) to_their_end: u64,
    /// Everything was as it should be, to the last step.
    pub(super) succeeded: u64,
}

impl Record {
    /// Of requests to this server.
    pub(super) fn new(base: String) -> Result<Self> {
        Ok(Self {
            begun: Instant::now(),
            journeys: BTreeMap::new(),
            skipped_as_told: 0,
            skipped: 0,
            endpoints: BTreeMap::new(),
            lag: Latency::new()?,
            timeline: Timeline::new()?,
            causes: Causes::of(base),
        })
    }

    /// The moment from which time is counted.
    pub(super) fn begins(&mut self, at: Instant) {
        self.begun = at;
    }

    pub(super) fn journey_begins(&mut self, name: &str, lag: Duration) -> Result<()> {
        self.lag.enter(lag)?;
        self.of(name).begun += 1;
        Ok(())
    }

    pub(super) fn journey_ends(&mut self, name: &str, went: Went) {
        let journeys = self.of(name);
        journeys.to_their_end += u64::from(went.to_its_end);
        journeys.succeeded += u64::from(went.well);
    }

    pub(super) fn skipped_as_told(&mut self) {
        self.skipped_as_told += 1;
    }

    pub(super) fn skipped(&mut self) {
        self.skipped += 1;
    }

    /// Notes how a request ended: after `took.0` since it was due, `took.1` since it was sent.
    pub(super) fn ended(
        &mut self,
        endpoint: &str,
        outcome: Outcome,
        took: (Duration, Duration),
    ) -> Result<()> {
        self.timeline.enter(self.begun.elapsed(), outcome, took.0)?;
        self.endpoint(endpoint).ended(outcome, took)
    }

    /// The reply that ended a request came out of a cache.
    pub(super) fn came_from_cache(
        &mut self,
        endpoint: &str,
        took: (Duration, Duration),
    ) -> Result<()> {
        self.endpoint(endpoint).came_from_cache(took)
    }

    pub(super) fn judged(&mut self, endpoint: &str, judged: &Judged) {
        self.endpoint(endpoint).judged(judged);
    }

    pub(super) fn failed(&mut self, failure: &Failure<'_>) {
        self.endpoint(&failure.request.endpoint).failed += 1;
        self.timeline.failed();
        self.causes.enter(failure);
    }

    /// The requests that were sent.
    pub(super) fn requests(&self) -> u64 {
        self.endpoints.values().map(Endpoint::requests).sum()
    }

    /// All journeys together.
    pub(super) fn all_journeys(&self) -> Journeys {
        let mut all = Journeys::default();
        for journeys in self.journeys.values() {
            all.begun += journeys.begun;
            all.to_their_end += journeys.to_their_end;
            all.succeeded += journeys.succeeded;
        }
        all
    }

    fn of(&mut self, name: &str) -> &mut Journeys {
        self.journeys.entry(name.to_owned()).or_default()
    }

    fn endpoint(&mut self, name: &str) -> &mut Endpoint {
        self.endpoints.entry(name.to_owned()).or_default()
    }
}
