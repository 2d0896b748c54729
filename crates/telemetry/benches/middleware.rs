//! What a request pays for being counted: `cargo bench -p gacp-telemetry`.
#![expect(clippy::unwrap_used, reason = "a failed setup must stop the bench")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use gacp_telemetry::log::redact::redact;
use gacp_telemetry::log::{Batched, Context, Json};
use gacp_telemetry::metrics::{CallLabels, Calls, HttpMetrics, Registry, Scheme};
use gacp_telemetry::traces::Traces;
use std::io;
use std::time::Duration;
use tracing_subscriber::layer::SubscriberExt as _;

const LINE: &str = r#"{"timestamp":"2026-11-26T15:19:04.123456789Z","level":"INFO","target":"gacp_api::http::visit","message":"request","method":"GET","route":"/api/farms/{id}","status":200,"duration_ms":0.213,"request_id":"019ac0f2-3f5e-7c0a-9a55-0a5f6c1d2e3f","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7"}"#;

fn middleware(criterion: &mut Criterion) {
    let mut registry = Registry::default();
    let routes = ["/api/farms", "/api/farms/{id}", "/api/auth/profile"];
    let http = HttpMetrics::register(&mut registry, Scheme::Http, routes);
    let calls = Calls::register(&mut registry);
    let mut group = criterion.benchmark_group("middleware");
    group.bench_function("request", |bencher| {
        bencher.iter(|| http.begin(black_box("GET")).end(Some("/api/farms/{id}"), 200, None));
    });
    group.bench_function("request with an exemplar", |bencher| {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        bencher.iter(|| {
            http.begin(black_box("GET")).end(Some("/api/farms/{id}"), 200, Some(trace.to_owned()))
        });
    });
    group.bench_function("call of a store", |bencher| {
        let labels = CallLabels {
            db_system_name: "sqlite",
            db_collection_name: "farms",
            db_operation_name: "find",
            error_type: "",
        };
        bencher.iter(|| calls.ended(black_box(&labels), Duration::from_micros(80)));
    });
    group.finish();
}

fn log(criterion: &mut Criterion) {
    let (out, _writing) =
        Batched::to(io::sink(), Duration::from_secs(1), &mut Registry::default()).unwrap();
    let log = Json::new(out);
    let traces = Traces::off();
    let subscriber = tracing_subscriber::registry().with(traces.layer()).with(log);
    let mut group = criterion.benchmark_group("log");
    group.bench_function("redaction of a usual line", |bencher| {
        bencher.iter(|| redact(black_box(LINE)).len());
    });
    tracing::subscriber::with_default(subscriber, || {
        let id = "019ac0f2-3f5e-7c0a-9a55-0a5f6c1d2e3f";
        let context = Context::of("request_id", id).within(&traces.arrival(|_name| None));
        group.bench_function("line of a request, taken down", |bencher| {
            bencher.iter(|| {
                context.enter(|| {
                    tracing::info!(
                        method = "GET",
                        route = "/api/farms/{id}",
                        status = black_box(200),
                        duration_ms = 0.213,
                        "request"
                    );
                });
            });
        });
    });
    group.finish();
}

criterion_group!(benches, middleware, log);
criterion_main!(benches);
