//! What is tried again, and what is not.

use std::sync::Arc;

use gacp_resilience::retry::{GivenUp, Observer};
use gacp_telemetry::closed_label;
use gacp_telemetry::metrics::Registry;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;

use super::breakers::Dependency;

closed_label! {
    /// What became of a retry that might have helped.
    enum Outcome {
        Made => "made",
        Exhausted => "exhausted",
        TooLate => "too_late",
        OverBudget => "over_budget",
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    dependency: Dependency,
    outcome: Outcome,
}

/// `retries_total{dependency,outcome}`. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Retries(Family<Labels, Counter>);

/// What the retries of one dependency count.
struct Counts {
    made: Counter,
    exhausted: Counter,
    too_late: Counter,
    over_budget: Counter,
}

impl Retries {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let retries = Family::default();
        let help = "Calls that could be tried again, by whether they were";
        registry.register("retries", help, retries.clone());
        Self(retries)
    }

    /// Sees the retries of a dependency. Each of its series is there from then on.
    pub(crate) fn of(&self, dependency: Dependency) -> Arc<dyn Observer> {
        let count = |outcome| self.0.get_or_create_owned(&Labels { dependency, outcome });
        Arc::new(Counts {
            made: count(Outcome::Made),
            exhausted: count(Outcome::Exhausted),
            too_late: count(Outcome::TooLate),
            over_budget: count(Outcome::OverBudget),
        })
    }
}

impl Observer for Counts {
    fn retried(&self) {
        self.made.inc();
    }

    fn given_up(&self, why: GivenUp) {
        match why {
            GivenUp::Exhausted => self.exhausted.inc(),
            GivenUp::TooLate => self.too_late.inc(),
            GivenUp::OverBudget => self.over_budget.inc(),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retry_that_is_made_and_each_reason_why_none_is_have_their_own_count() {
        let retries = Retries::register(&mut Registry::default());
        let seen = retries.of(Dependency::Mongodb);
        drop(retries.of(Dependency::Sqlite));

        seen.retried();
        for (why, times) in
            [(GivenUp::Exhausted, 2), (GivenUp::TooLate, 3), (GivenUp::OverBudget, 4)]
        {
            (0..times).for_each(|_| seen.given_up(why));
        }

        let counted = |dependency| {
            let count = |outcome| retries.0.get_or_create_owned(&Labels { dependency, outcome });
            Outcome::ALL.map(|outcome| (outcome.as_str(), count(outcome).get()))
        };
        let expected = [("made", 1), ("exhausted", 2), ("too_late", 3), ("over_budget", 4)];
        assert_eq!(counted(Dependency::Mongodb), expected);
        assert_eq!(counted(Dependency::Sqlite).map(|(_, count)| count), [0; 4]);
    }
}
