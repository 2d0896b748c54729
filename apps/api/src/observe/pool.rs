//! MongoDB's connections, by the semantic conventions for pools.

use gacp_store_mongo::{PoolEvent, PoolObserver};
use gacp_telemetry::closed_label;
use gacp_telemetry::metrics::Registry;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;

/// In seconds: a connection is there at once, or there are too few.
const BUCKETS: [f64; 9] = [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0];

closed_label! {
    /// Whose connections.
    enum Whose {
        MongoDb => "mongodb",
    }
}

closed_label! {
    /// What a connection is.
    enum State {
        Idle => "idle",
        Used => "used",
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    db_client_connection_pool_name: Whose,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByState {
    db_client_connection_pool_name: Whose,
    db_client_connection_state: State,
}

const POOL: Labels = Labels { db_client_connection_pool_name: Whose::MongoDb };

/// `db_client_connections{state}` (the convention's `db.client.connection.count`; Prometheus keeps
/// that ending for histograms), `db_client_connection_wait_time_seconds` and
/// `db_client_connection_timeouts_total`, each of the pool `mongodb`.
#[derive(Debug)]
pub(crate) struct Pool {
    idle: Gauge,
    used: Gauge,
    waits: Histogram,
    failures: Counter,
}

type Times = Family<Labels, Histogram, fn() -> Histogram>;

impl Pool {
    /// Registers them: only where there is such a pool.
    pub(super) fn register(registry: &mut Registry) -> Self {
        let waits = Times::new_with_constructor(|| Histogram::new(BUCKETS));
        let (counts, failures) =
            (Family::<ByState, Gauge>::default(), Family::<Labels, Counter>::default());
        let about = "Connections to the database";
        registry.register("db_client_connections", about, counts.clone());
        let about = "How long work waited for a connection";
        registry.register("db_client_connection_wait_time_seconds", about, waits.clone());
        let about = "Work that got no connection";
        registry.register("db_client_connection_timeouts", about, failures.clone());
        let count = |db_client_connection_state| {
            let Labels { db_client_connection_pool_name } = POOL;
            let labels = ByState { db_client_connection_pool_name, db_client_connection_state };
            counts.get_or_create_owned(&labels)
        };
        Self {
            idle: count(State::Idle),
            used: count(State::Used),
            waits: waits.get_or_create_owned(&POOL),
            failures: failures.get_or_create_owned(&POOL),
        }
    }
}

impl PoolObserver for Pool {
    fn happened(&self, event: PoolEvent) {
        match event {
            PoolEvent::Opened => {
                self.idle.inc();
            }
            PoolEvent::Closed => {
                self.idle.dec();
            }
            PoolEvent::CheckedOut(waited) => {
                self.waits.observe(waited.as_secs_f64());
                self.idle.dec();
                self.used.inc();
            }
            PoolEvent::CheckedIn => {
                self.used.dec();
                self.idle.inc();
            }
            PoolEvent::Failed(waited) => {
                self.waits.observe(waited.as_secs_f64());
                self.failures.inc();
            }
        }
    }
}
