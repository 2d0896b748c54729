//! What the server tells of itself: every metric that it has, and who counts it.

mod breakers;
mod caches;
mod gates;
mod jobs;
mod logins;
mod pool;
mod retries;
mod scrape;
mod stores;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use gacp_store::fresh_uuid;
use gacp_telemetry::log::{Batched, Writing};
use gacp_telemetry::metrics::{Calls, Exposition, HttpMetrics, Process, Registry};
use gacp_telemetry::traces::{Collector, Service, Traces, TracesError};
use jiff::Timestamp;
use prometheus_client::metrics::info::Info;

use crate::config::{Config, Store};

pub use self::breakers::Breakers;
pub(crate) use self::breakers::Dependency as WhichBreaker;
pub use self::caches::Caches;
pub(crate) use self::caches::Kept;
pub use self::gates::Gates;
pub(crate) use self::gates::Which as WhichGate;
pub use self::jobs::{Job, Jobs};
pub use self::logins::Logins;
use self::pool::Pool;
pub use self::retries::Retries;
pub(crate) use self::scrape::serve;
pub(crate) use self::stores::Watch;

/// What spans and metrics call this program.
const SERVICE: &str = "gacp-api";

/// Metrics to which things can still be added, and where spans go.
#[derive(Debug)]
pub struct Telemetry {
    registry: Registry,
    /// Where spans go.
    pub traces: Traces,
}

/// Everything that is counted.
#[derive(Debug, Clone)]
pub struct Metrics {
    /// Requests.
    pub http: HttpMetrics,
    /// Which traces they belong to.
    pub traces: Traces,
    /// Logins, registrations, refreshes.
    pub logins: Arc<Logins>,
    /// What only so many can do at once.
    pub gates: Gates,
    /// What is not asked while it is out.
    pub breakers: Breakers,
    /// What is asked again.
    pub retries: Retries,
    /// What is kept.
    pub caches: Caches,
    /// What happens without a request.
    pub jobs: Jobs,
    /// Calls of stores.
    pub(crate) calls: Calls,
    /// Connections to MongoDB, where that is the store.
    pub(crate) pool: Option<Arc<Pool>>,
    /// All of it, to be scraped.
    pub exposition: Exposition,
}

impl Telemetry {
    /// As configured. Spans that are lost are counted. Fails when no client can be made for the
    /// collector; whether there is one is not looked at.
    pub fn of(config: &Config, now: Timestamp) -> Result<Self, TracesError> {
        let mut registry = Registry::default();
        let traces = match &config.collector {
            Some(collector) => traces(collector, &mut registry, now)?,
            None => Traces::off(),
        };
        Ok(Self { registry, traces })
    }

    /// A log that is written to `out`, and at the end waited for no longer than `patience`. Lines
    /// that are lost are counted. Fails when there can be no further thread.
    pub fn batched(
        &mut self,
        out: impl io::Write + Send + 'static,
        patience: Duration,
    ) -> io::Result<(Batched, Writing)> {
        Batched::to(out, patience, &mut self.registry)
    }

    /// Nothing but metrics.
    pub fn quiet() -> Self {
        Self { registry: Registry::default(), traces: Traces::off() }
    }
}

fn traces(
    collector: &Collector,
    registry: &mut Registry,
    now: Timestamp,
) -> Result<Traces, TracesError> {
    let instance = fresh_uuid(now).to_string();
    let service = Service { name: SERVICE, version: env!("CARGO_PKG_VERSION"), instance };
    Traces::to(collector, &service, registry)
}

impl Metrics {
    /// All of them, added to these, from now on; a request's route is one of `routes`, or none.
    pub fn of(
        telemetry: Telemetry,
        config: &Config,
        now: Timestamp,
        routes: impl IntoIterator<Item = &'static str>,
    ) -> Self {
        let mut registry = telemetry.registry;
        let version = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("gacp_build", "What runs", version);
        Process::register(&mut registry);
        Self {
            http: HttpMetrics::register(&mut registry, config.scheme(), routes),
            traces: telemetry.traces,
            logins: Arc::new(Logins::register(&mut registry)),
            gates: Gates::register(&mut registry),
            breakers: Breakers::register(&mut registry),
            retries: Retries::register(&mut registry),
            caches: Caches::register(&mut registry),
            jobs: Jobs::register(&mut registry, now),
            calls: Calls::register(&mut registry),
            pool: pool(config, &mut registry),
            exposition: Exposition::new(registry),
        }
    }

    /// Metrics that nobody scrapes: of a command, of a test.
    pub fn unseen(config: &Config) -> Self {
        Self::of(Telemetry::quiet(), config, Timestamp::UNIX_EPOCH, [])
    }
}

fn pool(config: &Config, registry: &mut Registry) -> Option<Arc<Pool>> {
    match config.store {
        Store::Sqlite => None,
        Store::Mongo { .. } => Some(Arc::new(Pool::register(registry))),
    }
}
