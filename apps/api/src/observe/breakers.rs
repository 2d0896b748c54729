//! The circuit breakers, one around each dependency.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gacp_resilience::breaker::{
    Breaker, Listener, Mode, Nonsense, Open, Outcome, Settings, State, Transition,
};
use gacp_resilience::clock::Monotonic;
use gacp_telemetry::closed_label;
use gacp_telemetry::metrics::Registry;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric as _};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;

closed_label! {
    /// What a breaker is around.
    pub enum Dependency {
        /// The store in a file.
        Sqlite => "sqlite",
        /// The store that processes share.
        Mongodb => "mongodb",
        /// What else they share.
        Redis => "redis",
    }
}

closed_label! {
    /// What a breaker does with calls.
    enum Label {
        Closed => "closed",
        Open => "open",
        HalfOpen => "half_open",
    }
}

closed_label! {
    /// What became of a call, for its breaker.
    enum Ending {
        Success => "success",
        Failure => "failure",
        Ignored => "ignored",
        Cancelled => "cancelled",
        Stale => "stale",
        Rejected => "rejected",
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByState {
    breaker: Dependency,
    state: Label,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByEnding {
    breaker: Dependency,
    outcome: Ending,
}

/// `circuit_breaker_state{breaker,state}`: 1 for the state that a breaker is in;
/// `circuit_breaker_transitions_total{breaker,state}`: into it;
/// `circuit_breaker_calls_total{breaker,outcome}`. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Breakers {
    transitions: Family<ByState, Counter>,
    calls: Family<ByEnding, Counter>,
    made: Made,
}

/// Those that there are: a handful.
#[derive(Debug, Clone, Default)]
struct Made(Arc<Mutex<List>>);

type List = Vec<(Dependency, Arc<Breaker>)>;

/// States are asked for by scrapers.
#[derive(Debug)]
struct States(Made);

/// What one breaker counts and logs.
struct Counts {
    breaker: Dependency,
    transitions: [(Label, Counter); Label::ALL.len()],
    success: Counter,
    failure: Counter,
    ignored: Counter,
    cancelled: Counter,
    stale: Counter,
    rejected: Counter,
}

impl Breakers {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let all = Self {
            transitions: Family::default(),
            calls: Family::default(),
            made: Made::default(),
        };
        let transitions = "Changes of a circuit breaker into a state";
        registry.register("circuit_breaker_transitions", transitions, all.transitions.clone());
        let calls = "Calls by what became of them for their circuit breaker";
        registry.register("circuit_breaker_calls", calls, all.calls.clone());
        registry.register_collector(Box::new(States(all.made.clone())));
        all
    }

    /// Makes the breaker around a dependency.
    pub(crate) fn make(
        &self,
        breaker: Dependency,
        settings: Settings,
        mode: Mode,
    ) -> Result<Arc<Breaker>, Nonsense> {
        let listener = Arc::new(self.counts(breaker));
        let around = Breaker::observed(settings, Arc::new(Monotonic::new()), listener)?;
        around.set_mode(mode);
        let around = Arc::new(around);
        self.made.lock().push((breaker, Arc::clone(&around)));
        Ok(around)
    }

    /// How each stands, by the name of what it is around.
    pub(crate) fn states(&self) -> Vec<(&'static str, &'static str)> {
        let made = self.made.lock();
        made.iter()
            .map(|(kind, breaker)| (kind.as_str(), label(breaker.state()).as_str()))
            .collect()
    }

    fn counts(&self, breaker: Dependency) -> Counts {
        let into = |state| self.transitions.get_or_create_owned(&ByState { breaker, state });
        let calls = |outcome| self.calls.get_or_create_owned(&ByEnding { breaker, outcome });
        Counts {
            breaker,
            transitions: Label::ALL.map(|state| (state, into(state))),
            success: calls(Ending::Success),
            failure: calls(Ending::Failure),
            ignored: calls(Ending::Ignored),
            cancelled: calls(Ending::Cancelled),
            stale: calls(Ending::Stale),
            rejected: calls(Ending::Rejected),
        }
    }
}

impl Made {
    fn lock(&self) -> MutexGuard<'_, List> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn label(state: State) -> Label {
    match state {
        State::Closed => Label::Closed,
        State::Open => Label::Open,
        State::HalfOpen => Label::HalfOpen,
    }
}

impl Collector for States {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let states = Family::<ByState, Gauge>::default();
        for (breaker, made) in self.0.lock().iter() {
            let now = label(made.state());
            for state in Label::ALL {
                let labels = ByState { breaker: *breaker, state };
                states.get_or_create(&labels).set(i64::from(state == now));
            }
        }
        let about = "Which state a circuit breaker is in: 1 for that one";
        let kind = states.metric_type();
        states.encode(encoder.encode_descriptor("circuit_breaker_state", about, None, kind)?)
    }
}

impl Listener for Counts {
    fn transition(&self, transition: &Transition) {
        let to = label(transition.to);
        if let Some((_, counter)) = self.transitions.iter().find(|(state, _)| *state == to) {
            counter.inc();
        }
        let (breaker, cause) = (self.breaker.as_str(), transition.cause);
        let open_ms = transition.open_for.map(|time| time.as_millis());
        match transition.to {
            State::Open => {
                tracing::warn!(breaker, ?cause, open_ms, "a circuit breaker has opened");
            }
            State::HalfOpen => tracing::info!(breaker, "a circuit breaker lets some calls through"),
            State::Closed => tracing::info!(breaker, ?cause, "a circuit breaker has closed"),
        }
    }

    fn rejected(&self, _open: Open) {
        self.rejected.inc();
    }

    fn recorded(&self, outcome: Outcome, _elapsed: Duration) {
        match outcome {
            Outcome::Success => self.success.inc(),
            Outcome::Failure => self.failure.inc(),
            Outcome::Ignore => self.ignored.inc(),
        };
    }

    fn stale(&self, _outcome: Outcome) {
        self.stale.inc();
    }

    fn cancelled(&self) {
        self.cancelled.inc();
    }
}
