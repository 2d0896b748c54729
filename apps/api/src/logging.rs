//! The log: JSON lines on standard output, or something to read when that is a terminal.

use std::io::{IsTerminal as _, stdout};
use std::net::SocketAddr;
use std::panic::PanicHookInfo;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use gacp_telemetry::log::{Json, Readable, Writing};
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::observe::Telemetry;

/// Of whom the lines are that say where a listener can be reached.
const LISTENING: &str = "gacp::listening";

/// For so long its last lines are written at the end; whoever does not read them holds up no
/// restart.
const PATIENCE: Duration = Duration::from_secs(1);

/// Starts the log for this process, and the traces beside it. It is written for as long as what
/// comes back is kept. Fails on a malformed filter, and when there is a log already.
pub fn start(filter: &str, telemetry: &mut Telemetry) -> anyhow::Result<Writing> {
    // Where it listens is said whatever the filter: with port 0 nobody could know otherwise.
    let filter = parse(filter).context("this is no filter of levels and targets")?;
    let filter = filter.with_target(LISTENING, LevelFilter::INFO);
    let (batched, writing) =
        telemetry.batched(stdout(), PATIENCE).context("the log cannot be written")?;
    let log = if stdout().is_terminal() {
        let pretty = fmt::layer().pretty().with_file(false).with_line_number(false);
        let pretty = pretty.map_event_format(Readable);
        pretty.with_writer(batched).with_filter(filter).boxed()
    } else {
        Json::new(batched).with_filter(filter).boxed()
    };
    let traces = telemetry.traces.layer();
    let started = tracing_subscriber::registry().with(traces).with(log).try_init();
    started.map_err(|error| anyhow!(error))?;
    std::panic::set_hook(Box::new(panicked));
    Ok(writing)
}

/// A filter of levels and targets, such as `info,gacp_auth=debug`. What is in brackets would be one of
/// spans: read as a target, as it could be, it would let nothing through.
pub(crate) fn parse(filter: &str) -> Option<Targets> {
    filter.parse().ok().filter(|_| !filter.contains('['))
}

/// Says where a listener can be reached.
pub fn listening(listener: &str, address: SocketAddr) {
    tracing::info!(target: LISTENING, listener, %address, "listening");
}

/// A panic is a bug: one line of the log like every other, not loose text beside it.
fn panicked(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string);
    tracing::error!(place, error = panic.payload_as_str(), "panicked");
}
