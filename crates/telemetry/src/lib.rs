//! What an operator needs to see of a server: [`metrics`] that are scraped, [`traces`] that are
//! sent to a collector, and [`log`] lines that name the trace they belong to.
//!
//! - Metrics have the names of OpenTelemetry's semantic conventions, as Prometheus writes them.
//!   Every label is one of a closed set ([`closed_label!`]): no request can make a new series
//!   beyond method × route × status.
//! - Traces follow the W3C's Trace Context. A collector that is dead, slow or lying costs no
//!   request, and a bounded amount of memory: what it does not take is dropped and counted.
//! - Log lines are written by a thread of their own ([`log::Batched`]): a disk or a reader that
//!   stalls costs no request, either.
//! - Nothing is recorded that was not asked for: no query, no address, no header. The log passes
//!   a [`redaction`](log::redact) for what slips in all the same.
//!
//! It knows no web framework. `examples/axum_telemetry.rs` puts it around an axum server; the
//! middleware is a drop guard ([`metrics::InFlight`]) that any framework can hold.
//!
//! ```
//! use gacp_telemetry::metrics::{Exposition, Format, HttpMetrics, Registry, Scheme};
//!
//! let mut registry = Registry::default();
//! let http = HttpMetrics::register(&mut registry, Scheme::Http, ["/farms/{id}"]);
//! let exposition = Exposition::new(registry);
//!
//! let request = http.begin("GET");
//! request.end(Some("/farms/{id}"), 200, None);
//!
//! let text = exposition.render(Format::of(Some("text/plain")));
//! assert!(text.contains(r#"http_route="/farms/{id}",http_response_status_code="200""#));
//! ```

mod dropped;
pub mod log;
pub mod metrics;
pub mod traces;
