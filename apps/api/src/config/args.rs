//! The command line.

use std::path::PathBuf;

use clap::Parser;

use crate::operator::Command;

/// The GACP HTTP API: certification of medicinal-plant farms.
///
/// Without arguments it serves the whole API on this machine, from a file in ./data. With a command
/// it does that and ends.
#[derive(Debug, Clone, Default, Parser)]
#[command(name = "gacp-api", version, after_long_help = super::keys::help())]
pub struct Args {
    /// The configuration file (TOML)
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// Make demonstration accounts and a farm, and say how to use them; on loopback only
    #[arg(long)]
    pub demo: bool,
    /// What to do instead of serving
    #[command(subcommand)]
    pub command: Option<Command>,
}
