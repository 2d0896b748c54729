//! A request as it arrives: which trace it belongs to, and whether that is kept, is known before
//! anything is recorded of it.

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;

use opentelemetry::trace::{Link, SpanId, SpanKind, TraceContextExt as _, TraceId};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{
    IdGenerator, RandomIdGenerator, Sampler, SamplingDecision, SamplingResult, ShouldSample,
};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::Traces;
use super::context::{Current, incoming};

thread_local! {
    /// Whose span begins on this thread at this moment.
    static BEGINS: Cell<Option<Ids>> = const { Cell::new(None) };
}

#[derive(Debug, Clone, Copy)]
struct Ids {
    trace: TraceId,
    span: SpanId,
    is_kept: bool,
}

/// A request that has arrived, and the trace that it belongs to: the one that its headers name, or
/// a new one.
///
/// A span that nobody will see has its fields taken down, and is entered and left on each poll, all
/// the same. So a server asks first, and makes none where the trace is not kept: the ids are there
/// anyway, for its log lines ([`log::Context`](crate::log::Context)). One that calls others makes
/// the span always: they learn from it that they need not keep theirs
/// ([`outgoing`](super::outgoing)).
#[derive(Debug)]
pub struct Arrival {
    parent: Option<Context>,
    ids: Ids,
}

impl Traces {
    /// Takes a request in. Headers that are none name no trace.
    pub fn arrival<'a>(&self, header: impl Fn(&str) -> Option<&'a str>) -> Arrival {
        let parent = incoming(header);
        let random = RandomIdGenerator::default();
        let trace = match &parent {
            Some(parent) => parent.span().span_context().trace_id(),
            None => random.new_trace_id(),
        };
        let is_kept = self.chosen.keeps(parent.as_ref(), trace);
        Arrival { parent, ids: Ids { trace, span: random.new_span_id(), is_kept } }
    }
}

impl Arrival {
    /// Whether its trace is kept.
    pub fn is_kept(&self) -> bool {
        self.ids.is_kept
    }

    /// Its trace, and its own span in it.
    pub fn current(&self) -> Current {
        let Ids { trace, span, is_kept } = self.ids;
        Current { trace: trace.to_string(), span: span.to_string(), is_sampled: is_kept }
    }

    /// Makes a span, which must be new, this request's own.
    pub fn begin(&self, span: &Span) {
        // Fails where there is no layer of traces, and for spans that nobody records.
        let _ = span.set_parent(self.parent.clone().unwrap_or_default());
        BEGINS.set(Some(self.ids));
        // It begins as it is asked for: ids and verdict are those that stand there.
        drop(span.context());
        BEGINS.set(None);
    }

    pub(crate) fn place(&self) -> (TraceId, SpanId) {
        (self.ids.trace, self.ids.span)
    }
}

/// Keeps the traces of requests that were to be kept as they arrived; chooses among the others.
#[derive(Clone)]
pub(super) struct Chosen(Arc<dyn ShouldSample>);

impl Chosen {
    pub(super) fn by(sampler: impl ShouldSample + 'static) -> Self {
        Self(Arc::new(sampler))
    }

    fn keeps(&self, parent: Option<&Context>, trace: TraceId) -> bool {
        let result = self.0.should_sample(parent, trace, "", &SpanKind::Server, &[], &[]);
        result.decision == SamplingDecision::RecordAndSample
    }
}

impl fmt::Debug for Chosen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Chosen").field(&self.0).finish()
    }
}

impl ShouldSample for Chosen {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        trace: TraceId,
        name: &str,
        kind: &SpanKind,
        attributes: &[KeyValue],
        links: &[Link],
    ) -> SamplingResult {
        let verdict = BEGINS.get().map(|ids| ids.is_kept);
        let sampler: &dyn ShouldSample = match verdict {
            Some(true) => &Sampler::AlwaysOn,
            Some(false) => &Sampler::AlwaysOff,
            None => &*self.0,
        };
        sampler.should_sample(parent, trace, name, kind, attributes, links)
    }
}

impl IdGenerator for Chosen {
    fn new_trace_id(&self) -> TraceId {
        BEGINS.get().map_or_else(|| RandomIdGenerator::default().new_trace_id(), |ids| ids.trace)
    }

    fn new_span_id(&self) -> SpanId {
        BEGINS.get().map_or_else(|| RandomIdGenerator::default().new_span_id(), |ids| ids.span)
    }
}
