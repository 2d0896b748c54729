//! Every figure in which the two are compared, and what is due of each.

use std::collections::{BTreeMap, BTreeSet};

use super::super::seen::Seen;
use super::super::theirs::Expectations;
use super::due::{Due, Line};
use crate::load::Odds;

/// The answer to whoever is nobody.
const REFUSED: &str = "401";

const PASSED_OVER: &str = "known: without its plugin artillery passes over expectations";

/// Artillery's run first.
pub(super) fn lines(odds: &Odds, expectations: Expectations, runs: [&Seen; 2]) -> Vec<Line> {
    let mut lines = vec![both("journeys", runs.map(journeys), Due::Exactly(odds.journeys))];
    for (endpoint, chance) in &odds.asked {
        let requests = runs.map(|run| count(&run.requests, endpoint));
        lines.push(both(endpoint, requests, Due::by_chance(odds.journeys, *chance)));
    }
    lines.extend(statuses(odds, runs));
    let refused = runs.map(refused);
    lines.push(follows("journeys cut short", runs.map(|run| run.journeys.1), refused));
    lines.push(follows("captures that failed", runs.map(|run| run.uncaptured), refused));
    lines.extend(expected(odds, expectations, runs));
    if let Some(each) = odds.met_in_each.filter(|_| expectations == Expectations::Counted) {
        let due = Due::Exactly(odds.journeys.saturating_mul(each));
        lines.push(both("expectations met, of all kinds", runs.map(met), due));
    }
    lines
}

/// Everything is well but for those who are refused where the data says so.
fn statuses<'a>(odds: &'a Odds, runs: [&'a Seen; 2]) -> impl Iterator<Item = Line> + 'a {
    let due = odds.refused.keys().map(|endpoint| format!("{endpoint} {REFUSED}"));
    let seen = runs.into_iter().flat_map(|run| run.statuses.keys().cloned());
    let all: BTreeSet<String> = due.chain(seen).collect();
    all.into_iter().map(move |name| {
        let counts = runs.map(|run| count(&run.statuses, &name));
        let (endpoint, status) = name.rsplit_once(' ').unwrap_or((&name, ""));
        match status {
            "200" => follows(&name, counts, runs.map(|run| welcome(run, endpoint))),
            REFUSED => {
                let chance = odds.refused.get(endpoint).copied().unwrap_or_default();
                both(&name, counts, Due::by_chance(odds.journeys, chance))
            }
            _ => both(&name, counts, Due::Exactly(0)),
        }
    })
}

/// How often each kind of expectation was met, and was not.
fn expected<'a>(
    odds: &'a Odds,
    expectations: Expectations,
    runs: [&'a Seen; 2],
) -> impl Iterator<Item = Line> + 'a {
    odds.expectations.iter().map(move |(kind, chance)| {
        let [theirs, ours] = runs.map(|run| count(&run.expectations, kind));
        let due = Due::by_chance(odds.journeys, *chance);
        let (of_theirs, known) = match expectations {
            Expectations::AsShipped => {
                (Due::Exactly(0), (due != Due::Exactly(0)).then_some(PASSED_OVER))
            }
            Expectations::Counted => (due, None),
        };
        let what = format!("expectations {kind}");
        Line { what, theirs: (theirs, of_theirs), ours: (ours, due), known }
    })
}

fn journeys(run: &Seen) -> u64 {
    run.journeys.0 + run.journeys.1
}

/// Expectations that were met, of whatever kind.
fn met(run: &Seen) -> u64 {
    run.expectations.iter().filter(|(kind, _)| kind.starts_with("ok.")).map(|(_, met)| met).sum()
}

/// Whoever was refused, wherever.
fn refused(run: &Seen) -> u64 {
    let refused = run.statuses.iter().filter(|(name, _)| name.ends_with(&format!(" {REFUSED}")));
    refused.map(|(_, count)| count).sum()
}

/// Whoever was not refused at an endpoint.
fn welcome(run: &Seen, endpoint: &str) -> u64 {
    let refused = count(&run.statuses, &format!("{endpoint} {REFUSED}"));
    count(&run.requests, endpoint).saturating_sub(refused)
}

fn count(of: &BTreeMap<String, u64>, name: &str) -> u64 {
    of.get(name).copied().unwrap_or_default()
}

/// The same is due of both.
fn both(what: &str, [theirs, ours]: [u64; 2], due: Due) -> Line {
    Line { what: what.to_owned(), theirs: (theirs, due), ours: (ours, due), known: None }
}

/// What is due follows from another figure of each run.
fn follows(what: &str, [theirs, ours]: [u64; 2], due: [u64; 2]) -> Line {
    let [of_theirs, of_ours] = due.map(Due::Exactly);
    let (theirs, ours) = ((theirs, of_theirs), (ours, of_ours));
    Line { what: what.to_owned(), theirs, ours, known: None }
}

#[cfg(test)]
mod tests;
