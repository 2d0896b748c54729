//! `cargo xtask compare <what>`: ours beside what was there before, case by case.

mod artillery;
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
    /// Load runs, with npm's artillery
    ///
    /// Both play the files of `xtask/compare/artillery` against one server, which notes what it is
    /// asked. Fails when requests, statuses, captures or expectations differ.
    ///
    /// Then both play `auth-light.yml`, `auth-light-corrected.yml` and `platform-mix.yml` of
    /// `xtask/scenarios` against one server of ours, one tool after the other, for a tenth of their
    /// time. Chance decides who does what in them: figures that follow from others must do so in
    /// both, those of chance must lie within five standard deviations of what the file says, and of
    /// each other. Artillery looks at expectations only with a plugin: `auth-light.yml` is played
    /// without, the other ones with it.
    ///
    /// Needs Node.js and npm, and installs artillery under `target/tools` on first use.
    Artillery(artillery::Args),
    /// The circuit breaker, with npm's opossum
    ///
    /// Seven cases that opossum gets wrong, and what both make of them: a table in Markdown. Fails
    /// when ours is wrong in one. Needs Node.js and npm, and installs opossum under `target/tools`
    /// on first use.
    Breaker,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    interrupt::watch()?;
    match &args.comparison {
        Comparison::Artillery(args) => artillery::run(args),
        // The last case is figures.
        Comparison::Breaker if cfg!(debug_assertions) => workspace::optimised(),
        Comparison::Breaker => breaker::run(),
    }
}
