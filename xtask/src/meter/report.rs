//! What a run has measured, as a person and as a program read it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::row::{Outcome, Row, Spread};
use crate::services::counters::Commands;

/// Every row of a run, and what they come to.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    /// How often the journey was played.
    pub(super) rounds: u32,
    pub(super) requests: u64,
    /// All that the requests came to; nothing where operations are not counted.
    pub(super) commands: Option<Commands>,
    /// What ran in the database while no request was under way.
    pub(super) between_requests: Option<Commands>,
    /// The slowest first.
    pub(super) rows: Vec<Line>,
}

/// The requests to one route with one outcome.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Line {
    pub(super) route: String,
    pub(super) status: u16,
    /// The stored reply of an earlier request was given again.
    pub(super) is_replay: bool,
    pub(super) count: u64,
    pub(super) operations: Option<Operations>,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    pub(super) max_ms: f64,
}

/// The commands of one request to MongoDB.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Operations {
    #[serde(flatten)]
    pub(super) spread: Spread,
    /// How many of them commit a transaction, for most requests.
    pub(super) transactions: u64,
    /// Which ones they are, the usual ones first.
    pub(super) kinds: Vec<Kind>,
}

/// Requests that came to just the same commands.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Kind {
    pub(super) count: u64,
    pub(super) commands: Commands,
}

impl Report {
    pub(super) fn of(
        rounds: u32,
        rows: &BTreeMap<Outcome, Row>,
        between: Option<&Commands>,
    ) -> Self {
        let mut lines: Vec<Line> =
            rows.iter().map(|(outcome, row)| Line::of(outcome, row)).collect();
        lines.sort_by(|one, other| other.p50_ms.total_cmp(&one.p50_ms));
        Self {
            rounds,
            requests: lines.iter().map(|line| line.count).sum(),
            commands: between.map(|_| all(&lines)),
            between_requests: between.cloned(),
            rows: lines,
        }
    }
}

/// The commands of all requests together.
fn all(lines: &[Line]) -> Commands {
    let mut sum = Commands::default();
    let kinds = lines.iter().filter_map(|line| line.operations.as_ref());
    for kind in kinds.flat_map(|operations| &operations.kinds) {
        sum.add(&kind.commands, kind.count);
    }
    sum
}

impl Line {
    fn of(outcome: &Outcome, row: &Row) -> Self {
        let Outcome { route, status, is_replay } = outcome.clone();
        Self {
            route,
            status,
            is_replay,
            count: row.count(),
            operations: Operations::of(row),
            p50_ms: milliseconds(row.quantile(0.5)),
            p99_ms: milliseconds(row.quantile(0.99)),
            max_ms: milliseconds(row.quantile(1.0)),
        }
    }
}

impl Operations {
    fn of(row: &Row) -> Option<Self> {
        let (spread, transactions) = (row.operations()?, row.transactions()?);
        let kinds = row.kinds().into_iter();
        let kinds = kinds.map(|(kind, count)| Kind { count, commands: kind.clone() }).collect();
        Some(Self { spread, transactions, kinds })
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
