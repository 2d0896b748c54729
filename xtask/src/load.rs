//! `cargo xtask load <what>`: load runs that explain themselves.
//!
//! Scenarios are Artillery's. What differs is what is believed: arrivals follow their schedule
//! whatever the server does, latency counts from the moment a request was due, expectations always
//! count, and a failure without a known cause fails the run.

mod accept;
mod accounts;
mod cause;
mod compare;
mod condition;
mod csv;
mod data;
mod draw;
mod engine;
mod figures;
mod host;
mod keys;
mod lint;
mod odds;
mod page;
mod path;
mod progress;
mod record;
mod refusals;
mod report;
mod run;
mod scenario;
mod schedule;
mod seed;
#[cfg(test)]
mod stub;
mod template;
mod tokens;
mod yaml;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, bail};

use crate::bare;
use crate::client::Api;
use crate::interrupt;
use crate::server::{Choice, Server, Variables};
use lint::{Findings, Machine};
pub(crate) use odds::{Chances, Course, Deeds, Odds};
pub(crate) use report::Report;

/// How long the machine is asked what it can do.
const SAMPLE: Duration = Duration::from_millis(700);

/// What to do.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(clap::Subcommand)]
enum Task {
    /// Say what is wrong with a scenario and its data, before anything is sent
    ///
    /// Like a compiler: file and line, what is wrong, why that matters, what to do. Fails on any
    /// finding.
    Lint(LintArgs),
    /// Play a scenario, and explain every failure
    ///
    /// Arrivals follow the schedule whatever the server does; latency counts from the moment a
    /// request was due. Fails when a limit of the scenario is broken, when one failure is
    /// unexplained, or when this task could not keep up. Stops before the first request when
    /// `lint` finds an error.
    Run(run::Args),
    /// Make the users, farms, applications and certificates that scenarios play with
    ///
    /// Over HTTP, on a server of this machine that runs with `--demo` and raised limits; what is
    /// there already stays. The tokens in the files live for 15 minutes: made anew, they are new.
    Seed(seed::Args),
    /// Play the acceptance of the plan, and say of each target whether it is met
    ///
    /// On a MongoDB and a Redis of its own and release servers with raised limits: the light
    /// logins and the working day in small at their rates, the same without a cache, a list that
    /// is kept and one that is read, every query with and without indexes, an outage of MongoDB,
    /// and what the metrics count. Takes seven minutes and a quiet machine. Prints a table in
    /// Markdown; fails when a target is not met, when a failure is unexplained, and when something
    /// could not be measured.
    Accept(accept::Args),
    /// Two reports beside each other, with ratios
    ///
    /// A table in Markdown; of two valid runs.
    Compare(compare::Args),
}

#[derive(clap::Args)]
struct LintArgs {
    /// Scenarios in Artillery's format
    #[arg(required = true, value_name = "SCENARIO")]
    files: Vec<PathBuf>,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    interrupt::watch()?;
    match &args.task {
        Task::Lint(args) => lint(&args.files),
        Task::Compare(args) => compare::run(args),
        Task::Run(args) => run::run(args),
        Task::Seed(args) => seed::run(args),
        Task::Accept(args) => accept::run(args),
    }
}

/// Plays a scenario against a server, whatever `lint` would say of it.
pub(crate) fn play_once(file: &Path, target: &str) -> Result<Report> {
    run::once(file, target)
}

/// What chance makes of a scenario.
pub(crate) fn odds(file: &Path) -> Result<Odds> {
    Odds::of(&run::understood(file)?)
}

/// The files that give a scenario its data.
pub(crate) fn data_files(file: &Path) -> Result<Vec<PathBuf>> {
    Ok(run::understood(file)?.payloads.into_iter().map(|payload| payload.file).collect())
}

/// How many journeys a scenario begins, whatever data it is given.
pub(crate) fn arrivals(file: &Path) -> Result<u64> {
    Ok(run::understood(file)?.arrivals())
}

/// The server that `load run` starts for scenarios: limits raised, their accounts registered.
pub(crate) async fn server_for(files: &[&Path], choice: &Choice) -> Result<Server> {
    let scenarios: Vec<_> =
        files.iter().map(|file| run::understood(file)).collect::<Result<_>>()?;
    host::started(choice.obtain()?, Variables::new(), &scenarios).await
}

/// Makes what `load run --users` makes, on a server of this task; the files are written to a folder.
pub(crate) async fn make_users(server: &Server, users: u32, folder: &Path) -> Result<()> {
    let program = || Ok(server.command());
    seed::make(&Api::new(&server.base)?, (users, seed::SEED), folder, &program).await
}

fn lint(files: &[PathBuf]) -> Result<()> {
    let mut found = (0, 0);
    for file in files {
        let findings = linted(file)?;
        print!("{findings}");
        found = (found.0 + findings.errors(), found.1 + findings.warnings());
    }
    match found {
        (0, 0) => {
            println!("nothing to say about {} scenarios", files.len());
            Ok(())
        }
        (errors, warnings) => bail!("found {errors} error(s) and {warnings} warning(s)"),
    }
}

fn linted(file: &Path) -> Result<Findings> {
    lint::lint(file, &|| {
        // By the processor time of each: what else the machine does now is none of the limit's
        // business.
        let (each_ms, cores) = (bare::measure(SAMPLE)?.cpu_ms(), bare::cores());
        Ok(Machine { hashes: f64::from(cores) * 1_000.0 / each_ms, cores })
    })
}
