//! The log: JSON lines on standard output, or something to read when that is a terminal.

use std::io::{IsTerminal as _, stdout};
use std::net::SocketAddr;
use std::panic::PanicHookInfo;

use anyhow::anyhow;
use gacp_telemetry::log::{Json, Redacting};
use gacp_telemetry::traces::Traces;
use tracing_subscriber::filter::Directive;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

/// Fields of a request that every line of it has.
const INHERITED: &[&str] = &["request_id"];

/// Starts the log for this process, and the traces beside it. Fails on a malformed filter, and when
/// there is a log already.
pub fn start(filter: &str, traces: &Traces) -> anyhow::Result<()> {
    // Where it listens is said whatever the filter: with port 0 nobody could know otherwise.
    let always: Directive = "gacp::listening=info".parse()?;
    let filter = EnvFilter::try_new(filter)?.add_directive(always);
    let writer = Redacting(stdout);
    let log = if stdout().is_terminal() {
        let pretty = fmt::layer().pretty().with_file(false).with_line_number(false);
        pretty.with_writer(writer).with_filter(filter).boxed()
    } else {
        Json::new(writer, INHERITED).with_filter(filter).boxed()
    };
    let started = tracing_subscriber::registry().with(traces.layer()).with(log).try_init();
    started.map_err(|error| anyhow!(error))?;
    std::panic::set_hook(Box::new(panicked));
    Ok(())
}

/// Says where a listener can be reached.
pub fn listening(listener: &str, address: SocketAddr) {
    tracing::info!(target: "gacp::listening", listener, %address, "listening");
}

/// A panic is a bug: one line of the log like every other, not loose text beside it.
fn panicked(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string);
    tracing::error!(place, error = panic.payload_as_str(), "panicked");
}
