//! `cargo xtask load compare`: two runs beside each other.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::figures::{number, percent};
use super::report::Pair;

/// Two reports.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The report (JSON) of the run before
    #[arg(value_name = "BEFORE")]
    before: PathBuf,
    /// The report (JSON) of the run after
    #[arg(value_name = "AFTER")]
    after: PathBuf,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let (before, after) = (Run::read(&args.before)?, Run::read(&args.after)?);
    print!("{}", Comparison { before: &before, after: &after });
    Ok(())
}

/// What of a report is compared.
#[derive(Debug, Deserialize)]
struct Run {
    scenario: String,
    seconds: f64,
    journeys: Journeys,
    requests: Counted,
    times: Pair,
    endpoints: Vec<OfEndpoint>,
    unexplained: u64,
    generator: Generator,
}

#[derive(Debug, Deserialize)]
struct Journeys {
    begun: u64,
    succeeded: u64,
}

#[derive(Debug, Deserialize)]
struct Counted {
    all: u64,
    failed: u64,
}

#[derive(Debug, Deserialize)]
struct OfEndpoint {
    name: String,
    times: BTreeMap<String, Pair>,
}

#[derive(Debug, Deserialize)]
struct Generator {
    invalid: Vec<String>,
}

impl Run {
    fn read(file: &Path) -> Result<Self> {
        let text = fs::read_to_string(file);
        let text = text.with_context(|| format!("{} cannot be read", file.display()))?;
        let run: Self = serde_json::from_str(&text)
            .with_context(|| format!("{} is no report of a load run", file.display()))?;
        let reasons = run.generator.invalid.join("; ");
        ensure!(run.generator.invalid.is_empty(), "{} is invalid: {reasons}", file.display());
        Ok(run)
    }

    fn rate(&self) -> f64 {
        number(self.requests.all) / self.seconds.max(f64::EPSILON)
    }

    fn times(&self, endpoint: &str, class: &str) -> Option<&Pair> {
        let of = self.endpoints.iter().find(|known| known.name == endpoint)?;
        of.times.get(class)
    }
}

/// A table in Markdown: each figure before and after, and the one divided by the other.
struct Comparison<'a> {
    before: &'a Run,
    after: &'a Run,
}

impl fmt::Display for Comparison<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { before, after } = self;
        writeln!(f, "| {} | before | after | after ÷ before |", after.scenario)?;
        writeln!(f, "| --- | ---: | ---: | ---: |")?;
        let success = |run: &Run| percent(run.journeys.succeeded, run.journeys.begun);
        row(f, "journeys that succeeded, %", (success(before), success(after)))?;
        let failed = |run: &Run| number(run.requests.failed);
        row(f, "requests that failed", (failed(before), failed(after)))?;
        let unexplained = |run: &Run| number(run.unexplained);
        row(f, "failures unexplained", (unexplained(before), unexplained(after)))?;
        row(f, "requests per second", (before.rate(), after.rate()))?;
        quantiles(f, "all that went well", (&before.times, &after.times))?;
        for endpoint in &after.endpoints {
            for (class, after) in &endpoint.times {
                if let Some(before) = before.times(&endpoint.name, class) {
                    quantiles(f, &format!("{} {class}", endpoint.name), (before, after))?;
                }
            }
        }
        for gone in before.endpoints.iter().filter(|it| !self.is_asked(&it.name)) {
            writeln!(f, "| {} | asked | not asked | |", gone.name)?;
        }
        Ok(())
    }
}

impl Comparison<'_> {
    fn is_asked(&self, endpoint: &str) -> bool {
        self.after.endpoints.iter().any(|known| known.name == endpoint)
    }
}

fn quantiles(
    f: &mut fmt::Formatter<'_>,
    what: &str,
    (before, after): (&Pair, &Pair),
) -> fmt::Result {
    row(f, &format!("{what}, p50 ms"), (before.due.p50, after.due.p50))?;
    row(f, &format!("{what}, p95 ms"), (before.due.p95, after.due.p95))?;
    row(f, &format!("{what}, p99 ms"), (before.due.p99, after.due.p99))
}

fn row(f: &mut fmt::Formatter<'_>, what: &str, (before, after): (f64, f64)) -> fmt::Result {
    let ratio = if before > 0.0 { format!("{:.2}", after / before) } else { "–".to_owned() };
    writeln!(f, "| {what} | {before:.1} | {after:.1} | {ratio} |")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::{Comparison, Run};
    use crate::load::stub::{Answer, json, play};

    const SCENARIO: &str = "config:\n  target: http://stub\n  phases: [{ duration: 1, arrivalRate: 8 }]\n\
                            scenarios:\n  - flow:\n      - get: { url: /a }\n";

    #[test]
    fn ratios_are_told_of_what_both_asked() {
        let folder = TempDir::new().unwrap();
        let written = |name: &str, pause| {
            let (report, _) = play(SCENARIO, &[], move |_request| match pause {
                0 => json("{}"),
                pause => Answer::After(std::time::Duration::from_millis(pause), 200),
            });
            let file = folder.path().join(name);
            fs::write(&file, serde_json::to_string(&report).unwrap()).unwrap();
            Run::read(&file).unwrap()
        };
        let (before, after) = (written("before.json", 80), written("after.json", 160));

        let told = Comparison { before: &before, after: &after }.to_string();

        assert!(told.contains("| journeys that succeeded, % | 100.0 | 100.0 | 1.00 |"), "{told}");
        let p50 = told.lines().find(|line| line.starts_with("| GET /a 2xx, p50 ms")).unwrap();
        let ratio: f64 = p50.split('|').nth(4).unwrap().trim().parse().unwrap();
        assert!((1.5..2.3).contains(&ratio), "{p50}");
    }

    #[test]
    fn what_is_no_report_is_refused() {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("a.json");
        fs::write(&file, "{}").unwrap();

        assert!(Run::read(&file).is_err());
    }
}
