//! A line of JSON per event.

use std::fmt;
use std::io::Write as _;
use std::sync::OnceLock;

use jiff::Timestamp;
use opentelemetry::trace::TraceContextExt as _;
use tracing::dispatcher::WeakDispatch;
use tracing::span::{Attributes, Id};
use tracing::{Dispatch, Event, Subscriber};
use tracing_opentelemetry::get_otel_context;
use tracing_subscriber::Layer;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::fields::{Fields, Inherited, Object, Takes as _};

/// Writes a JSON object per event: `timestamp`, `level`, `target`, what the event says, what it
/// inherits from the spans around it, `trace_id` and `span_id`.
pub struct Json<W> {
    writer: W,
    /// Fields of spans that the events inside of them have, too.
    inherited: &'static [&'static str],
    dispatch: OnceLock<WeakDispatch>,
}

#[expect(clippy::disallowed_methods, reason = "a line of a log says when it was written")]
fn now() -> Timestamp {
    Timestamp::now()
}

impl<W> Json<W> {
    /// Writes to this; events inherit these fields of spans, the innermost's first.
    pub fn new(writer: W, inherited: &'static [&'static str]) -> Self {
        Self { writer, inherited, dispatch: OnceLock::new() }
    }
}

impl<S, W> Layer<S> for Json<W>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    W: for<'writer> MakeWriter<'writer> + 'static,
{
    fn on_register_dispatch(&self, subscriber: &Dispatch) {
        let _ = self.dispatch.set(subscriber.downgrade());
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut inherited = Inherited::of(self.inherited);
        attributes.record(&mut Fields(&mut inherited));
        if !inherited.is_empty() {
            span.extensions_mut().insert(inherited);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let metadata = event.metadata();
        let mut object = Object::new();
        object.take("timestamp", &format_args!("{}", now()));
        object.take("level", &metadata.level().as_str());
        object.take("target", &metadata.target());
        event.record(&mut Fields(&mut object));
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(inherited) = span.extensions().get() {
                object.inherit(inherited);
            }
        }
        if let Some(span) = context.event_span(event) {
            self.trace(&span.id(), &mut object);
        }
        // There is nobody to tell that the log cannot be written.
        let _ = self.writer.make_writer_for(metadata).write_all(&object.line());
    }
}

impl<W> Json<W> {
    fn trace(&self, span: &Id, object: &mut Object) {
        let dispatch = self.dispatch.get().and_then(WeakDispatch::upgrade);
        let context = dispatch.and_then(|dispatch| get_otel_context(span, &dispatch));
        let Some(context) = context else { return };
        let span = context.span();
        let ids = span.span_context();
        if ids.is_valid() {
            object.take("trace_id", &format_args!("{}", ids.trace_id()));
            object.take("span_id", &format_args!("{}", ids.span_id()));
        }
    }
}

impl<W> fmt::Debug for Json<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Json").field("inherited", &self.inherited).finish_non_exhaustive()
    }
}
