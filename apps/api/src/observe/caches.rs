//! What is kept, and what became of those who asked for it.

use std::sync::Arc;

use gacp_cache::{Event, Observer};
use gacp_telemetry::closed_label;
use gacp_telemetry::metrics::Registry;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;

closed_label! {
    /// What is kept.
    pub enum Kept {
        /// Replies to requests.
        Replies => "replies",
        /// That sessions live, and what their holders may do.
        Sessions => "sessions",
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByEvent {
    cache: Kept,
    event: &'static str,
}

/// `cache_events_total{cache,event}`. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Caches(Family<ByEvent, Counter>);

/// What one cache counts, in the order of [`Event::ALL`].
struct Counts(Vec<Counter>);

impl Caches {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let events = Family::default();
        let help = "What a cache did: hit, miss, invalidated, …";
        registry.register("cache_events", help, events.clone());
        Self(events)
    }

    /// Sees what one cache does. Each of its series is there from then on.
    pub(crate) fn of(&self, cache: Kept) -> Arc<dyn Observer> {
        let count =
            |event: Event| self.0.get_or_create_owned(&ByEvent { cache, event: event.name() });
        Arc::new(Counts(Event::ALL.map(count).into()))
    }
}

impl Observer for Counts {
    fn saw(&self, event: Event) {
        let nth = Event::ALL.iter().position(|other| *other == event);
        if let Some(counter) = nth.and_then(|nth| self.0.get(nth)) {
            counter.inc();
        }
    }
}
