//! A line of JSON per event.

use std::cell::Cell;
use std::sync::OnceLock;

use jiff::Timestamp;
use opentelemetry::trace::TraceContextExt as _;
use tracing::dispatcher::WeakDispatch;
use tracing::span::{Attributes, Id};
use tracing::{Dispatch, Event, Subscriber};
use tracing_opentelemetry::get_otel_context;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::batched::Batched;
use super::record::{Fields, Record};

/// What is kept allocated of a thread for its next event.
const USUAL: usize = 4 << 10;

thread_local! {
    /// An event on its way; one inside of another's `Debug` has a new one.
    static RECORD: Cell<Record> = Cell::default();
}

/// Writes a JSON object per event: `timestamp`, `level`, `target`, what the event says, what it
/// inherits from the spans around it, `trace_id` and `span_id`.
///
/// Whoever logs waits until it is taken down what is said: the lines are made, and their text
/// [redacted](super::redact::redact), by the thread that writes them.
#[derive(Debug)]
pub struct Json {
    log: Batched,
    /// Fields of spans that the events inside of them have, too.
    inherited: &'static [&'static str],
    dispatch: OnceLock<WeakDispatch>,
}

/// Fields of a span for the events inside of it.
struct Inherited(Record);

#[expect(clippy::disallowed_methods, reason = "a line of a log says when it was written")]
fn now() -> Timestamp {
    Timestamp::now()
}

impl Json {
    /// Writes to this; events inherit these fields of spans, the innermost's first.
    pub fn new(log: Batched, inherited: &'static [&'static str]) -> Self {
        Self { log, inherited, dispatch: OnceLock::new() }
    }

    /// Takes down in which span an event happens.
    fn place(&self, span: &Id, record: &mut Record) {
        let dispatch = self.dispatch.get().and_then(WeakDispatch::upgrade);
        let context = dispatch.and_then(|dispatch| get_otel_context(span, &dispatch));
        let Some(context) = context else { return };
        let span = context.span();
        let ids = span.span_context();
        if ids.is_valid() {
            record.place(ids);
        }
    }
}

impl<S> Layer<S> for Json
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn on_register_dispatch(&self, subscriber: &Dispatch) {
        let _ = self.dispatch.set(subscriber.downgrade());
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut record = Record::default();
        let wanted = |name| self.inherited.contains(&name);
        attributes.record(&mut Fields { record: &mut record, wanted });
        if !record.is_empty() {
            span.extensions_mut().insert(Inherited(record));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut record = RECORD.take();
        record.begin(now(), event.metadata());
        event.record(&mut Fields { record: &mut record, wanted: |_name| true });
        let mut innermost = None;
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(Inherited(inherited)) = span.extensions().get() {
                record.append(inherited);
            }
            innermost.get_or_insert_with(|| span.id());
        }
        if let Some(span) = innermost {
            self.place(&span, &mut record);
        }
        self.log.add(&record);
        record.clear(USUAL);
        RECORD.set(record);
    }
}
