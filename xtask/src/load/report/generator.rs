//! Whether this task kept up: a run that it could not keep up with says nothing of the server.

use std::time::Duration;

use serde::Serialize;

use super::super::engine::Played;
use super::super::figures::{milliseconds, number, percent};

/// How late a hundredth of the journeys may begin: below what anybody looks at in a latency.
const LATEST: Duration = Duration::from_millis(50);

/// The share of a core above which there is no room left for a burst.
const BUSIEST: f64 = 90.0;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::load) struct Generator {
    /// How late journeys began, in ms.
    pub(in crate::load) lag_p99: f64,
    pub(in crate::load) lag_max: f64,
    /// Of one core, in percent: it uses no more.
    pub(in crate::load) cpu: f64,
    /// Requests for each second of its processor time.
    pub(in crate::load) requests_per_core: f64,
    pub(in crate::load) connections: u64,
    /// Requests that waited for a connection.
    pub(in crate::load) waits: u64,
    /// Journeys that were not begun: the scenario wanted no more, or there was no room.
    pub(in crate::load) skipped_as_told: u64,
    pub(in crate::load) skipped: u64,
    /// Why the run says nothing of the server.
    pub(in crate::load) invalid: Vec<String>,
}

impl Generator {
    pub(super) fn of(played: &Played) -> Self {
        let (usage, record) = (&played.usage, &played.record);
        let spent = usage.worker.as_secs_f64();
        let (connections, waits) = played.connections;
        let mut generator = Self {
            lag_p99: milliseconds(record.lag.quantile(0.99)),
            lag_max: milliseconds(record.lag.longest()),
            cpu: 100.0 * spent / usage.elapsed.as_secs_f64().max(f64::EPSILON),
            requests_per_core: if spent > 0.0 { number(record.requests()) / spent } else { 0.0 },
            connections,
            waits,
            skipped_as_told: record.skipped_as_told,
            skipped: record.skipped,
            invalid: Vec::new(),
        };
        generator.invalid = generator.reasons(record.requests());
        generator
    }

    fn reasons(&self, requests: u64) -> Vec<String> {
        let Self { lag_p99, cpu, waits, skipped, .. } = self;
        let latest = milliseconds(LATEST);
        let mut reasons = Vec::new();
        if *lag_p99 > latest {
            reasons.push(format!(
                "one journey of a hundred began {lag_p99:.0} ms late or later, {latest} ms are allowed: \
                 the machine is too busy"
            ));
        }
        if *cpu > BUSIEST {
            reasons.push(format!("this task used {cpu:.0} % of the one core that it has"));
        }
        if percent(*waits, requests) > 1.0 {
            reasons.push(format!("{waits} requests waited for a connection: raise `http.pool`"));
        }
        if *skipped > 0 {
            reasons.push(format!("{skipped} journeys were not begun, there was no room for more"));
        }
        reasons
    }
}
