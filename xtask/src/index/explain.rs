//! `cargo xtask index explain`: what every query of the catalogue costs.

use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use gacp_store_mongo::{Explanation, Without};
use tokio::runtime::Runtime;

use super::scratch::Asked;
use super::{snapshot, table};
use crate::interrupt;
use crate::services::{self, Given};

/// What to explain, and what to hold it against.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    given: Given,
    /// The database to ask
    #[arg(long, env = "MONGODB_DATABASE", default_value = "gacp")]
    database: String,
    /// How many documents are made in each collection, when the database is empty
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1_000..=10_000_000))]
    scale: u32,
    /// Show documents, keys and time also without indexes; on made documents only
    #[arg(long)]
    compare: Option<Comparison>,
    /// Fail when the figures are not those of this file
    #[arg(long, conflicts_with = "scale")]
    check: Option<PathBuf>,
    /// Write the figures to this file
    #[arg(long, conflicts_with = "check")]
    write: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Comparison {
    /// Without any index
    None,
    /// Without the one that a query is meant to walk; the others stay
    Others,
}

pub(super) fn run(args: &Args, runtime: &Runtime) -> Result<()> {
    interrupt::watch()?;
    let services = services::start(&args.given)?;
    let uri = services.environment().find(|(name, _)| *name == "MONGODB_URI");
    let (_, uri) = uri.context("there is no MongoDB")?;
    runtime.block_on(async {
        let asked = Asked::open(uri, &args.database).await?;
        let outcome = tokio::select! {
            outcome = explain(args, &asked) => outcome,
            interrupted = interrupt::happens() => Err(interrupted),
        };
        asked.close().await?;
        outcome
    })
}

async fn explain(args: &Args, asked: &Asked) -> Result<()> {
    ensure!(asked.made || args.compare.is_none(), "--compare is for made documents only");
    asked.fill(args.scale).await?;
    let explained = asked.store.explain(Without::Nothing).await?;
    let figures = table::figures(&explained);
    match args.compare {
        None => println!("{figures}"),
        Some(comparison) => {
            let without = match comparison {
                Comparison::None => Without::AnyIndex,
                Comparison::Others => Without::ItsIndex,
            };
            let without = asked.store.explain(without).await?;
            println!("without / with\n{}", table::compared(&explained, &without));
        }
    }
    if let Some(file) = &args.write {
        snapshot::write(file, &figures)?;
    }
    if let Some(file) = &args.check {
        snapshot::check(file, &figures)?;
    }
    verdict(&explained)
}

fn verdict(explained: &[Explanation]) -> Result<()> {
    let at_fault = explained.iter().filter(|one| !one.faults().is_empty()).count();
    if at_fault > 0 {
        bail!("{at_fault} of {} queries are at fault", explained.len());
    }
    println!("{} queries, none at fault", explained.len());
    Ok(())
}
