//! Each call of a store: a span, and how long it took.

use std::time::Instant;

use gacp_store::StoreError;
use gacp_store_guarded::{Guard, Operation};
use gacp_telemetry::metrics::{CallLabels, Calls};
use gacp_telemetry::traces;
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

/// Watches the calls of one store.
#[derive(Debug, Clone)]
pub(crate) struct Watch {
    calls: Calls,
    system: &'static str,
}

/// A call under way. Dropped before it ended, it was given up.
struct UnderWay<'a> {
    calls: &'a Calls,
    labels: CallLabels,
    began: Instant,
}

impl Watch {
    /// Calls of a store of this name, `sqlite` or `mongodb`.
    pub(crate) fn new(calls: Calls, system: &'static str) -> Self {
        Self { calls, system }
    }

    /// None but inside of a trace that somebody will see.
    fn span(&self, Operation { port, method }: Operation) -> Span {
        let around = Span::current();
        if around.is_none() || !traces::is_sampled(&around) {
            return Span::none();
        }
        tracing::info_span!(
            "store",
            otel.name = %format_args!("{port}.{method}"),
            otel.kind = "client",
            db.system.name = self.system,
            db.collection.name = port,
            db.operation.name = method,
            error.type = Empty,
            otel.status_code = Empty,
        )
    }
}

impl Guard for Watch {
    async fn call<T: Send>(
        &self,
        operation: Operation,
        call: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        let span = self.span(operation);
        let Operation { port, method } = operation;
        let labels = CallLabels {
            db_system_name: self.system,
            db_collection_name: port,
            db_operation_name: method,
            error_type: "cancelled",
        };
        let mut under_way = UnderWay { calls: &self.calls, labels, began: Instant::now() };
        let outcome = call.instrument(span.clone()).await;
        under_way.labels.error_type = outcome.as_ref().err().map_or("", kind);
        if let Err(error) = &outcome {
            span.record("error.type", kind(error));
            // The others are answers: the store did what it was asked for.
            if matches!(
                error,
                StoreError::Unavailable(_) | StoreError::Corrupt(_) | StoreError::Full(_)
            ) {
                span.record("otel.status_code", "ERROR");
            }
        }
        outcome
    }
}

/// What an error is called; never what it says.
fn kind(error: &StoreError) -> &'static str {
    match error {
        StoreError::Unavailable(_) => "unavailable",
        StoreError::Corrupt(_) => "corrupt",
        StoreError::Duplicate { .. } => "duplicate",
        StoreError::Stale => "stale",
        StoreError::Contended(_) => "contended",
        StoreError::Full(_) => "full",
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.calls.ended(&self.labels, self.began.elapsed());
    }
}
