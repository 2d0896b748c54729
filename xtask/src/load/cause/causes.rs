//! Failures by their cause, as compilers group what they say.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use super::super::figures::percent;
use super::classify::classify;
use super::curl::curl;
use super::{Class, Failure, Heard};

/// The most causes that are told apart; more would not be read.
const MOST: usize = 100;

/// The most rows that a cause lists.
const MOST_ROWS: usize = 20;

/// Every cause that was met.
#[derive(Debug, Default)]
pub(in crate::load) struct Causes {
    base: String,
    known: BTreeMap<Key, Group>,
    /// Failures of causes beyond the most that are told apart.
    beyond: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    class: Class,
    endpoint: String,
    detail: String,
}

#[derive(Debug)]
struct Group {
    count: u64,
    rows: BTreeMap<(String, usize), u64>,
    other_rows: u64,
    journeys: BTreeMap<String, u64>,
    lines: BTreeSet<usize>,
    sample: Sample,
}

/// One of them.
#[derive(Debug)]
struct Sample {
    status: Option<u16>,
    code: Option<String>,
    request_id: Option<String>,
    unmet: Vec<String>,
    is_header: bool,
    curl: Option<String>,
}

/// A cause, told.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::load) struct Card {
    pub(in crate::load) class: Class,
    pub(in crate::load) endpoint: String,
    pub(in crate::load) detail: String,
    pub(in crate::load) count: u64,
    /// Of the requests to this endpoint, in percent.
    pub(in crate::load) share: f64,
    pub(in crate::load) status: Option<u16>,
    pub(in crate::load) code: Option<String>,
    /// `file:line`, and how often.
    pub(in crate::load) rows: Vec<(String, u64)>,
    pub(in crate::load) other_rows: u64,
    pub(in crate::load) is_header_row: bool,
    pub(in crate::load) journeys: BTreeMap<String, u64>,
    pub(in crate::load) unmet: Vec<String>,
    /// Of the steps in the scenario.
    pub(in crate::load) scenario_lines: Vec<usize>,
    pub(in crate::load) request_id: Option<String>,
    pub(in crate::load) curl: Option<String>,
    pub(in crate::load) why: &'static str,
    pub(in crate::load) help: &'static str,
}

impl Causes {
    /// Of requests to this server.
    pub(in crate::load) fn of(base: String) -> Self {
        Self { base, ..Self::default() }
    }

    pub(in crate::load) fn enter(&mut self, failure: &Failure<'_>) {
        let (class, detail) = classify(failure);
        let key = Key { class, endpoint: failure.request.endpoint.clone(), detail };
        if !self.known.contains_key(&key) && self.known.len() >= MOST {
            self.beyond += 1;
            return;
        }
        let base = &self.base;
        let group = self.known.entry(key).or_insert_with(|| Group {
            count: 0,
            rows: BTreeMap::new(),
            other_rows: 0,
            journeys: BTreeMap::new(),
            lines: BTreeSet::new(),
            sample: Sample::of(base, failure),
        });
        group.enter(failure);
    }

    /// How many failures nobody can explain.
    pub(in crate::load) fn unexplained(&self) -> u64 {
        let unexplained = self.known.iter().filter(|(key, _)| key.class == Class::Unexplained);
        unexplained.map(|(_, group)| group.count).sum::<u64>() + self.beyond
    }

    /// How many failures there were.
    pub(in crate::load) fn count(&self) -> u64 {
        self.known.values().map(|group| group.count).sum::<u64>() + self.beyond
    }

    /// The cards, the most frequent first; `requests` says how many an endpoint had.
    pub(in crate::load) fn cards(&self, requests: impl Fn(&str) -> u64) -> Vec<Card> {
        let told = |(key, group): (&Key, &Group)| card(key, group, requests(&key.endpoint));
        let mut cards: Vec<Card> = self.known.iter().map(told).collect();
        cards.sort_by_key(|card| std::cmp::Reverse(card.count));
        cards
    }
}

