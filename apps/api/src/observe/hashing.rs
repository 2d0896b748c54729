//! The gate before the hashing of passwords.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use gacp_resilience::gate::{Gate, Observer, Rejected};
use gacp_telemetry::closed_label;
use gacp_telemetry::metrics::Registry;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric as _};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;

/// In seconds: a hash takes some hundredths, nobody waits for longer than two.
const BUCKETS: [f64; 10] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0];

closed_label! {
    /// Which gate.
    enum Which {
        PasswordHash => "password-hash",
    }
}

closed_label! {
    /// Why somebody was not let in.
    enum Reason {
        Full => "full",
        TooLate => "too_late",
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    gate: Which,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Refusal {
    gate: Which,
    reason: Reason,
}

const GATE: Labels = Labels { gate: Which::PasswordHash };

/// `gate_wait_seconds`, `gate_work_seconds`, `gate_inside`, `gate_waiting` and
/// `gate_rejected_total{reason}`, each of the gate
/// `password-hash`.
#[derive(Debug)]
pub struct Hashing {
    waits: Histogram,
    works: Histogram,
    inside: Gauge,
    rejected: Family<Refusal, Counter>,
    waiting: Arc<OnceLock<Gate>>,
}

/// `gate_waiting`: who waits is counted by the gate itself, and asked for by scrapers.
#[derive(Debug)]
struct Waiting(Arc<OnceLock<Gate>>);

type Times = Family<Labels, Histogram, fn() -> Histogram>;

impl Hashing {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let times = || Times::new_with_constructor(|| Histogram::new(BUCKETS));
        let (waits, works) = (times(), times());
        let (inside, rejected) = (Family::<Labels, Gauge>::default(), Family::default());
        for reason in Reason::ALL {
            drop(rejected.get_or_create(&Refusal { gate: GATE.gate, reason }));
        }
        registry.register("gate_wait_seconds", "How long work waited to be let in", waits.clone());
        registry.register("gate_work_seconds", "How long work took inside", works.clone());
        registry.register("gate_inside", "Work that is being done", inside.clone());
        registry.register("gate_rejected", "Work that was not let in", rejected.clone());
        let waiting = Arc::<OnceLock<Gate>>::default();
        registry.register_collector(Box::new(Waiting(Arc::clone(&waiting))));
        Self {
            waits: waits.get_or_create_owned(&GATE),
            works: works.get_or_create_owned(&GATE),
            inside: inside.get_or_create_owned(&GATE),
            rejected,
            waiting,
        }
    }

    /// This is the gate that is observed.
    pub(crate) fn look_at(&self, gate: &Gate) {
        // One gate per process: another would be a mistake, and does not replace it.
        let _ = self.waiting.set(gate.clone());
    }
}

impl Collector for Waiting {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let waiting = self.0.get().map_or(0, |gate| gate.occupancy().waiting);
        let counts = Family::<Labels, Gauge>::default();
        counts.get_or_create(&GATE).set(i64::try_from(waiting).unwrap_or(i64::MAX));
        let about = "Work that waits to be let in";
        let kind = counts.metric_type();
        counts.encode(encoder.encode_descriptor("gate_waiting", about, None, kind)?)
    }
}

impl Observer for Hashing {
    fn entered(&self, waited: Duration) {
        self.waits.observe(waited.as_secs_f64());
        self.inside.inc();
    }

    fn left(&self, inside: Duration) {
        self.works.observe(inside.as_secs_f64());
        self.inside.dec();
    }

    fn rejected(&self, why: Rejected) {
        let reason = match why {
            Rejected::Full => Reason::Full,
            Rejected::TooLate => Reason::TooLate,
        };
        self.rejected.get_or_create(&Refusal { gate: GATE.gate, reason }).inc();
    }
}
