//! Servers on either store, each with its way to the receiver, and who watches them.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use tokio::time::sleep;

use super::prometheus::Prometheus;
use crate::client::Api;
use crate::server::{Server, Variables};
use crate::services::{Received, Scraped, Services};

/// How often Prometheus asks, in seconds: as often as it can.
const SCRAPE_SECONDS: u32 = 1;

/// So many times, and a little.
const SCRAPES: Duration = Duration::from_millis(2_500);

/// Everybody who takes part.
pub(super) struct Stage {
    pub(super) stands: Vec<Stand>,
    pub(super) prometheus: Prometheus,
    pub(super) receiver: Received,
}

/// One server.
pub(super) struct Stand {
    /// What it is called in the report.
    pub(super) name: &'static str,
    /// What its stores call their technology.
    pub(super) system: &'static str,
    pub(super) server: Server,
    /// Where its metrics are: what Prometheus calls the instance.
    pub(super) metrics: String,
}

impl Stage {
    /// Starts them all.
    pub(super) async fn set(program: &Path, services: &mut Services) -> Result<Self> {
        let receiver = services.receiver()?;
        let shared: Variables =
            services.environment().map(|(name, value)| (name, value.to_owned())).collect();
        let http = spans_go_to(&receiver.http, "http/protobuf");
        let grpc = spans_go_to(&receiver.grpc, "grpc");
        let stands = vec![
            Stand::set(program, ("SQLite, OTLP/HTTP", "sqlite"), http.into()).await?,
            Stand::set(
                program,
                ("MongoDB + Redis, OTLP/gRPC", "mongodb"),
                shared.into_iter().chain(grpc).collect(),
            )
            .await?,
        ];
        let targets: Vec<String> = stands.iter().map(|stand| stand.metrics.clone()).collect();
        let scraped = Scraped { targets: &targets, seconds: SCRAPE_SECONDS };
        let prometheus = Prometheus::new(&services.prometheus(&scraped)?)?;
        Ok(Self { stands, prometheus, receiver })
    }

    /// Waits until Prometheus has asked twice.
    pub(super) async fn let_it_be_seen(&self) {
        sleep(SCRAPES).await;
    }

    /// What the servers said last.
    pub(super) fn show_logs(&self) {
        for stand in &self.stands {
            println!("{}\n{}", stand.name, stand.server.log_tail());
        }
    }
}

impl Stand {
    async fn set(
        program: &Path,
        (name, system): (&'static str, &'static str),
        variables: Variables,
    ) -> Result<Self> {
        let mut server = Server::start(program.to_owned(), variables).await?;
        server.ready(&Api::new(&server.base)?).await?;
        let metrics = server.metrics()?;
        Ok(Self { name, system, server, metrics })
    }

    /// Its metrics, in the text format.
    pub(super) async fn tells(&self) -> Result<String> {
        self.server.tells().await
    }
}

/// All of them: each exemplar must lead to a trace.
fn spans_go_to(endpoint: &str, protocol: &str) -> [(&'static str, String); 3] {
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.to_owned()),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol.to_owned()),
        ("OTEL_TRACES_SAMPLER", "parentbased_always_on".to_owned()),
    ]
}
