//! Whose lines are written: said once for all of them, with spans around them or without.

use std::fmt;
use std::sync::Arc;

use opentelemetry::trace::{SpanId, TraceId};
use tokio::task_local;

use super::record::Record;
use crate::traces::Arrival;

task_local! {
    static CURRENT: Option<Context>;
}

/// What every line has that is written for one request: its id, and the ids of its trace.
///
/// It goes along with the task, like a span, and costs a request far less than one. Unlike a span
/// it does not depend on what the log is filtered by. A task of its own (`tokio::spawn`) has none,
/// unless it is given one ([`along`]).
///
/// ```
/// use gacp_telemetry::log::Context;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let request = async { tracing::info!("this line has a `request_id`") };
/// Context::of("request_id", "0193e5f0").scope(request).await;
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Context {
    name: &'static str,
    id: Arc<str>,
    place: Option<(TraceId, SpanId)>,
}

impl Context {
    /// Lines have an id by this name.
    pub fn of(name: &'static str, id: impl Into<Arc<str>>) -> Self {
        Self { name, id: id.into(), place: None }
    }

    /// Lines have the ids of a request's trace, too; inside of a span within it those of the span.
    #[must_use]
    pub fn within(self, arrival: &Arrival) -> Self {
        Self { place: Some(arrival.place()), ..self }
    }

    /// Works with this: what is logged meanwhile has it.
    pub fn scope<F: Future>(self, work: F) -> impl Future<Output = F::Output> {
        CURRENT.scope(Some(self), work)
    }

    /// Does something at once with this.
    pub fn enter<R>(&self, work: impl FnOnce() -> R) -> R {
        CURRENT.sync_scope(Some(self.clone()), work)
    }

    pub(super) fn name(&self, record: &mut Record) {
        record.text(self.name, &self.id);
    }

    pub(super) fn place(&self, record: &mut Record) {
        if let Some((trace, span)) = self.place {
            record.place(trace, span);
        }
    }
}

impl fmt::Display for Context {
    /// The id by its name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.name, self.id)
    }
}

/// Works with what the lines of this task have, wherever it is polled: for a task of its own.
pub fn along<F: Future>(work: F) -> impl Future<Output = F::Output> {
    CURRENT.scope(with_current(Clone::clone), work)
}

/// What is made of the context of this task, if it has one.
pub(super) fn with_current<R>(of: impl FnOnce(&Context) -> R) -> Option<R> {
    CURRENT.try_with(|current| current.as_ref().map(of)).ok().flatten()
}
