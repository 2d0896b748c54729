//! A line of JSON per event.

use std::fmt;
use std::io::Write as _;
use std::sync::OnceLock;

use jiff::Timestamp;
use opentelemetry::trace::TraceContextExt as _;
use serde_json::{Map, Value};
use tracing::dispatcher::WeakDispatch;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Dispatch, Event, Subscriber};
use tracing_opentelemetry::get_otel_context;
use tracing_subscriber::Layer;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

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

/// What the events inside of a span inherit from it.
struct Inherited(Map<String, Value>);

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
        let mut fields = Fields::only(self.inherited);
        attributes.record(&mut fields);
        if !fields.found.is_empty() {
            span.extensions_mut().insert(Inherited(fields.found));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let metadata = event.metadata();
        let mut fields = Fields::default();
        fields.put("timestamp", now().to_string());
        fields.put("level", metadata.level().as_str());
        fields.put("target", metadata.target());
        event.record(&mut fields);
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(Inherited(inherited)) = span.extensions().get() {
                for (name, value) in inherited {
                    fields.found.entry(name).or_insert_with(|| value.clone());
                }
            }
        }
        if let Some(span) = context.event_span(event) {
            self.trace(&span.id(), &mut fields);
        }
        self.write(metadata, fields);
    }
}

impl<W> Json<W> {
    fn trace(&self, span: &Id, fields: &mut Fields) {
        let dispatch = self.dispatch.get().and_then(WeakDispatch::upgrade);
        let context = dispatch.and_then(|dispatch| get_otel_context(span, &dispatch));
        let Some(context) = context else { return };
        let span = context.span();
        let ids = span.span_context();
        if ids.is_valid() {
            fields.put("trace_id", ids.trace_id().to_string());
            fields.put("span_id", ids.span_id().to_string());
        }
    }

    fn write(&self, metadata: &tracing::Metadata<'_>, fields: Fields)
    where
        W: for<'writer> MakeWriter<'writer>,
    {
        let mut line = Value::Object(fields.found).to_string();
        line.push('\n');
        // There is nobody to tell that the log cannot be written.
        let _ = self.writer.make_writer_for(metadata).write_all(line.as_bytes());
    }
}

/// Fields of an event or of a span.
#[derive(Default)]
struct Fields {
    found: Map<String, Value>,
    only: Option<&'static [&'static str]>,
}

impl Fields {
    fn only(names: &'static [&'static str]) -> Self {
        Self { found: Map::new(), only: Some(names) }
    }

    fn put(&mut self, name: &str, value: impl Into<Value>) {
        if self.only.is_none_or(|only| only.contains(&name)) {
            self.found.insert(name.to_owned(), value.into());
        }
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field.name(), value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field.name(), value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field.name(), value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field.name(), value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field.name(), value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        let mut chain = value.to_string();
        let mut source = value.source();
        while let Some(error) = source {
            chain.push_str(": ");
            chain.push_str(&error.to_string());
            source = error.source();
        }
        self.put(field.name(), chain);
    }
}

impl<W> fmt::Debug for Json<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Json").field("inherited", &self.inherited).finish_non_exhaustive()
    }
}
