//! What did not get out of the process, counted.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

use crate::closed_label;

closed_label! {
    /// Why something did not get out.
    pub(crate) enum Reason {
        /// Too many waited.
        QueueFull => "queue_full",
        /// Whoever it was for did not take it.
        NotTaken => "not_taken",
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    reason: Reason,
}

/// How many did not get out. Clones count the same.
#[derive(Debug, Clone)]
pub(crate) struct Dropped(Family<Labels, Counter>);

impl Dropped {
    /// None yet, under this name.
    pub(crate) fn register(registry: &mut Registry, name: &str, help: &str) -> Self {
        let dropped = Family::<Labels, Counter>::default();
        for reason in Reason::ALL {
            drop(dropped.get_or_create(&Labels { reason }));
        }
        registry.register(name, help, dropped.clone());
        Self(dropped)
    }

    pub(crate) fn add(&self, reason: Reason, many: usize) {
        let many = u64::try_from(many).unwrap_or(u64::MAX);
        self.0.get_or_create(&Labels { reason }).inc_by(many);
    }
}
