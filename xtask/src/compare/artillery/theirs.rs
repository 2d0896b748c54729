//! A scenario as artillery plays it.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::seen::Seen;
use crate::artillery;

#[derive(Debug, Deserialize)]
struct Report {
    aggregate: Aggregate,
}

#[derive(Debug, Deserialize)]
struct Aggregate {
    counters: BTreeMap<String, u64>,
}

pub(super) fn play(file: &Path) -> Result<Seen> {
    let (report, asked) = super::reflected(|base| artillery::play(file, base, r#"{"config":{}}"#))?;
    let report: Report =
        serde_json::from_str(&report).context("artillery's report is not as expected")?;
    let counters = report.aggregate.counters;
    let count = |name: &str| counters.get(name).copied().unwrap_or_default();
    let journeys = (count("vusers.completed"), count("vusers.failed"));
    let expectations = counters.iter().filter_map(|(name, count)| {
        let kind = name.strip_prefix("plugins.expect.")?;
        // Those without a kind are sums of the others.
        kind.contains('.').then(|| (of_ours(kind), *count))
    });
    let expectations = expectations.fold(BTreeMap::new(), |mut all, (kind, count)| {
        *all.entry(kind).or_default() += count;
        all
    });
    Ok(Seen { expectations, journeys, ..super::seen(asked) })
}

/// It calls an expectation of a header by that header's name.
fn of_ours(kind: &str) -> String {
    match kind.split_once(".header ") {
        Some((outcome, _)) => format!("{outcome}.headerEquals"),
        None => kind.to_owned(),
    }
}
