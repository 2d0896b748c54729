//! Traces: spans of the code, sent to a collector over OTLP.
//!
//! Spans are handed over to one thread through a bounded queue and sent in batches. What finds no
//! place, or what the collector does not take, is dropped and counted
//! (`telemetry_spans_dropped_total{reason}`). No request waits for any of it.

mod arrival;
mod bounded;
mod context;
mod sampling;
#[cfg(test)]
mod tests;

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracerProvider, TracerProviderBuilder,
};
use prometheus_client::registry::Registry;
use thiserror::Error;
use tracing::{Level, Subscriber};
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

pub use self::arrival::Arrival;
use self::arrival::Chosen;
use self::bounded::{Bounded, Counted, Queue};
pub use self::context::{Current, is_sampled, outgoing, rename};
pub use self::sampling::{Roots, Sampling};
use crate::dropped::Dropped;

/// So many spans may wait to be sent: seconds of them under load, a few MiB.
const WAITING: usize = 4_096;

/// So many are sent together.
const BATCH: usize = 512;

/// So long at most they wait for others.
const DELAY: Duration = Duration::from_secs(1);

/// A collector that has not taken a batch after so long does not get it.
const PATIENCE: Duration = Duration::from_secs(5);

/// How a collector is spoken to (`OTEL_EXPORTER_OTLP_PROTOCOL`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Protocol {
    /// `http/protobuf`, usually on port 4318.
    #[default]
    Http,
    /// `grpc`, usually on port 4317.
    Grpc,
}

/// Where spans go. In the clear: a collector belongs next to the server.
#[derive(Debug, Clone, PartialEq)]
pub struct Collector {
    /// Its address without the path of a signal: `http://127.0.0.1:4318`.
    pub endpoint: String,
    /// How it is spoken to.
    pub protocol: Protocol,
    /// Which traces it gets.
    pub sampling: Sampling,
}

/// Who sends them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// `service.name`, unless `OTEL_SERVICE_NAME` or `OTEL_RESOURCE_ATTRIBUTES` says another.
    pub name: &'static str,
    /// `service.version`.
    pub version: &'static str,
    /// `service.instance.id`: tells processes of one service apart.
    pub instance: String,
}

/// Spans cannot be sent to this collector.
#[derive(Debug, Error)]
pub enum TracesError {
    /// Its address is none, or the client for it cannot be made.
    #[error("no exporter can be made for the collector")]
    Exporter(#[from] ExporterBuildError),
    /// The thread that makes the client ended.
    #[error("the thread that makes the exporter ended early")]
    Thread,
}

/// The way of spans out of the process.
#[derive(Debug, Clone)]
pub struct Traces {
    provider: SdkTracerProvider,
    chosen: Chosen,
}

impl Traces {
    /// Nothing is sent. Requests have trace ids all the same, their callers' if those gave some:
    /// for log lines, and for whoever is called.
    pub fn off() -> Self {
        Self::of(SdkTracerProvider::builder(), Chosen::by(Sampler::AlwaysOff))
    }

    fn of(provider: TracerProviderBuilder, chosen: Chosen) -> Self {
        let provider = provider.with_sampler(chosen.clone()).with_id_generator(chosen.clone());
        Self { provider: provider.build(), chosen }
    }

    /// Spans of the traces that are kept are sent to a collector. What is lost is counted in the
    /// registry. Over gRPC it must be called inside of a Tokio runtime. Fails with [`TracesError`]; whether the collector is there is
    /// not looked at.
    pub fn to(
        collector: &Collector,
        service: &Service,
        registry: &mut Registry,
    ) -> Result<Self, TracesError> {
        let (name, help) = ("telemetry_spans_dropped", "Spans that were not sent to the collector");
        let dropped = Dropped::register(registry, name, help);
        let queue = Queue::of(WAITING);
        let exporter = Counted::new(exporter(collector)?, queue.clone(), dropped.clone());
        let config = BatchConfigBuilder::default()
            .with_max_queue_size(WAITING)
            .with_max_export_batch_size(BATCH)
            .with_scheduled_delay(DELAY)
            .build();
        let batches = BatchSpanProcessor::builder(exporter).with_batch_config(config).build();
        let provider = SdkTracerProvider::builder()
            .with_resource(resource(service))
            .with_span_processor(Bounded::new(batches, queue, dropped));
        Ok(Self::of(provider, collector.sampling.chosen()))
    }

    /// What turns the code's spans of `INFO` and above into a trace's. Log lines do not go with
    /// them: what they quote is redacted in the log alone.
    pub fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        let tracer = self.provider.tracer("gacp");
        let layer: OpenTelemetryLayer<S, _> = OpenTelemetryLayer::new(tracer);
        layer
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            // Spans are the code's alone: nobody asks for the context of the thread.
            .with_context_activation(false)
            .with_filter(filter_fn(|it| it.is_span() && *it.level() <= Level::INFO))
    }

    /// Sends what waits, for as long as it is given, and ends the sending. It blocks.
    pub fn end(&self, patience: Duration) {
        if let Err(error) = self.provider.shutdown_with_timeout(patience) {
            tracing::debug!(%error, "spans were not sent at the end");
        }
    }
}

fn exporter(collector: &Collector) -> Result<SpanExporter, TracesError> {
    let Collector { endpoint, protocol, .. } = collector.clone();
    if protocol == Protocol::Grpc {
        let grpc = SpanExporter::builder().with_tonic().with_endpoint(endpoint);
        return Ok(grpc.with_timeout(PATIENCE).build()?);
    }
    let address = format!("{}/v1/traces", endpoint.trim_end_matches('/'));
    // A client that blocks has a runtime of its own, which cannot be made inside of another.
    let made = std::thread::spawn(move || {
        let http = SpanExporter::builder().with_http().with_endpoint(address);
        http.with_timeout(PATIENCE).build()
    });
    Ok(made.join().map_err(|_panic| TracesError::Thread)??)
}

/// Who sends: what is given here, and over it what the environment says.
fn resource(service: &Service) -> Resource {
    let Service { name, version, instance } = service;
    let given = [
        KeyValue::new("service.name", *name),
        KeyValue::new("service.version", *version),
        KeyValue::new("service.instance.id", instance.clone()),
    ];
    let said = Resource::builder().build();
    let mut all: Vec<KeyValue> = given.into();
    let told = said.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone()));
    all.extend(told.filter(|it| !is_nobodys_name(it)));
    Resource::builder_empty().with_attributes(all).build()
}

/// The name that the SDK gives to whatever has none, with the program's behind it.
fn is_nobodys_name(attribute: &KeyValue) -> bool {
    attribute.key.as_str() == "service.name"
        && attribute.value.as_str().starts_with("unknown_service")
}
