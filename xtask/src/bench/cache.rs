//! `cargo xtask bench cache`: what a reply costs that is kept.
//!
//! Three servers are asked by turns: one that keeps replies in its process, one that keeps them in
//! Redis before MongoDB, and one on the same two that keeps none. Each cached route is compared
//! with a static reply of the same server, which has no caller and no store.

mod routes;
mod stand;
mod table;

use std::path::Path;

use anyhow::Result;

use super::extent::Extent;
use super::sink::Sink;
use super::targets::Targets;
use crate::bare::cores;
use crate::interrupt;
use crate::server::{Choice, Variables};
use crate::services::counters::Counters;
use crate::services::{self, Given, Services};
use stand::Stand;
use table::Table;

/// What is measured, and how long.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    given: Given,
    #[command(flatten)]
    extent: Extent,
    /// Succeed whatever is missed
    #[arg(long)]
    report_only: bool,
    #[command(flatten)]
    choice: Choice,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let program = args.choice.obtain()?;
    let services = services::start(&args.given)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let Extent { connections, pairs, seconds } = args.extent;
    println!(
        "### Replies that are kept: {connections} connections in a closed loop, {} cores, {pairs} \
         turns of {seconds} s each\n",
        cores()
    );
    let table = runtime.block_on(async {
        tokio::select! {
            measured = measure(args.extent, &program, &services) => measured,
            interrupted = interrupt::happens() => Err(interrupted),
        }
    })?;
    println!("{table}");
    let mut targets = Targets::default();
    table.judge(&mut targets);
    print!("{targets}");
    targets.conclude(args.report_only)
}

async fn measure(extent: Extent, program: &Path, services: &Services) -> Result<Table> {
    let sink = Sink::open().await?;
    let telling: Variables = sink.variables().into();
    let shared = |database: &str| -> Variables {
        let servers = services.environment().map(|(name, value)| (name, value.to_owned()));
        // Each has keys of its own, and so a database.
        let name = format!("gacp_bench_{}_{database}", std::process::id());
        servers.chain([("MONGODB_DATABASE", name)]).collect()
    };
    let plus = |more: Variables| telling.iter().cloned().chain(more).collect();
    let mut nothing_kept = shared("nothing");
    nothing_kept.push(("GACP_CACHE__MEMORY_MIB", "0".to_owned()));
    let mut stands = [
        Stand::set(program, plus(Vec::new())).await?,
        Stand::set(program, plus(shared("redis"))).await?,
        Stand::set(program, plus(nothing_kept)).await?,
    ];
    let mut table = Table::default();
    let mut counters = counters(services)?;
    for (place, stand) in (0..).zip(&stands) {
        for route in routes::ALL {
            table.note((route, place), stand.operations(route, &mut counters).await?);
        }
    }
    for turn in 1..=extent.pairs {
        interrupt::check()?;
        eprintln!("turn {turn} of {}", extent.pairs);
        for (place, stand) in (0..).zip(&mut stands) {
            for route in routes::ALL {
                table.enter((route, place), stand.measure(route, extent).await?);
            }
        }
    }
    Ok(table)
}

/// What MongoDB is asked, where it can be counted.
fn counters(services: &Services) -> Result<Option<Counters>> {
    let uri = services.environment().find(|(name, _)| *name == "MONGODB_URI");
    Ok(uri.map(|(_, uri)| Counters::open(uri)).transpose()?.flatten())
}
