//! What a run came to: figures, causes, limits, and whether it can be believed.

mod generator;
mod metrics;
mod text;
mod times;

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;

use super::cause::{Card, Class};
use super::engine::Played;
use super::figures::percent;
use super::record::{Endpoint, Journeys, Record, Second};
use generator::Generator;
pub(super) use times::{Pair, Quantiles};

/// Everything that is told of a run.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    pub(super) scenario: String,
    pub(super) target: String,
    pub(super) seed: u64,
    /// When it began (RFC 3339).
    pub(super) began: String,
    pub(super) seconds: f64,
    pub(super) journeys: Journeys,
    pub(super) journeys_by_name: BTreeMap<String, Journeys>,
    pub(super) requests: Counted,
    pub(super) expectations: Counted,
    pub(super) captures: Counted,
    /// Of all replies that say all went well.
    pub(super) times: Pair,
    /// Their quantiles, from the middle on, and the time in ms since they were due.
    pub(super) curve: Vec<(f64, f64)>,
    /// Of the replies that came out of a cache.
    pub(super) from_cache: Pair,
    pub(super) endpoints: Vec<OfEndpoint>,
    pub(super) timeline: OverTime,
    pub(super) causes: Vec<Card>,
    pub(super) unexplained: u64,
    pub(super) generator: Generator,
    pub(super) limits: Vec<Judged>,
    pub(super) is_cut: bool,
}

/// How many, and how many of them failed.
#[derive(Debug, Default, Clone, Copy, Serialize)]
pub(super) struct Counted {
    pub(super) all: u64,
    pub(super) failed: u64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OfEndpoint {
    pub(super) name: String,
    pub(super) requests: u64,
    pub(super) failed: u64,
    pub(super) statuses: BTreeMap<u16, u64>,
    pub(super) faults: u64,
    /// `2xx` and so on, `none` where no reply came.
    pub(super) times: BTreeMap<String, Pair>,
    /// How often each kind of expectation was met, and was not.
    pub(super) expectations: BTreeMap<&'static str, (u64, u64)>,
    /// How often something could be captured, and could not.
    pub(super) captures: (u64, u64),
    /// Requests that ended their journey, because something could not be captured.
    pub(super) uncaptured: u64,
}

/// The run in parts of so many seconds.
#[derive(Debug, Serialize)]
pub(super) struct OverTime {
    pub(super) width: u64,
    pub(super) parts: Vec<Second>,
}

/// A limit, and whether it holds.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Judged {
    pub(super) text: String,
    pub(super) is_strict: bool,
    pub(super) holds: bool,
}

impl Report {
    /// `target` is what was asked, `began` when.
    pub(super) fn of(played: &Played, target: &str, began: String) -> Result<Self> {
        let record = &played.record;
        let endpoints: Vec<OfEndpoint> =
            record.endpoints.iter().map(|(name, it)| OfEndpoint::of(name, it)).collect();
        let times = times::of_successes(record)?;
        let requests =
            Counted { all: record.requests(), failed: endpoints.iter().map(|it| it.failed).sum() };
        let of = |endpoint: &str| record.endpoints.get(endpoint).map_or(0, Endpoint::requests);
        let parts = record.timeline.parts();
        let mut report = Self {
            scenario: played.scenario.file.display().to_string(),
            target: target.to_owned(),
            seed: played.seed,
            began,
            seconds: played.usage.elapsed.as_secs_f64(),
            journeys: record.all_journeys(),
            journeys_by_name: record.journeys.clone(),
            requests,
            expectations: expectations(record),
            captures: captures(record),
            times: Pair::of(&times),
            curve: times::curve(&times.due),
            from_cache: Pair::of(&times::from_cache(record)?),
            endpoints,
            timeline: OverTime { width: record.timeline.width(), parts },
            causes: record.causes.cards(of),
            unexplained: record.causes.unexplained(),
            generator: Generator::of(played),
            limits: Vec::new(),
            is_cut: played.is_cut,
        };
        report.limits = metrics::judge(played, &report)?;
        Ok(report)
    }

