//! npm's artillery: the tool whose scenarios are played here, for benches and comparisons.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::interrupt;
use crate::npm;

/// The version that is played with.
pub(crate) const VERSION: &str = "2.0.34";

/// Installs it where it is not yet; needs Node.js and npm.
pub(crate) fn install() -> Result<()> {
    npm::installed("artillery", VERSION).map(|_modules| ())
}

/// Plays a scenario to its end against a server, with some of its configuration replaced (JSON);
/// returns the tool's report (JSON).
pub(crate) fn play(scenario: &Path, target: &str, overrides: &str) -> Result<String> {
    let program = npm::installed("artillery", VERSION)?.join(".bin/artillery");
    let folder = TempDir::with_prefix("gacp-artillery-")?;
    let output = folder.path().join("report.json");
    let mut command = Command::new(program);
    command
        .args(["run", "--quiet", "--target", target, "--overrides", overrides, "--output"])
        .args([&output, scenario])
        .env("ARTILLERY_DISABLE_TELEMETRY", "true")
        .stdin(Stdio::null())
        // Standard output is the report's.
        .stdout(std::io::stderr());
    let mut artillery = interrupt::spawn(&mut command).context("artillery did not start")?;
    let status = interrupt::wait(&mut artillery)?;
    // It fails too when its own limits are broken; then there is a report all the same.
    if !output.exists() {
        bail!("artillery ended without a report ({status})");
    }
    Ok(std::fs::read_to_string(&output)?)
}
