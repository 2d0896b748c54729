//! The figures that limits are about, by Artillery's names.

use anyhow::Result;
use serde_json::Value as Json;

use super::super::engine::Played;
use super::super::figures::number;
use super::super::record::Record;
use super::{Judged, Report, times};

/// Judges every limit; without any, no journey may fail.
pub(super) fn judge(played: &Played, report: &Report) -> Result<Vec<Judged>> {
    let limits = &played.scenario.ensure.0;
    let mut judged = Vec::new();
    for limit in limits {
        let mut values = Vec::new();
        for name in limit.holds_if.names() {
            values.push((name.to_owned(), metric(name, &played.record, report)?));
        }
        let value = |name: &str| {
            let known = values.iter().find(|(known, _)| known == name);
            known.map(|(_, value)| Json::from(*value))
        };
        let shown: Vec<_> = values.iter().map(|(name, value)| format!("{name} {value}")).collect();
        let text = format!("{} ({})", limit.text, shown.join(", "));
        let holds = limit.holds_if.holds(&value);
        judged.push(Judged { text, is_strict: limit.is_strict, holds });
    }
    if limits.is_empty() {
        let (begun, good) = (report.journeys.begun, report.journeys.succeeded);
        let text = format!("every journey succeeds ({good} of {begun})");
        judged.push(Judged { text, is_strict: true, holds: begun == good });
    }
    Ok(judged)
}

/// A figure of the run; of none that there is, 0.
fn metric(name: &str, record: &Record, report: &Report) -> Result<f64> {
    if let Some(times) = name.strip_prefix("http.response_time.") {
        return time(times, record, report);
    }
    if let Some(status) = name.strip_prefix("http.codes.") {
        let status = status.parse().unwrap_or_default();
        let of = record.endpoints.values().filter_map(|it| it.statuses.get(&status));
        return Ok(number(of.sum()));
    }
    let journeys = &report.journeys;
    let faults: u64 = record.endpoints.values().map(|endpoint| endpoint.faults).sum();
    let count = match name {
        "vusers.created" => journeys.begun,
        "vusers.completed" => journeys.succeeded,
        "vusers.failed" => journeys.begun.saturating_sub(journeys.succeeded),
        "vusers.skipped" => record.skipped + record.skipped_as_told,
        "http.requests" => report.requests.all,
        "http.responses" => report.requests.all.saturating_sub(faults),
        "http.request_rate" => {
            return Ok(number(report.requests.all) / report.seconds.max(f64::EPSILON));
        }
        "plugins.expect.ok" => report.expectations.all - report.expectations.failed,
        "plugins.expect.failed" => report.expectations.failed,
        "captures.ok" => report.captures.all - report.captures.failed,
        "captures.failed" => report.captures.failed,
        "errors.unexplained" => report.unexplained,
        _ => 0,
    };
    Ok(number(count))
}

fn time(name: &str, record: &Record, report: &Report) -> Result<f64> {
    let value = match name.split_once("xx.") {
        None => report.times.due.named(name),
        Some((class, name)) => {
            let times = times::of_class(record, class.parse().unwrap_or_default())?;
            super::Quantiles::of(&times.due).named(name)
        }
    };
    Ok(value.unwrap_or_default())
}