impl Group {
    fn enter(&mut self, failure: &Failure<'_>) {
        self.count += 1;
        self.lines.insert(failure.request.line);
        *self.journeys.entry(failure.journey.to_owned()).or_default() += 1;
        for row in &failure.rows {
            let place = (row.file.to_string(), row.line);
            if self.rows.contains_key(&place) || self.rows.len() < MOST_ROWS {
                *self.rows.entry(place).or_default() += 1;
            } else {
                self.other_rows += 1;
            }
        }
    }
}

impl Sample {
    fn of(base: &str, failure: &Failure<'_>) -> Self {
        let reply = match &failure.heard {
            Heard::Reply(reply) => Some(reply),
            Heard::Unsent(_) | Heard::Nothing(_) => None,
        };
        Self {
            status: reply.map(|reply| reply.status),
            code: reply.and_then(|reply| reply.code.clone()),
            request_id: reply.and_then(|reply| reply.request_id.clone()),
            unmet: failure.unmet.clone(),
            is_header: failure.rows.iter().any(|row| row.is_header()),
            curl: failure.asked.as_ref().map(|asked| curl(base, asked)),
        }
    }
}

fn card(key: &Key, group: &Group, requests: u64) -> Card {
    let Sample { status, code, request_id, unmet, is_header, curl } = &group.sample;
    let mut rows: Vec<(String, u64)> =
        group.rows.iter().map(|((file, line), count)| (format!("{file}:{line}"), *count)).collect();
    rows.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    Card {
        class: key.class,
        endpoint: key.endpoint.clone(),
        detail: key.detail.clone(),
        count: group.count,
        share: percent(group.count, requests),
        status: *status,
        code: code.clone(),
        rows,
        other_rows: group.other_rows,
        is_header_row: *is_header,
        journeys: group.journeys.clone(),
        unmet: unmet.clone(),
        scenario_lines: group.lines.iter().copied().collect(),
        request_id: request_id.clone(),
        curl: curl.clone(),
        why: key.class.why(),
        help: key.class.help(),
    }
}

impl Card {
    /// `line 7`, `lines 7, 9`
    pub(in crate::load) fn lines(&self) -> String {
        let lines: Vec<String> = self.scenario_lines.iter().map(ToString::to_string).collect();
        let word = if lines.len() == 1 { "line" } else { "lines" };
        format!("{word} {}", lines.join(", "))
    }
}

impl fmt::Display for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { class, endpoint, detail, count, share, .. } = self;
        writeln!(
            f,
            "cause[{}]: {count} × {endpoint} ({share:.1} % of its requests)",
            class.name()
        )?;
        let status = self.status.map(|status| format!("{status} ")).unwrap_or_default();
        writeln!(f, "  | {status}{detail}")?;
        for unmet in self.unmet.iter().filter(|unmet| !detail.contains(*unmet)) {
            writeln!(f, "  | {unmet}")?;
        }
        let journeys = self.journeys.iter().map(|(name, count)| format!("{name} {count} ×"));
        let journeys = journeys.collect::<Vec<_>>().join(", ");
        let lines = self.lines();
        writeln!(f, "  = step: {lines} of the scenario, in {journeys}")?;
        if !self.rows.is_empty() {
            let shown = self.rows.iter().take(3).map(|(row, count)| format!("{row} ({count} ×)"));
            let shown = shown.collect::<Vec<_>>().join(", ");
            let more = self.rows.len().saturating_sub(3);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let header =
                if self.is_header_row { ", which is the names of the columns" } else { "" };
            writeln!(f, "  = row: {shown}{more}{header}")?;
        }
        writeln!(f, "  = why: {}", self.why)?;
        writeln!(f, "  = help: {}", self.help)?;
        if let Some(id) = &self.request_id {
            writeln!(f, "  = request id: {id}")?;
        }
        match &self.curl {
            Some(curl) => writeln!(f, "  = again: {curl}"),
            None => Ok(()),
        }
    }
}
