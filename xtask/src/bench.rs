//! `cargo xtask bench <what>`: what the product promises in figures, measured and judged.

mod artillery;
mod breaker;
pub(crate) mod cache;
mod crowd;
mod extent;
mod login;
mod pairs;
mod sink;
mod stand;
mod storm;
mod telemetry;

use anyhow::Result;

use crate::interrupt;
use crate::workspace;

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(clap::Subcommand)]
enum Bench {
    /// Logins of the release server against hashes of a bare loop; with `--storm`, far too many
    ///
    /// Needs a quiet machine. The report on standard output is Markdown; fails when a target is
    /// missed.
    Login(login::Args),
    /// A working day on a release server that tells all of itself, and on one that tells nothing
    ///
    /// Needs a quiet machine, MongoDB and Redis. The report on standard output is Markdown; fails when a target is
    /// missed.
    Telemetry(telemetry::Args),
    /// Replies that are kept, against a static one and against the store
    ///
    /// Needs a quiet machine, MongoDB and Redis. The report on standard output is Markdown; fails
    /// when a target is missed.
    Cache(cache::Args),
    /// Play the light scenario with npm's artillery; every journey must succeed
    ///
    /// Installs artillery under `target/tools` on first use. Takes three minutes.
    Artillery(artillery::Args),
    /// A call through the circuit breaker, beside recloser, failsafe and tower-resilience
    ///
    /// Needs a quiet machine. Criterion's benches in `crates/resilience/comparison`; the report on
    /// standard output is Markdown. Takes ten minutes.
    Breaker(breaker::Args),
}

pub(crate) fn run(args: &Args) -> Result<()> {
    interrupt::watch()?;
    match &args.bench {
        // Figures of a loop and of a client that nobody optimised would flatter the server.
        Bench::Login(_) | Bench::Telemetry(_) | Bench::Cache(_) if cfg!(debug_assertions) => {
            workspace::optimised()
        }
        Bench::Login(args) => login::run(args),
        Bench::Telemetry(args) => telemetry::run(args),
        Bench::Cache(args) => cache::run(args),
        Bench::Artillery(args) => artillery::run(args),
        Bench::Breaker(args) => breaker::run(args),
    }
}
