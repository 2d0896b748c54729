//! `cargo xtask compare <what>`: ours beside what was there before, case by case.

mod breaker;

use anyhow::Result;

use crate::interrupt;
use crate::workspace;

/// What to compare.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    comparison: Comparison,
}

#[derive(clap::Subcommand)]
enum Comparison {
    /// The circuit breaker, with npm's opossum
    ///
    /// Seven cases that opossum gets wrong, and what both make of them: a table in Markdown. Fails
    /// when ours is wrong in one. Needs Node.js and npm, and installs opossum under `target/tools`
    /// on first use.
    Breaker,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    interrupt::watch()?;
    match args.comparison {
        // The last case is figures.
        Comparison::Breaker if cfg!(debug_assertions) => workspace::optimised(),
        Comparison::Breaker => breaker::run(),
    }
}
