//! Lines for people.

use std::fmt;

use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use super::context::with_current;

/// Writes events in another format, and before each the id that its lines have
/// ([`Context`](super::Context)). [`Json`](super::Json) has it anyhow.
#[derive(Debug, Clone, Copy, Default)]
pub struct Readable<F>(pub F);

impl<S, N, F> FormatEvent<S, N> for Readable<F>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    N: for<'writer> FormatFields<'writer> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        with_current(|of| writeln!(writer, "{of}")).unwrap_or(Ok(()))?;
        self.0.format_event(context, writer, event)
    }
}
