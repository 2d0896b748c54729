//! The gates: before the hashing of passwords, before the store, before everything.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use gacp_resilience::gate::{self, Gate, Observer, Rejected};
use gacp_telemetry::closed_label;
use gacp_telemetry::metrics::Registry;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric as _};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;

/// In seconds: a call takes thousandths, a hash some hundredths, nobody waits for longer than two.
const BUCKETS: [f64; 11] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0];

closed_label! {
    /// Which gate.
    pub enum Which {
        /// Before the cores that hash passwords.
        PasswordHash => "password-hash",
        /// Before everything that requests do.
        Requests => "requests",
        /// Before the store.
        Store => "store",
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

/// `gate_wait_seconds`, `gate_work_seconds`, `gate_inside`, `gate_waiting` and
/// `gate_rejected_total{reason}`, of each gate. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Gates {
    waits: Times,
    works: Times,
    rejected: Family<Refusal, Counter>,
    made: Arc<Made>,
}

/// One gate of each kind: another would be a mistake, and does not replace it.
#[derive(Debug, Default)]
struct Made([OnceLock<Gate>; Which::ALL.len()]);

/// `gate_inside` and `gate_waiting`: both are counted by the gate itself, and asked for by scrapers.
#[derive(Debug)]
struct Occupancies(Arc<Made>);

type Times = Family<Labels, Histogram, fn() -> Histogram>;

/// What one gate counts.
struct Counts {
    waits: Histogram,
    works: Histogram,
    full: Counter,
    too_late: Counter,
}

impl Gates {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let times = || Times::new_with_constructor(|| Histogram::new(BUCKETS));
        let made = Arc::<Made>::default();
        let gates = Self {
            waits: times(),
            works: times(),
            rejected: Family::default(),
            made: Arc::clone(&made),
        };
        let waits = "How long it took to be let in";
        registry.register("gate_wait_seconds", waits, gates.waits.clone());
        let works = "How long it took inside";
        registry.register("gate_work_seconds", works, gates.works.clone());
        registry.register("gate_rejected", "What was not let in", gates.rejected.clone());
        registry.register_collector(Box::new(Occupancies(made)));
        for gate in Which::ALL {
            drop(gates.counts(gate));
        }
        gates
    }

    /// Makes the gate of this kind.
    pub(crate) fn make(&self, which: Which, limits: gate::Limits) -> Gate {
        let gate = Gate::observed(limits, Arc::new(self.counts(which)));
        let slot = Which::ALL.iter().zip(&self.made.0).find(|(kind, _)| **kind == which);
        if let Some((_, slot)) = slot {
            let _ = slot.set(gate.clone());
        }
        gate
    }

    /// Those that were made.
    pub(crate) fn made(&self) -> impl Iterator<Item = (&'static str, &Gate)> {
        self.made.by_kind().map(|(kind, gate)| (kind.as_str(), gate))
    }

    fn counts(&self, gate: Which) -> Counts {
        let refused = |reason| self.rejected.get_or_create_owned(&Refusal { gate, reason });
        let labels = Labels { gate };
        Counts {
            waits: self.waits.get_or_create_owned(&labels),
            works: self.works.get_or_create_owned(&labels),
            full: refused(Reason::Full),
            too_late: refused(Reason::TooLate),
        }
    }
}

impl Made {
    fn by_kind(&self) -> impl Iterator<Item = (Which, &Gate)> {
        let made = Which::ALL.into_iter().zip(&self.0);
        made.filter_map(|(kind, gate)| Some((kind, gate.get()?)))
    }
}

impl Collector for Occupancies {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let (inside, waiting) = <(Family<Labels, Gauge>, Family<Labels, Gauge>)>::default();
        for (gate, made) in self.0.by_kind() {
            let now = made.occupancy();
            for (counts, count) in [(&inside, now.inside), (&waiting, now.waiting)] {
                let count = i64::try_from(count).unwrap_or(i64::MAX);
                counts.get_or_create(&Labels { gate }).set(count);
            }
        }
        let told = [
            ("gate_inside", "What is inside", inside),
            ("gate_waiting", "What waits to be let in", waiting),
        ];
        told.into_iter().try_for_each(|(name, about, counts)| {
            let kind = counts.metric_type();
            counts.encode(encoder.encode_descriptor(name, about, None, kind)?)
        })
    }
}

impl Observer for Counts {
    fn entered(&self, waited: Duration) {
        self.waits.observe(waited.as_secs_f64());
    }

    fn left(&self, inside: Duration) {
        self.works.observe(inside.as_secs_f64());
    }

    fn rejected(&self, why: Rejected) {
        match why {
            Rejected::Full => self.full.inc(),
            Rejected::TooLate => self.too_late.inc(),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(registry: &Registry) -> String {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, registry).unwrap();
        text
    }

    #[tokio::test]
    async fn who_is_inside_and_who_waits_is_told_of_each_gate() {
        let mut registry = Registry::default();
        let gates = Gates::register(&mut registry);
        let limits = gate::Limits { at_once: 1, waiting: 1, patience: Duration::from_mins(1) };
        let gate = gates.make(Which::Store, limits);

        let pass = gate.enter().await.unwrap();
        let mut waits = Box::pin(gate.enter());
        assert!(futures_util::poll!(&mut waits).is_pending());
        let before = told(&registry);
        drop(pass);
        let inside = waits.await.unwrap();
        let after = told(&registry);
        drop(inside);

        let count =
            |text: &str, name: &str| text.contains(&format!("gate_{name}{{gate=\"store\"}} 1\n"));
        assert!(count(&before, "inside") && count(&before, "waiting"), "{before}");
        assert!(count(&after, "inside") && !count(&after, "waiting"), "{after}");
        assert!(!count(&told(&registry), "inside"));
    }
}
