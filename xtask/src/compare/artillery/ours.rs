//! The same scenario as it is played here.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;

use super::seen::Seen;
use crate::load::{self, Report};

/// As a mirror saw it.
pub(super) fn play(file: &Path) -> Result<Seen> {
    let (report, asked) = super::reflected(|base| load::play_once(file, base))?;
    Ok(super::seen(asked).with(told(&report)))
}

/// As it says itself.
pub(super) fn play_on(file: &Path, target: &str) -> Result<Seen> {
    let report = load::play_once(file, target)?;
    let mut seen = told(&report);
    for (endpoint, outcome, count) in report.outcomes().filter(|(_, _, count)| *count > 0) {
        seen.enter(endpoint, &outcome, count);
    }
    Ok(seen)
}

/// What only the tool can know.
fn told(report: &Report) -> Seen {
    let mut expectations: BTreeMap<String, u64> = BTreeMap::new();
    for (kind, (met, unmet)) in report.expectations_by_kind() {
        for (outcome, count) in [("ok", met), ("failed", unmet)] {
            if count > 0 {
                *expectations.entry(format!("{outcome}.{kind}")).or_default() += count;
            }
        }
    }
    let names = report.begun_by_name().map(|(name, begun)| (name.to_owned(), begun)).collect();
    let (journeys, uncaptured) = (report.to_their_end(), report.uncaptured());
    Seen { expectations, names, journeys, uncaptured, ..Seen::default() }
}
