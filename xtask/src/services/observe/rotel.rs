//! rotel: receives spans, metrics and logs over OTLP, keeps none, and writes each span to its log.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::super::install::{self, Program};
use super::super::process::{self, free_port};
use super::super::service::Service;
use super::super::state::Run;
use super::status;

const NAME: &str = "rotel-agent";

const SERVICE: Service = Service {
    program: NAME,
    variable: "OTEL_EXPORTER_OTLP_ENDPOINT",
    install: install::rotel,
    arguments,
    address,
    settled,
};

/// Where it receives, and where it writes that down.
pub(crate) struct Received {
    pub(crate) http: String,
    pub(crate) grpc: String,
    pub(crate) log: PathBuf,
}

impl fmt::Display for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (HTTP) and {} (gRPC)", self.http, self.grpc)
    }
}

pub(in crate::services) fn start(run: &mut Run) -> Result<Received> {
    let grpc = format!("127.0.0.1:{}", free_port()?);
    let told = ["start", "--otlp-grpc-endpoint", &grpc].map(str::to_owned).into();
    let program = Program { told, ..install::rotel()? };
    let http = SERVICE.launch(&program, run)?.0.address;
    let log = run.folder().join(format!("{NAME}.log"));
    Ok(Received { http, grpc: format!("http://{grpc}"), log })
}

fn arguments(port: u16, folder: &Path) -> Vec<String> {
    let [http, pid_file] = [format!("127.0.0.1:{port}"), folder.join("pid").display().to_string()];
    let valued = [
        ("--otlp-http-endpoint", http.as_str()),
        ("--pid-file", &pid_file),
        ("--exporter", "blackhole"),
        ("--debug-log", "traces"),
        ("--debug-log-verbosity", "detailed"),
    ];
    valued.iter().flat_map(|(name, value)| [*name, *value]).map(str::to_owned).collect()
}

fn address(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// True once this process answers: nothing is served at its root.
fn settled(port: u16, pid: u32) -> Result<bool> {
    Ok(status(port, "/")? == 404 && process::is(pid, NAME, port))
}
