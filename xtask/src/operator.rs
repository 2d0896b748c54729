//! `cargo xtask auth` and `cargo xtask admin`: the server's own commands for operators.
//!
//! The server does them itself, so that there is one way to find a store and to open its keys, and
//! so that a machine which has the server alone needs nothing else.

use std::ffi::OsString;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::server;

/// What to tell the server.
#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Args {
    /// What it does and how; `--help` lists that
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENTS")]
    arguments: Vec<OsString>,
}

/// Builds the server and runs its command, with the environment, the folder and the standard input
/// of this task.
pub(crate) fn run(command: &str, args: &Args) -> Result<()> {
    let status =
        Command::new(server::build_for_use()?).arg(command).args(&args.arguments).status()?;
    ensure!(status.success(), "`gacp-api {command}` failed ({status})");
    Ok(())
}
