//! What artillery found: its JSON report, as far as it matters here.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::targets::Targets;

/// The times of all replies.
const TIMES: &str = "http.response_time";

/// What the scenario's `ensure` says of them.
const P95_MS: f64 = 500.0;
const P99_MS: f64 = 1_000.0;

/// The whole run.
#[derive(Debug, Deserialize)]
pub(super) struct Report {
    aggregate: Aggregate,
}

#[derive(Debug, Deserialize)]
struct Aggregate {
    counters: BTreeMap<String, u64>,
    summaries: BTreeMap<String, Summary>,
}

/// Times in ms.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Summary {
    p50: f64,
    p95: f64,
    p99: f64,
    max: f64,
}

impl Report {
    pub(super) fn parse(text: &str) -> Result<Self> {
        serde_json::from_str(text).context("artillery's report is not as expected")
    }

    /// Judges what the product promises: every journey succeeds, in the time that the scenario
    /// itself allows.
    pub(super) fn judge(&self, targets: &mut Targets) {
        let [created, completed, failed] =
            ["created", "completed", "failed"].map(|what| self.count(&format!("vusers.{what}")));
        let share = 100.0 * number(completed) / number(created.max(1));
        targets.judge(
            created > 0 && completed == created && failed == 0,
            format!("{completed} of {created} journeys completed ({share:.1} %), {failed} failed"),
        );
        let [met, unmet] =
            ["ok", "failed"].map(|what| self.count(&format!("plugins.expect.{what}")));
        let says = format!("{met} expectations were met, {unmet} were not");
        targets.judge(met > 0 && unmet == 0, says);
        let Some(Summary { p95, p99, .. }) = self.aggregate.summaries.get(TIMES) else { return };
        let says = format!(
            "replies took {p95} ms (p95) and {p99} ms (p99), {P95_MS} ms and {P99_MS} ms are due"
        );
        targets.judge(*p95 <= P95_MS && *p99 <= P99_MS, says);
    }

    /// A counter that never counted is not in the report.
    fn count(&self, counter: &str) -> u64 {
        self.aggregate.counters.get(counter).copied().unwrap_or_default()
    }
}

fn number(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Tables in Markdown: what was counted, and how long replies took.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| counted | |\n| --- | ---: |")?;
        let told = ["vusers.", "http.codes.", "http.requests", "errors.", "plugins.expect."];
        for (name, count) in &self.aggregate.counters {
            if told.iter().any(|prefix| name.starts_with(prefix)) {
                writeln!(f, "| {name} | {count} |")?;
            }
        }
        writeln!(f, "\n| ms | p50 | p95 | p99 | max |\n| --- |{}", " ---: |".repeat(4))?;
        for (name, Summary { p50, p95, p99, max }) in &self.aggregate.summaries {
            if name.starts_with(TIMES) || name == "vusers.session_length" {
                writeln!(f, "| {name} | {p50} | {p95} | {p99} | {max} |")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Report, Targets};

    fn report(counters: &Value, p99: f64) -> Report {
        let times = json!({"min": 1, "p50": 20.5, "p95": 80, "p99": p99, "max": 120.0});
        let summaries = json!({"http.response_time": times});
        let aggregate = json!({"counters": counters, "summaries": summaries, "rates": {}});
        serde_json::from_value(json!({"aggregate": aggregate, "intermediate": []})).unwrap()
    }

    fn missed(report: &Report) -> usize {
        let mut targets = Targets::default();
        report.judge(&mut targets);
        targets.to_string().matches("MISSED").count()
    }

    #[test]
    fn a_run_without_failures_is_all_successes() {
        let good = json!({
            "vusers.created": 10, "vusers.completed": 10, "http.codes.200": 25,
            "plugins.expect.ok": 30, "plugins.expect.ok.statusCode": 20,
        });
        let report = report(&good, 100.0);

        assert_eq!(missed(&report), 0);
        assert!(report.to_string().contains("| http.codes.200 | 25 |"), "{report}");
        assert!(report.to_string().contains("| http.response_time | 20.5 | 80 | 100 | 120 |"));
    }

    #[test]
    fn a_journey_that_fails_or_an_expectation_that_is_not_met_is_missed() {
        let failed = json!({
            "vusers.created": 11, "vusers.completed": 10, "vusers.failed": 1, "plugins.expect.ok": 1,
        });
        let unmet = json!({
            "vusers.created": 1, "vusers.completed": 1, "plugins.expect.ok": 1,
            "plugins.expect.failed": 1,
        });
        let uncounted = json!({"vusers.created": 1, "vusers.completed": 1});
        for counters in [failed, unmet, uncounted] {
            assert_eq!(missed(&report(&counters, 100.0)), 1, "{counters}");
        }
        assert_eq!(missed(&report(&json!({}), 100.0)), 2, "nothing was played");
    }

    #[test]
    fn a_success_that_comes_too_late_is_missed() {
        let good = json!({"vusers.created": 1, "vusers.completed": 1, "plugins.expect.ok": 1});

        assert_eq!(missed(&report(&good, 1_001.0)), 1);
    }
}
