//! `cargo xtask load accept`: the acceptance of the plan that started this, played as one command.
//!
//! Each target of the plan has its own measurement and its row. What could not be measured is
//! missed.

mod judge;
mod logins;
mod metrics;
mod mix;
mod row;
mod stage;

use std::path::PathBuf;

use anyhow::{Result, anyhow};

use super::run::{folder, write_file};
use super::seed::SEED;
use crate::server::Choice;
use crate::targets::Targets;
use crate::{bench, chaos, index, interrupt, workspace};
use row::{Acceptance, Row};
use stage::Stage;

/// In how many turns a list that is kept and one that is read are asked for.
const TURNS: u32 = 3;

/// To so many documents in each collection queries are put.
const DOCUMENTS: u32 = 10_000;

/// What is played, and what becomes of it.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Play each scenario for a fifth of its time, at the same rates: sooner done, and less sure
    #[arg(long)]
    quick: bool,
    /// What chance is made of
    #[arg(long, value_name = "NUMBER", default_value_t = SEED)]
    seed: u64,
    /// Where the table (accept.md, accept.json) and the reports of the runs are written
    #[arg(long, value_name = "FOLDER")]
    report: Option<PathBuf>,
    /// Succeed whatever is missed
    #[arg(long)]
    report_only: bool,
    #[command(flatten)]
    choice: Choice,
}

pub(super) fn run(args: &Args) -> Result<()> {
    // Figures of a client that nobody optimised would not be the server's.
    if cfg!(debug_assertions) {
        return workspace::optimised();
    }
    let reports = args.report.clone().map_or_else(folder, Ok)?;
    let stage = Stage::set(args.choice.obtain()?, reports.clone(), (args.seed, args.quick))?;
    let targets = measure(&stage)?;
    let acceptance = Acceptance::of(&targets, stage.heading());
    println!("\n{acceptance}");
    let table = write_file(&reports, "accept.md", &acceptance.to_string())?;
    let json = serde_json::to_string_pretty(&acceptance)?;
    let json = write_file(&reports, "accept.json", &json)?;
    println!("written to {table}, {json}");
    targets.conclude(args.report_only)
}

/// One measurement after the other, while nothing else of this task runs.
fn measure(stage: &Stage) -> Result<Targets<Row>> {
    let mut targets = Targets::default();
    let played = stage.alone("the scenarios of the plan", mix::with_cache(stage));
    let (rows, load) = match played {
        Ok(mix::Played { rows, operations }) => {
            let without = mix::without_cache(stage, operations);
            (Ok(rows), stage.alone("the same without a cache", without))
        }
        Err(fault) => (Err(fault), Err(anyhow!("the scenarios were not played"))),
    };
    enter(&mut targets, "the scenarios", rows)?;
    enter(&mut targets, "load of MongoDB", load)?;
    enter(&mut targets, "throughput", throughput(stage))?;
    enter(&mut targets, "indexes", indexes(stage))?;
    eprintln!("--- an outage of MongoDB");
    let outage = chaos::mongo_down(stage.program());
    enter(&mut targets, "breaker", outage.map(judge::breaker))?;
    Ok(targets)
}

fn throughput(stage: &Stage) -> Result<Vec<Row>> {
    let measured = bench::cache::gain(stage.program(), stage.services(), TURNS);
    let gain = stage.alone("a list that is kept, and one that is read", measured)?;
    Ok(vec![judge::throughput(gain)])
}

fn indexes(stage: &Stage) -> Result<Vec<Row>> {
    let explained = index::both_ways(stage.services().mongodb()?, DOCUMENTS);
    let both = stage.alone("queries with and without indexes", explained)?;
    Ok(vec![judge::indexes(&both)])
}

/// Takes over what was measured; an interrupt ends all of it.
fn enter(targets: &mut Targets<Row>, part: &str, rows: Result<Vec<Row>>) -> Result<()> {
    interrupt::check()?;
    targets.add(rows.unwrap_or_else(|fault| vec![Row::unmeasured(part, &fault)]));
    Ok(())
}
