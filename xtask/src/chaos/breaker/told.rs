//! What the metrics of a server tell of its breaker.

use crate::exposition::{Sample, samples};

/// What the breaker does, and how often it has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) state: State,
    /// Changes so far.
    pub(super) changes: u64,
    /// How often it has opened so far.
    pub(super) openings: u64,
    /// Calls so far that it has counted as failures.
    pub(super) failures: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Closed,
    Open,
    HalfOpen,
}

const STATES: [(State, &str); 3] =
    [(State::Closed, "closed"), (State::Open, "open"), (State::HalfOpen, "half_open")];

/// The breakers around stores. There may be others beside, such as around Redis.
const STORES: [&str; 2] = ["mongodb", "sqlite"];

impl Told {
    /// Reads the text format of a server with one store.
    pub(super) fn read(text: &str) -> Option<Self> {
        let is_in = |name: &str| value(text, "circuit_breaker_state", "state", name) == Some(1);
        let (state, _) = STATES.into_iter().find(|(_, name)| is_in(name))?;
        let into = |name| value(text, "circuit_breaker_transitions_total", "state", name);
        let openings = into("open")?;
        Some(Self {
            state,
            changes: into("closed")? + openings + into("half_open")?,
            openings,
            failures: value(text, "circuit_breaker_calls_total", "outcome", "failure")?,
        })
    }
}

fn value(text: &str, metric: &str, label: &str, value: &str) -> Option<u64> {
    let is_it = |it: &Sample<'_>| {
        it.label(label) == Some(value)
            && it.label("breaker").is_some_and(|breaker| STORES.contains(&breaker))
    };
    samples(text, metric).find(is_it)?.count()
}

#[cfg(test)]
mod tests {
    use super::{State, Told};

    const TEXT: &str = r#"# TYPE circuit_breaker_state gauge
circuit_breaker_state{breaker="mongodb",state="closed"} 0
circuit_breaker_state{breaker="mongodb",state="open"} 0
circuit_breaker_state{breaker="mongodb",state="half_open"} 1
circuit_breaker_transitions_total{breaker="mongodb",state="closed"} 2
circuit_breaker_transitions_total{breaker="mongodb",state="open"} 3
circuit_breaker_transitions_total{breaker="mongodb",state="half_open"} 4
circuit_breaker_calls_total{breaker="mongodb",outcome="success"} 1000
circuit_breaker_calls_total{breaker="mongodb",outcome="failure"} 17
"#;

    #[test]
    fn a_breaker_is_read_from_the_text_format() {
        let told = Told { state: State::HalfOpen, changes: 9, openings: 3, failures: 17 };

        assert_eq!(Told::read(TEXT), Some(told));
    }

    #[test]
    fn a_breaker_around_something_else_is_none_of_its_business() {
        let other = TEXT.replace("mongodb", "redis").replace("} 3", "} 5").replace("} 17", "} 8");

        assert_eq!(Told::read(&format!("{other}{TEXT}")), Told::read(TEXT));
        assert_eq!(Told::read(&other), None);
    }

    #[test]
    fn metrics_without_a_breaker_tell_nothing() {
        assert_eq!(Told::read("process_threads 4\n"), None);
        assert_eq!(Told::read(&TEXT.replace("circuit_breaker_calls", "other")), None);
    }
}
