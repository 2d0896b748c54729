//! A scenario as artillery plays it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::json;

use super::seen::Seen;
use crate::artillery;

/// Its plugin that counts by endpoint, which comes with it.
const BY_ENDPOINT: &str = "metrics-by-endpoint";

/// What it says of a request that ended its journey because something could not be captured.
const UNCAPTURED: &str = "errors.Failed capture or match";

/// How many journeys of a name began.
const OF_NAME: &str = "vusers.created_by_name.";

/// Whether it looks at what a scenario expects; without a plugin it does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expectations {
    /// As a scenario has it that does not turn the plugin on.
    PassedOver,
    Counted,
}

type Counters = BTreeMap<String, u64>;

#[derive(Debug, Deserialize)]
struct Report {
    aggregate: Aggregate,
}

#[derive(Debug, Deserialize)]
struct Aggregate {
    counters: Counters,
}

/// As a mirror saw it.
pub(super) fn play(file: &Path) -> Result<Seen> {
    let (report, asked) = super::reflected(|base| artillery::play(file, base, r#"{"config":{}}"#))?;
    Ok(super::seen(asked).with(told(&counters(&report)?)))
}

/// As it says itself.
pub(super) fn play_on(
    file: &Path,
    target: &str,
    expectations: Expectations,
    endpoints: &BTreeSet<String>,
) -> Result<Seen> {
    let plugins = match expectations {
        Expectations::PassedOver => json!({ BY_ENDPOINT: {} }),
        Expectations::Counted => json!({ BY_ENDPOINT: {}, "expect": { "outputFormat": "silent" } }),
    };
    let overrides = json!({ "config": { "plugins": plugins } }).to_string();
    let counters = counters(&artillery::play(file, target, &overrides)?)?;
    Ok(by_endpoint(&counters, told(&counters), endpoints))
}

fn counters(report: &str) -> Result<Counters> {
    let report: Report =
        serde_json::from_str(report).context("artillery's report is not as expected")?;
    Ok(report.aggregate.counters)
}

/// What only the tool can know.
fn told(counters: &Counters) -> Seen {
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
    let names = counters.iter().filter_map(|(name, count)| {
        let name = name.strip_prefix(OF_NAME)?;
        Some((name.to_owned(), *count))
    });
    let (names, uncaptured) = (names.collect(), count(UNCAPTURED));
    Seen { expectations, names, journeys, uncaptured, ..Seen::default() }
}

/// Replies by endpoint; whatever kept one from coming is counted for all of them together.
fn by_endpoint(counters: &Counters, mut seen: Seen, endpoints: &BTreeSet<String>) -> Seen {
    // It leaves out the method.
    let named = |path: &str| {
        let ends_so = |name: &&String| name.split_once(' ').is_some_and(|(_, it)| it == path);
        endpoints.iter().find(ends_so).map_or_else(|| path.to_owned(), Clone::clone)
    };
    for (name, count) in counters {
        let of_endpoint = name.strip_prefix("plugins.").and_then(|it| it.strip_prefix(BY_ENDPOINT));
        let reply = of_endpoint.and_then(|it| it.strip_prefix('.')?.split_once(".codes."));
        if let Some((path, status)) = reply {
            seen.enter(&named(path), status, *count);
        } else if name.starts_with("errors.") && name != UNCAPTURED {
            seen.enter("any endpoint", name, *count);
        }
    }
    seen
}

/// It calls an expectation of a header by that header's name.
fn of_ours(kind: &str) -> String {
    match kind.split_once(".header ") {
        Some((outcome, _)) => format!("{outcome}.headerEquals"),
        None => kind.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Counters, by_endpoint, told};

    #[test]
    fn replies_are_by_endpoint_and_what_went_wrong_is_not_lost() {
        let counters: Counters = [
            ("plugins.metrics-by-endpoint./api/auth/login.codes.200", 9),
            ("plugins.metrics-by-endpoint./api/auth/login.codes.401", 1),
            ("plugins.metrics-by-endpoint./api/auth/login.errors.Error", 1),
            ("plugins.expect.ok.statusCode", 9),
            ("plugins.expect.ok", 9),
            ("errors.Failed capture or match", 1),
            ("errors.ECONNRESET", 2),
            ("vusers.created_by_name.login", 10),
        ]
        .map(|(name, count)| (name.to_owned(), count))
        .into();

        let endpoints = ["POST /api/auth/login".to_owned()].into();

        let seen = by_endpoint(&counters, told(&counters), &endpoints);

        assert_eq!(seen.requests["POST /api/auth/login"], 10);
        assert_eq!(seen.statuses["POST /api/auth/login 401"], 1);
        assert_eq!(seen.statuses["any endpoint errors.ECONNRESET"], 2);
        assert_eq!((seen.uncaptured, seen.expectations["ok.statusCode"]), (1, 9));
        assert_eq!(seen.names, [("login".to_owned(), 10)].into());
    }
}
