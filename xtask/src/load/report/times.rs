//! How long replies took.

use std::time::Duration;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::super::figures::milliseconds;
use super::super::record::{Record, Times};
use crate::latency::Latency;

/// Times in ms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::load) struct Quantiles {
    pub(in crate::load) count: u64,
    pub(in crate::load) min: f64,
    pub(in crate::load) mean: f64,
    pub(in crate::load) p50: f64,
    pub(in crate::load) p75: f64,
    pub(in crate::load) p90: f64,
    pub(in crate::load) p95: f64,
    pub(in crate::load) p99: f64,
    pub(in crate::load) p999: f64,
    pub(in crate::load) max: f64,
}

/// Since requests were due, and since they were sent: where the two differ, this task or a slow
/// server kept requests waiting.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::load) struct Pair {
    pub(in crate::load) due: Quantiles,
    pub(in crate::load) sent: Quantiles,
}

impl Pair {
    pub(in crate::load) fn of(times: &Times) -> Self {
        Self { due: Quantiles::of(&times.due), sent: Quantiles::of(&times.sent) }
    }
}

impl Quantiles {
    pub(in crate::load) fn of(latency: &Latency) -> Self {
        if latency.count() == 0 {
            return Self::default();
        }
        let at = |share| rounded(latency.quantile(share));
        Self {
            count: latency.count(),
            min: rounded(latency.shortest()),
            mean: rounded(latency.mean()),
            p50: at(0.5),
            p75: at(0.75),
            p90: at(0.9),
            p95: at(0.95),
            p99: at(0.99),
            p999: at(0.999),
            max: rounded(latency.longest()),
        }
    }

    /// By its name in a limit.
    pub(super) fn named(&self, name: &str) -> Option<f64> {
        let value = match name {
            "count" => super::super::figures::number(self.count),
            "min" => self.min,
            "mean" => self.mean,
            "median" | "p50" => self.p50,
            "p75" => self.p75,
            "p90" => self.p90,
            "p95" => self.p95,
            "p99" => self.p99,
            "p999" => self.p999,
            "max" => self.max,
            _ => return None,
        };
        Some(value)
    }
}

/// Milliseconds to a thousandth.
fn rounded(time: Duration) -> f64 {
    (milliseconds(time) * 1_000.0).round() / 1_000.0
}

/// Of every reply that says all went well, whichever endpoint it came from.
pub(super) fn of_successes(record: &Record) -> Result<Times> {
    let mut all = Times::new()?;
    for endpoint in record.endpoints.values() {
        for (_, times) in endpoint.times.iter().filter(|(class, _)| (1..4).contains(*class)) {
            all.add(times)?;
        }
    }
    Ok(all)
}

/// Of every reply that came out of a cache.
pub(super) fn from_cache(record: &Record) -> Result<Times> {
    let mut all = Times::new()?;
    for times in record.endpoints.values().filter_map(|endpoint| endpoint.from_cache.as_ref()) {
        all.add(times)?;
    }
    Ok(all)
}

/// Of every reply of a class of statuses.
pub(super) fn of_class(record: &Record, class: u16) -> Result<Times> {
    let mut all = Times::new()?;
    for endpoint in record.endpoints.values() {
        if let Some(times) = endpoint.times.get(&class) {
            all.add(times)?;
        }
    }
    Ok(all)
}

/// Quantiles that come ever closer to the longest time.
pub(super) fn curve(latency: &Latency) -> Vec<(f64, f64)> {
    const SHARES: [f64; 13] =
        [0.0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9995, 0.9999, 1.0];
    if latency.count() == 0 {
        return Vec::new();
    }
    SHARES.map(|share| (share, rounded(latency.quantile(share)))).to_vec()
}
