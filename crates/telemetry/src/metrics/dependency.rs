//! Calls to databases, by the semantic conventions for database clients.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// In seconds: an embedded store answers in less than the first, a deadline ends the last.
const BUCKETS: [f64; 14] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// A call, and what came of it. All of it comes from the program, nothing from a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct CallLabels {
    /// `sqlite`, `mongodb`, …
    pub db_system_name: &'static str,
    /// What was asked.
    pub db_collection_name: &'static str,
    /// What it was asked for.
    pub db_operation_name: &'static str,
    /// Empty when it did it.
    pub error_type: &'static str,
}

type Durations = Family<CallLabels, Histogram, fn() -> Histogram>;

/// How long calls took. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Calls {
    durations: Durations,
}

impl Calls {
    /// Registers `db_client_operation_duration_seconds`.
    pub fn register(registry: &mut Registry) -> Self {
        let durations = Durations::new_with_constructor(|| Histogram::new(BUCKETS));
        registry.register_with_unit(
            "db_client_operation_duration",
            "How long calls to stores took",
            Unit::Seconds,
            durations.clone(),
        );
        Self { durations }
    }

    /// A call ended after so long.
    pub fn ended(&self, labels: &CallLabels, took: Duration) {
        self.durations.get_or_create(labels).observe(took.as_secs_f64());
    }
}
