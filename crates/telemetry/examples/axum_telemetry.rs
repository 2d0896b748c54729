//! An axum server that tells what it does: `cargo run -p gacp-telemetry --example axum_telemetry`.
//!
//! ```console
//! curl localhost:8080/farms/7 -H 'traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
//! curl localhost:8080/metrics
//! ```
//!
//! With `COLLECTOR=http://127.0.0.1:4318` its spans go to a collector there.
#![expect(clippy::disallowed_methods, reason = "an example reads its only setting by itself")]

use std::error::Error;
use std::time::Duration;

use axum::extract::{MatchedPath, Path, Request, State};
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use gacp_telemetry::log::{Batched, Context, Json};
use gacp_telemetry::metrics::{Exposition, Format, HttpMetrics, Process, Registry, Scheme};
use gacp_telemetry::traces::{self, Collector, Protocol, Sampling, Service, Traces};
use tokio::net::TcpListener;
use tracing::{Instrument as _, Span};
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

const FARM: &str = "/farms/{id}";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:8080").await?;
    run(listener, std::env::var("COLLECTOR").ok()).await
}

/// Serves until the process ends; spans go to a collector if there is one.
pub(crate) async fn run(
    listener: TcpListener,
    collector: Option<String>,
) -> Result<(), Box<dyn Error>> {
    let mut registry = Registry::default();
    let traces = match collector {
        Some(endpoint) => {
            let collector =
                Collector { endpoint, protocol: Protocol::Http, sampling: Sampling::default() };
            let instance = std::process::id().to_string();
            let service = Service { name: "example", version: "1", instance };
            Traces::to(&collector, &service, &mut registry)?
        }
        None => Traces::off(),
    };
    // Its lines are written for as long as `_writing` is kept.
    let (log, _writing) = Batched::to(std::io::stdout(), Duration::from_secs(1), &mut registry)?;
    let log = Json::new(log).with_filter(LevelFilter::INFO);
    tracing_subscriber::registry().with(traces.layer()).with(log).try_init()?;

    tracing::info!(address = %listener.local_addr()?, "listening");
    axum::serve(listener, app(registry, traces)).await?;
    Ok(())
}

fn app(mut registry: Registry, traces: Traces) -> axum::Router {
    Process::register(&mut registry);
    let http = HttpMetrics::register(&mut registry, Scheme::Http, [FARM]);
    let exposition = Exposition::new(registry);
    axum::Router::new()
        .route(FARM, get(farm))
        .layer(from_fn_with_state((http, traces), observed))
        .route("/metrics", get(metrics).with_state(exposition))
}

async fn farm(Path(id): Path<String>) -> String {
    tracing::info!("a farm is shown");
    format!("farm {id}\n")
}

async fn metrics(State(exposition): State<Exposition>, headers: HeaderMap) -> Response {
    let format = Format::of(headers.get(ACCEPT).and_then(|value| value.to_str().ok()));
    let kind = HeaderValue::from_static(format.content_type());
    ([(CONTENT_TYPE, kind)], exposition.render(format)).into_response()
}

/// A count and a line in the log for each request, and a span where its trace is kept. Replies here
/// are whole when they begin; a server that streams holds the
/// [`InFlight`](gacp_telemetry::metrics::InFlight) in its body.
async fn observed(
    State((http, traces)): State<(HttpMetrics, Traces)>,
    path: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let in_flight = http.begin(request.method().as_str());
    let method = in_flight.method().as_str();
    let headers = request.headers();
    let arrival = traces.arrival(|name| headers.get(name).and_then(|value| value.to_str().ok()));
    let id = headers.get("x-request-id").and_then(|value| value.to_str().ok()).unwrap_or("none");
    let lines = Context::of("request_id", id).within(&arrival);
    let span = if arrival.is_kept() {
        tracing::info_span!("request", otel.kind = "server", otel.name = method)
    } else {
        Span::none()
    };
    arrival.begin(&span);
    let response = lines.clone().scope(next.run(request).instrument(span.clone())).await;
    let route = path.as_ref().map(MatchedPath::as_str);
    traces::rename(&span, format!("{method} {}", route.unwrap_or_default()));
    let kept = arrival.is_kept().then(|| arrival.current().trace);
    let took = in_flight.end(route, response.status().as_u16(), kept);
    lines.enter(|| tracing::info!(route, status = response.status().as_u16(), ?took, "request"));
    response
}
