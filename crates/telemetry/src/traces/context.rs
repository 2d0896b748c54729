//! Which trace a request belongs to: W3C Trace Context, in and out.

use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator as _};
use opentelemetry::trace::TraceContextExt as _;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// The headers of the standard.
const FIELDS: [&str; 2] = ["traceparent", "tracestate"];

/// A span, and the trace that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Current {
    /// The trace, in 32 hexadecimal digits.
    pub trace: String,
    /// The span, in 16.
    pub span: String,
    /// Whether it is kept.
    pub is_sampled: bool,
}

struct Incoming<'a>([Option<&'a str>; FIELDS.len()]);

impl Extractor for Incoming<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        let given = FIELDS.iter().zip(self.0).find(|(field, _)| **field == key);
        given.and_then(|(_, value)| value)
    }

    fn keys(&self) -> Vec<&str> {
        FIELDS.into()
    }
}

struct Outgoing<F>(F);

impl<F: FnMut(&str, String)> Injector for Outgoing<F> {
    fn set(&mut self, key: &str, value: String) {
        (self.0)(key, value);
    }
}

/// The span that a request's headers name. Headers that are none name none.
pub(super) fn incoming<'a>(header: impl Fn(&str) -> Option<&'a str>) -> Option<Context> {
    header("traceparent")?;
    let parent = TraceContextPropagator::new().extract(&Incoming(FIELDS.map(header)));
    parent.has_active_span().then_some(parent)
}

/// Gives a span that has begun another name: a server learns of the route late. Recording
/// `otel.name` does that only before a span is entered.
pub fn rename(span: &Span, name: String) {
    span.context().span().update_name(name);
}

/// The headers by which whoever is called learns of the span's trace.
pub fn outgoing(span: &Span, set: impl FnMut(&str, String)) {
    TraceContextPropagator::new().inject_context(&span.context(), &mut Outgoing(set));
}

/// Whether the trace of a span is kept: whatever else is said of it is for nobody otherwise.
pub fn is_sampled(span: &Span) -> bool {
    span.context().span().span_context().is_sampled()
}
