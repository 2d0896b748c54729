//! Judges what was played: journeys, captures, replies that did not come, and how long others took.

use crate::load::accept::row::Row;
use crate::load::cause::Class;
use crate::load::figures::percent;
use crate::load::report::{OfEndpoint, Report};

/// Milliseconds that 95 of 100 requests may take, since they were due.
const LONGEST: f64 = 300.0;

/// Milliseconds that 95 of 100 replies may take that come out of a cache: the upper end of what the
/// plan asks for.
const LONGEST_KEPT: f64 = 100.0;

/// Below this the plan expected nothing.
const SHORTEST_KEPT: f64 = 50.0;

/// Reports, each with the name of its scenario.
type Named<'a> = (&'a str, &'a Report);

/// Judges runs: what must not happen over all of them, and times for each.
pub(in crate::load::accept) fn runs(runs: &[Named<'_>]) -> Vec<Row> {
    let mut rows = vec![journeys(runs), captures(runs), timeouts(runs), server_errors(runs)];
    rows.extend(runs.iter().map(|run| times(*run)));
    rows.push(explained(runs));
    rows
}

/// Ours is judged: one journey that fails is a target that is missed.
fn journeys(runs: &[Named<'_>]) -> Row {
    let each = runs.iter().map(|(name, report)| {
        let (good, all) = (report.journeys.succeeded, report.journeys.begun);
        format!("{name} {:.2} % ({good} of {all})", percent(good, all))
    });
    let succeed = |report: &Report| {
        report.journeys.begun > 0 && report.journeys.succeeded == report.journeys.begun
    };
    let is_met = !runs.is_empty() && runs.iter().all(|(_, report)| succeed(report));
    Row::of(("journeys that succeed", "≥ 95 %, ours: 100 %"), joined(each), is_met)
}

fn captures(runs: &[Named<'_>]) -> Row {
    let of = |count: fn(&Report) -> u64| runs.iter().map(|(_, report)| count(report)).sum::<u64>();
    let (all, failed) = (of(|it| it.captures.all), of(|it| it.captures.failed));
    let measured = format!("{:.2} % ({failed} of {all})", percent(failed, all));
    Row::of(("captures that fail", "< 1 %, ours: 0"), measured, all > 0 && failed == 0)
}

/// Whoever waits in vain has no reply; nor has whoever loses his connection.
fn timeouts(runs: &[Named<'_>]) -> Row {
    let without_reply: u64 = endpoints(runs).map(|endpoint| endpoint.faults).sum();
    let causes = runs.iter().flat_map(|(_, report)| &report.causes);
    let in_time = causes.filter(|card| card.class == Class::Timeout).map(|card| card.count);
    let timeouts: u64 = in_time.sum();
    let measured = format!("{timeouts}; {without_reply} requests without a reply");
    Row::of(("timeouts", "0"), measured, timeouts == 0 && without_reply == 0)
}

fn server_errors(runs: &[Named<'_>]) -> Row {
    let statuses = endpoints(runs).flat_map(|endpoint| &endpoint.statuses);
    let errors: u64 = statuses.filter(|(status, _)| **status >= 500).map(|(_, times)| times).sum();
    let all: u64 = runs.iter().map(|(_, report)| report.requests.all).sum();
    let measured = format!("{errors} of {all} requests");
    Row::of(("replies 5xx", "0"), measured, errors == 0 && all > 0)
}

fn times((name, report): Named<'_>) -> Row {
    let due = &report.times.due;
    let slowest =
        slowest(report).map(|(endpoint, p95)| format!("; slowest {endpoint}: {p95:.1} ms"));
    let measured = format!("{:.1} ms{}", due.p95, slowest.unwrap_or_default());
    let is_met = due.count > 0 && due.p95 < LONGEST;
    Row::of((format!("P95 since due, {name}"), "< 300 ms"), measured, is_met)
}

/// The endpoint whose successful replies took longest, at their P95.
fn slowest(report: &Report) -> Option<(&str, f64)> {
    let of = |endpoint: &'_ OfEndpoint| endpoint.times.get("2xx").map(|times| times.due.p95);
    let timed = report.endpoints.iter().filter_map(|it| Some((it.name.as_str(), of(it)?)));
    timed.max_by(|(_, one), (_, other)| one.total_cmp(other))
}

/// Nothing is left that nobody knows the reason of, and the runs can be believed.
fn explained(runs: &[Named<'_>]) -> Row {
    let unexplained: u64 = runs.iter().map(|(_, report)| report.unexplained).sum();
    let against = runs.iter().flat_map(|(name, report)| {
        report.verdict().into_iter().map(move |why| format!("{name}: {why}"))
    });
    let against: Vec<String> = against.collect();
    let measured = match against.as_slice() {
        [] => "0 unexplained; every limit of the scenarios holds, every run is valid".to_owned(),
        against => format!("{unexplained} unexplained; {}", against.join("; ")),
    };
    let target = ("failures without an explanation, doubts about the runs", "0");
    Row::of(target, measured, against.is_empty())
}

/// How soon replies come that are kept.
pub(in crate::load::accept) fn kept_replies(report: &Report) -> Row {
    let kept = &report.from_cache.due;
    let faster = if kept.p95 < SHORTEST_KEPT { ", faster than asked for" } else { "" };
    let (p95, count, all) = (kept.p95, kept.count, report.requests.all);
    let measured = format!("{p95:.1} ms{faster}; {count} of {all} replies came from the cache");
    let is_met = kept.count > 0 && p95 <= LONGEST_KEPT;
    Row::of(("P95 of cached reads", "50–100 ms, or less"), measured, is_met)
}

fn endpoints<'a>(runs: &'a [Named<'a>]) -> impl Iterator<Item = &'a OfEndpoint> {
    runs.iter().flat_map(|(_, report)| &report.endpoints)
}

fn joined(each: impl Iterator<Item = String>) -> String {
    each.collect::<Vec<_>>().join(", ")
}
