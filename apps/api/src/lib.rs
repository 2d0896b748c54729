//! The GACP HTTP API: the shell around the domain crates, and their composition.
//!
//! Nothing in here is meant for reuse; the crates under `crates/` are. The binary `gacp-api` and
//! the tests start it by [`start`].

pub mod access;
mod caching;
pub mod clock;
pub mod compose;
pub mod config;
pub mod demo;
pub mod http;
mod jobs;
pub mod json;
pub mod logging;
mod master_key;
pub mod network;
pub mod observe;
mod openapi;
pub mod operator;
mod people;
pub mod readiness;
pub mod routes;
pub mod serve;
pub mod stores;
mod views;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::rt;
use actix_web::web::{Data, ServiceConfig};
use anyhow::Context as _;
use async_trait::async_trait;
use gacp_cache_redis::Redis;
use gacp_keys::KeyStore;
use gacp_store::BoxError;

pub use clock::Clock;
pub use config::Config;
pub use serve::Running;

use observe::{Metrics, Telemetry};
use openapi::Description;
use readiness::{Dependency, Readiness};

/// Opens the store and serves the API until the server is stopped. Traces go nowhere.
pub async fn start(config: &Config, clock: Clock) -> anyhow::Result<Running> {
    start_observed(config, clock, Telemetry::quiet()).await
}

/// The same, with traces that go where they were told to.
pub async fn start_observed(
    config: &Config,
    clock: Clock,
    telemetry: Telemetry,
) -> anyhow::Result<Running> {
    let table = routes::all();
    let metrics = Metrics::of(telemetry, config, clock.now(), table.paths());
    // Boxed: it is deep, and happens once.
    let services = Box::pin(compose::services(config, &clock, &metrics)).await?;
    if config.demo {
        demo::seed(&services, clock.now()).await?;
    }
    let listener = listen(config.server.listen)?;
    let scraped = observe::serve(listen(config.server.metrics_listen)?, metrics.exposition)?;
    let store: Arc<dyn Dependency> = Arc::new(StoreProbe(services.stores.keys.clone()));
    let mut helpful: Vec<(_, Arc<dyn Dependency>)> = Vec::new();
    if let Some(redis) = &services.redis {
        helpful.push(("redis", Arc::new(RedisProbe(redis.clone()))));
    }
    let readiness = Readiness::of(vec![("store", store)], helpful);
    let readiness = Arc::new(readiness.telling(metrics.gates.clone(), metrics.breakers.clone()));
    let description = Data::new(Description::of(&table)?);
    let (shell, stores) = (services.shell.clone(), services.stores.clone());
    let (provided, logins) = (services.clone(), metrics.logins.clone());
    let provide = move |config: &mut ServiceConfig| {
        config
            .app_data(Data::new(provided.auth.clone()))
            .app_data(Data::new(provided.farms.clone()))
            .app_data(Data::new(provided.certifications.clone()))
            .app_data(Data::from(logins.clone()))
            .app_data(description.clone());
        // This is said once on the thread of each worker.
        if let Some(redis) = &provided.redis {
            rt::spawn(redis.serve_this_thread());
        }
    };
    let watched = services.stores.watch(services.shell.writes.clone());
    let running = serve::start(listener, shell, readiness, routes::all, provide)?;
    let jobs = jobs::start(services, metrics.jobs);
    let running = running.scraped_at(scraped.address);
    Ok(running.closing(async move {
        scraped.stop().await;
        jobs.abort();
        drop(watched);
        if let Err(error) = stores.close().await {
            tracing::error!(%error, "the store did not close");
        }
    }))
}

fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).with_context(|| format!("{address} cannot be listened on"))
}

/// Method and path of every route, sorted.
pub fn routed() -> Vec<(String, String)> {
    routes::all().list()
}

/// The store answers a small read.
struct StoreProbe(Arc<dyn KeyStore>);

#[async_trait]
impl Dependency for StoreProbe {
    async fn check(&self) -> Result<(), BoxError> {
        self.0.keys().await.map(drop).map_err(Into::into)
    }
}

/// Redis answers.
struct RedisProbe(Redis);

#[async_trait]
impl Dependency for RedisProbe {
    async fn check(&self) -> Result<(), BoxError> {
        self.0.ping().await.map_err(Into::into)
    }
}
