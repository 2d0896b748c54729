//! The log: JSON lines on standard output, or something to read when that is a terminal.

use std::io::{IsTerminal as _, stdout};
use std::net::SocketAddr;
use std::panic::PanicHookInfo;

use anyhow::anyhow;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::Directive;
use tracing_subscriber::fmt;

/// Starts the log for this process. Fails on a malformed filter, and when there is a log already.
pub fn start(filter: &str) -> anyhow::Result<()> {
    // Where it listens is said whatever the filter: with port 0 nobody could know otherwise.
    let always: Directive = "gacp::listening=info".parse()?;
    let filter = EnvFilter::try_new(filter)?.add_directive(always);
    let log = fmt().with_env_filter(filter);
    let started = if stdout().is_terminal() {
        log.pretty().with_file(false).with_line_number(false).try_init()
    } else {
        log.json().flatten_event(true).with_span_list(false).try_init()
    };
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
