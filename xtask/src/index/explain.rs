//! `cargo xtask index explain`: what every query of the catalogue costs.

use std::path::PathBuf;

use anyhow::{Result, bail, ensure};
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
    let uri = services.mongodb()?;
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

/// Every query of the catalogue, with its index and without any.
pub(crate) struct BothWays {
    pub(crate) with: Vec<Explanation>,
    pub(crate) without: Vec<Explanation>,
}

/// Puts every query both ways, to so many documents that are made for it in a database that is
/// removed afterwards.
pub(crate) async fn both_ways(uri: &str, documents: u32) -> Result<BothWays> {
    let asked = Asked::open(uri, "gacp").await?;
    let explained = both_ways_of(&asked, documents).await;
    asked.close().await?;
    explained
}

async fn both_ways_of(asked: &Asked, documents: u32) -> Result<BothWays> {
    ensure!(asked.made, "queries are put without indexes to made documents only");
    asked.fill(documents).await?;
    Ok(BothWays {
        with: asked.store.explain(Without::Nothing).await?,
        without: asked.store.explain(Without::AnyIndex).await?,
    })
}

fn verdict(explained: &[Explanation]) -> Result<()> {
    let at_fault = explained.iter().filter(|one| !one.faults().is_empty()).count();
    if at_fault > 0 {
        bail!("{at_fault} of {} queries are at fault", explained.len());
    }
    println!("{} queries, none at fault", explained.len());
    Ok(())
}
