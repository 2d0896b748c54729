//! What watches a server: Prometheus for its metrics, a receiver that writes down its spans.

mod prometheus;
mod rotel;

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result};

use super::state::Run;
pub(crate) use prometheus::Scraped;
pub(super) use prometheus::start as prometheus;
pub(crate) use rotel::Received;
pub(super) use rotel::start as rotel;

/// Where a server tells its metrics that is told nothing else: what Prometheus asks.
const METRICS: &str = "127.0.0.1:9464";

/// A reply that takes longer than this hangs.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Starts both as a part of a run, says where to look, and returns what a server is to be told.
pub(super) fn start(run: &mut Run) -> Result<[(&'static str, String); 2]> {
    let scraped = Scraped { targets: &[METRICS.to_owned()], seconds: 5 };
    let seen = prometheus(run, &scraped)?;
    let received = rotel(run)?;
    eprintln!("Prometheus: {seen} asks {METRICS} for metrics, every {} s", scraped.seconds);
    eprintln!("spans: {} holds what comes to {received}", received.log.display());
    Ok([
        ("OTEL_EXPORTER_OTLP_ENDPOINT", received.http),
        ("GACP_METRICS_LISTEN", METRICS.to_owned()),
    ])
}

/// The status of what is answered to a GET.
fn status(port: u16, path: &str) -> Result<u16> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes())?;
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply)?;
    let reply = String::from_utf8_lossy(&reply);
    let status = reply.split(' ').nth(1).and_then(|word| word.parse().ok());
    status.context("no HTTP is spoken there")
}
