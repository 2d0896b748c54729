//! What a request pays for being counted: `cargo bench -p gacp-telemetry`.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use gacp_telemetry::metrics::{CallLabels, Calls, HttpMetrics, Registry, Scheme};
use std::time::Duration;

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

criterion_group!(benches, middleware);
criterion_main!(benches);