    /// How often each kind of expectation was met, and was not, in one endpoint after the other.
    pub(crate) fn expectations_by_kind(&self) -> impl Iterator<Item = (&'static str, (u64, u64))> {
        let all = self.endpoints.iter().flat_map(|endpoint| &endpoint.expectations);
        all.map(|(kind, counts)| (*kind, *counts))
    }

    /// How often each endpoint answered with each status, and how often with nothing.
    pub(crate) fn outcomes(&self) -> impl Iterator<Item = (&str, String, u64)> {
        self.endpoints.iter().flat_map(|of| {
            let statuses = of.statuses.iter().map(|(status, count)| (status.to_string(), *count));
            let all = statuses.chain([("nothing".to_owned(), of.faults)]);
            all.map(|(outcome, count)| (of.name.as_str(), outcome, count))
        })
    }

    /// Requests that ended their journey, because something could not be captured.
    pub(crate) fn uncaptured(&self) -> u64 {
        self.endpoints.iter().map(|endpoint| endpoint.uncaptured).sum()
    }

    /// How many journeys of each name began.
    pub(crate) fn begun_by_name(&self) -> impl Iterator<Item = (&str, u64)> {
        self.journeys_by_name.iter().map(|(name, journeys)| (name.as_str(), journeys.begun))
    }

    /// How many journeys came to their last step, and how many did not.
    pub(crate) fn to_their_end(&self) -> (u64, u64) {
        let Journeys { begun, to_their_end, .. } = self.journeys;
        (to_their_end, begun.saturating_sub(to_their_end))
    }

    /// The journeys in which all was well, in percent of those that began.
    pub(super) fn success(&self) -> f64 {
        percent(self.journeys.succeeded, self.journeys.begun)
    }

    /// The ids of requests that failed in the server, one for each cause.
    pub(super) fn server_errors(&self) -> impl Iterator<Item = &str> {
        let causes = self.causes.iter().filter(|card| card.class == Class::ServerError);
        causes.filter_map(|card| card.request_id.as_deref())
    }

    /// Everything that makes the run a failure; nothing when it is good.
    pub(super) fn verdict(&self) -> Vec<String> {
        let broken = self.limits.iter().filter(|limit| limit.is_strict && !limit.holds);
        let broken = broken.map(|limit| format!("a limit is broken: {}", limit.text));
        broken.chain(self.doubts()).collect()
    }

    /// Why the run says nothing of the server, or not all of it; nothing when it does.
    pub(super) fn doubts(&self) -> Vec<String> {
        let mut against = Vec::new();
        if self.unexplained > 0 {
            against.push(format!("{} failures are unexplained", self.unexplained));
        }
        let invalid = self.generator.invalid.iter();
        against.extend(invalid.map(|reason| format!("the run is invalid: {reason}")));
        if self.is_cut {
            against.push("the run was interrupted".to_owned());
        }
        if self.journeys.begun == 0 {
            against.push("no journey began".to_owned());
        }
        against
    }
}

impl OfEndpoint {
    fn of(name: &str, endpoint: &Endpoint) -> Self {
        let class = |class: u16| match class {
            0 => "none".to_owned(),
            class => format!("{class}xx"),
        };
        let times = endpoint.times.iter();
        Self {
            name: name.to_owned(),
            requests: endpoint.requests(),
            failed: endpoint.failed,
            statuses: endpoint.statuses.clone(),
            faults: endpoint.faults,
            times: times.map(|(of, times)| (class(*of), Pair::of(times))).collect(),
            expectations: endpoint.expectations.clone(),
            captures: endpoint.captures,
            uncaptured: endpoint.uncaptured,
        }
    }
}

fn expectations(record: &Record) -> Counted {
    let of = record.endpoints.values().flat_map(|endpoint| endpoint.expectations.values());
    of.fold(Counted::default(), counted)
}

fn captures(record: &Record) -> Counted {
    let of = record.endpoints.values().map(|endpoint| &endpoint.captures);
    of.fold(Counted::default(), counted)
}

fn counted(so_far: Counted, (good, bad): &(u64, u64)) -> Counted {
    Counted { all: so_far.all + good + bad, failed: so_far.failed + bad }
}
