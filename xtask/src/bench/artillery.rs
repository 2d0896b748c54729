//! `cargo xtask bench artillery`: the light scenario, played by the tool that it was written for.

mod report;

use std::path::Path;

use anyhow::Result;

use crate::artillery;
use crate::load;
use crate::server::{Choice, Server};
use crate::targets::Targets;
use crate::workspace;
use report::Report;

/// Expectations are counted only by a plugin that comes with artillery and that no scenario here
/// turns on.
const OVERRIDES: &str = r#"{"config":{"plugins":{"expect":{"outputFormat":"silent"}}}}"#;

/// What is played.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The scenario as it was first written: about one journey of eleven fails, because the header
    /// of the CSV is taken for a user
    #[arg(long)]
    as_shipped: bool,
    /// Succeed whatever fails
    #[arg(long)]
    report_only: bool,
    #[command(flatten)]
    choice: Choice,
}

pub(super) fn run(args: &Args) -> Result<()> {
    artillery::install()?;
    let folder = workspace::root()?.join("xtask/scenarios");
    let scenario = if args.as_shipped { "auth-light.yml" } else { "auth-light-corrected.yml" };
    let file = folder.join(scenario);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let server = runtime.block_on(load::server_for(&[&file], &args.choice))?;
    let played = play(&file, &server);
    let report = played.inspect_err(|_fault| eprintln!("{}", server.log_tail()))?;
    println!("### {scenario}, played by artillery {}\n\n{report}", artillery::VERSION);
    let mut targets = Targets::default();
    report.judge(&mut targets);
    print!("{targets}");
    targets.conclude(args.report_only)
}

/// Plays a scenario to its end, and reads what the tool found.
fn play(scenario: &Path, server: &Server) -> Result<Report> {
    eprintln!("playing {} for three minutes", scenario.display());
    Report::parse(&artillery::play(scenario, &server.base, OVERRIDES)?)
}
