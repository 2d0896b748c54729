//! Every figure in which the two are compared, and what is due of each.

use std::collections::{BTreeMap, BTreeSet};

use super::super::seen::Seen;
use super::super::theirs::Expectations;
use super::due::{Due, Line};
use crate::load::{Chances, Course, Deeds, Odds};

/// The answer to whoever is nobody.
const REFUSED: &str = "401";

const PASSED_OVER: &str = "known: without its plugin artillery passes over expectations";

/// Artillery's run first.
pub(super) fn lines(odds: &Odds, expectations: Expectations, runs: [&Seen; 2]) -> Vec<Line> {
    let all = odds.journeys;
    let mut lines = vec![both("journeys", runs.map(journeys), Due::Exactly(all))];
    lines.extend(odds.names.iter().map(|(name, share)| {
        let begun = runs.map(|run| count(&run.names, name));
        both(&format!("journeys of {name}"), begun, Due::by_chance(all, *share))
    }));
    let (asked, expected) = match &odds.deeds {
        Deeds::Certain(courses) => (asked_surely(courses, runs), expected_surely(courses, runs)),
        Deeds::Likely(chances) => (asked(all, chances, runs), expected(all, chances, runs)),
    };
    lines.extend(asked);
    let refused = runs.map(refused);
    lines.push(follows("journeys cut short", runs.map(|run| run.journeys.1), refused));
    lines.push(follows("captures that failed", runs.map(|run| run.uncaptured), refused));
    lines.extend(expected.into_iter().map(|line| looked_at(line, expectations)));
    lines
}

/// Every journey that began asks all of its requests, and nobody is refused.
fn asked_surely(courses: &BTreeMap<String, Course>, runs: [&Seen; 2]) -> Vec<Line> {
    let endpoints: BTreeSet<&str> = keys(courses, |course| &course.asked).collect();
    let mut lines = Vec::new();
    for endpoint in endpoints {
        let due = runs.map(|run| sum(courses, run, |course| count(&course.asked, endpoint)));
        let requests = runs.map(|run| count(&run.requests, endpoint));
        lines.push(follows(endpoint, requests, due));
    }
    lines.extend(statuses(0, &BTreeMap::new(), runs));
    lines
}

/// Every expectation of every journey that began is met.
fn expected_surely(courses: &BTreeMap<String, Course>, runs: [&Seen; 2]) -> Vec<Line> {
    let kinds: BTreeSet<&str> = keys(courses, |course| &course.met).collect();
    let mut lines = Vec::new();
    for kind in kinds {
        let met = runs.map(|run| sum(courses, run, |course| count(&course.met, kind)));
        for (outcome, due) in [("ok", met), ("failed", [0; 2])] {
            let counts = runs.map(|run| count(&run.expectations, &format!("{outcome}.{kind}")));
            lines.push(follows(&format!("expectations {outcome}.{kind}"), counts, due));
        }
    }
    lines
}

fn asked(all: u64, chances: &Chances, runs: [&Seen; 2]) -> Vec<Line> {
    let requests = chances.asked.iter().map(|(endpoint, chance)| {
        let requests = runs.map(|run| count(&run.requests, endpoint));
        both(endpoint, requests, Due::by_chance(all, *chance))
    });
    requests.chain(statuses(all, &chances.refused, runs)).collect()
}

/// How often each kind of expectation was met, and was not.
fn expected(all: u64, chances: &Chances, runs: [&Seen; 2]) -> Vec<Line> {
    let expectations = chances.expectations.iter().map(|(kind, chance)| {
        let counts = runs.map(|run| count(&run.expectations, kind));
        both(&format!("expectations {kind}"), counts, Due::by_chance(all, *chance))
    });
    expectations.collect()
}

/// Everything is well but for those who are refused where the data says so.
fn statuses(all: u64, refused: &BTreeMap<String, f64>, runs: [&Seen; 2]) -> Vec<Line> {
    let due = refused.keys().map(|endpoint| format!("{endpoint} {REFUSED}"));
    let seen = runs.into_iter().flat_map(|run| run.statuses.keys().cloned());
    let names: BTreeSet<String> = due.chain(seen).collect();
    let line = |name: String| {
        let counts = runs.map(|run| count(&run.statuses, &name));
        let (endpoint, status) = name.rsplit_once(' ').unwrap_or((&name, ""));
        match status {
            "200" => follows(&name, counts, runs.map(|run| welcome(run, endpoint))),
            REFUSED => {
                let chance = refused.get(endpoint).copied().unwrap_or_default();
                both(&name, counts, Due::by_chance(all, chance))
            }
            _ => both(&name, counts, Due::Exactly(0)),
        }
    };
    names.into_iter().map(line).collect()
}

/// A figure of expectations, if artillery looked at them.
fn looked_at(line: Line, expectations: Expectations) -> Line {
    let Expectations::PassedOver = expectations else { return line };
    let known = (line.ours.1 != Due::Exactly(0)).then_some(PASSED_OVER);
    Line { theirs: (line.theirs.0, Due::Exactly(0)), known, ..line }
}

fn journeys(run: &Seen) -> u64 {
    run.journeys.0 + run.journeys.1
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

/// What journeys of any name have.
fn keys(
    courses: &BTreeMap<String, Course>,
    of: fn(&Course) -> &BTreeMap<String, u64>,
) -> impl Iterator<Item = &str> {
    courses.values().flat_map(move |course| of(course).keys().map(String::as_str))
}

/// So much of each journey that began in a run.
fn sum(courses: &BTreeMap<String, Course>, run: &Seen, of_each: impl Fn(&Course) -> u64) -> u64 {
    courses.iter().map(|(name, course)| count(&run.names, name) * of_each(course)).sum()
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
