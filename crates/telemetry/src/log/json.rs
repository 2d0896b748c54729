//! A line of JSON per event.

use std::cell::Cell;
use std::sync::OnceLock;

use jiff::Timestamp;
use opentelemetry::trace::TraceContextExt as _;
use tracing::dispatcher::WeakDispatch;
use tracing::span::Id;
use tracing::{Dispatch, Event, Subscriber};
use tracing_opentelemetry::get_otel_context;
use tracing_subscriber::Layer;
use tracing_subscriber::layer;
use tracing_subscriber::registry::LookupSpan;

use super::batched::Batched;
use super::context::with_current;
use super::record::{Fields, Record};

/// What is kept allocated of a thread for its next event.
const USUAL: usize = 4 << 10;

thread_local! {
    /// An event on its way; one inside of another's `Debug` has a new one.
    static RECORD: Cell<Record> = Cell::default();
}

/// Writes a JSON object per event: `timestamp`, `level`, `target`, what the event says, the id of
/// its [`Context`](super::Context), `trace_id` and `span_id`.
///
/// Whoever logs waits until it is taken down what is said: the lines are made, and their text
/// [redacted](super::redact::redact), by the thread that writes them.
#[derive(Debug)]
pub struct Json {
    log: Batched,
    dispatch: OnceLock<WeakDispatch>,
}

#[expect(clippy::disallowed_methods, reason = "a line of a log says when it was written")]
fn now() -> Timestamp {
    Timestamp::now()
}

impl Json {
    /// Writes to this.
    pub fn new(log: Batched) -> Self {
        Self { log, dispatch: OnceLock::new() }
    }

    /// Takes down in which span an event happens.
    fn place(&self, span: &Id, record: &mut Record) {
        let dispatch = self.dispatch.get().and_then(WeakDispatch::upgrade);
        let context = dispatch.and_then(|dispatch| get_otel_context(span, &dispatch));
        let Some(context) = context else { return };
        let span = context.span();
        let ids = span.span_context();
        if ids.is_valid() {
            record.place(ids.trace_id(), ids.span_id());
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

    fn on_event(&self, event: &Event<'_>, context: layer::Context<'_, S>) {
        let mut record = RECORD.take();
        record.begin(now(), event.metadata());
        event.record(&mut Fields(&mut record));
        with_current(|current| current.name(&mut record));
        if let Some(span) = context.event_span(event) {
            self.place(&span.id(), &mut record);
        }
        // The second place of a line is left out.
        with_current(|current| current.place(&mut record));
        self.log.add(&record);
        record.clear(USUAL);
        RECORD.set(record);
    }
}
