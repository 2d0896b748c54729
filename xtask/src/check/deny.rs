//! `deny.toml`: who may link what, under which licences, from where.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::workspace::{cargo, output, root, run as run_command, tools};

/// The version that `deny.toml` is written for; older ones do not read it.
const VERSION: &str = "0.20.2";

pub(super) fn run() -> Result<()> {
    let tool = tools()?.join("bin/cargo-deny");
    if !is_current(&tool) {
        install()?;
    }
    let mut command = Command::new(tool);
    command.current_dir(root()?).args(["check", "--hide-inclusion-graph"]);
    // The list of wrappers names crates that are planned and not there yet.
    command.args(["--allow", "unused-wrapper"]);
    run_command(command.args(["bans", "licenses", "sources"]))
}

fn is_current(tool: &Path) -> bool {
    tool.exists()
        && output(Command::new(tool).arg("--version"))
            .is_ok_and(|line| line.split_whitespace().any(|word| word == VERSION))
}

/// Builds cargo-deny as fast as it can be had: it runs for seconds.
fn install() -> Result<()> {
    let root = tools()?;
    println!("installing cargo-deny {VERSION} to {} (once)", root.display());
    let mut command = cargo(["install", "--locked", "--root"])?;
    command.arg(root).arg(format!("cargo-deny@{VERSION}"));
    command.env("CARGO_PROFILE_RELEASE_LTO", "off");
    command.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
    command.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    run_command(&mut command)
}
