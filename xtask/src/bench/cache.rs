//! `cargo xtask bench cache`: what a reply costs that is kept.
//!
//! Three servers are asked by turns: one that keeps replies in its process, one that keeps them in
//! Redis before MongoDB, and one on MongoDB alone that keeps none. Each cached route is compared with
//! a static reply of the same server, which has no caller and no store. Beside them stand handlers
//! that do nothing else: what the framework, the drivers and the kernel take by themselves.
//!
//! The server has no static reply as large as some that are kept. One would take longer than that
//! which it has, as much as a bare handler takes longer for as many bytes.

mod handlers;
mod table;

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::extent::Extent;
use super::sink::Sink;
use super::stand::routes::{self, Route};
use super::stand::{self, Stand};
use crate::bare::cores;
use crate::interrupt;
use crate::server::{Choice, Variables, keeps_nothing};
use crate::services::{self, Given, Services};
use crate::targets::Targets;
use handlers::Handlers;
pub(crate) use table::{Gain, LEAST_GAIN};
use table::{IN_REDIS, NOWHERE, Table};

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
    /// Bare handlers that are built already (default: build them)
    #[arg(long, value_name = "FILE")]
    bare: Option<PathBuf>,
    #[command(flatten)]
    choice: Choice,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let program = args.choice.obtain()?;
    let bare = args.bare.clone().map_or_else(handlers::build, Ok)?;
    let services = services::start(&args.given)?;
    let mut handlers = Handlers::start(&bare, &services)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let Extent { connections, pairs, seconds } = args.extent;
    println!(
        "### Replies that are kept: {connections} connections in a closed loop, {} cores, {pairs} \
         turns of {seconds} s each\n",
        cores()
    );
    let table = runtime.block_on(async {
        tokio::select! {
            measured = measure(args.extent, (&program, &mut handlers), &services) => measured,
            interrupted = interrupt::happens() => Err(interrupted),
        }
    })?;
    println!("{table}\n{handlers}");
    let mut targets = Targets::default();
    table.judge(&mut targets);
    table.judge_against(&handlers, &mut targets);
    print!("{targets}");
    targets.conclude(args.report_only)
}

async fn measure(
    extent: Extent,
    (program, handlers): (&Path, &mut Handlers),
    services: &Services,
) -> Result<Table> {
    let sink = Sink::open().await?;
    let mut stands = [
        Stand::set(program, sink.variables().into()).await?,
        Stand::set(program, in_redis(&sink, services)).await?,
        Stand::set(program, nowhere(&sink, services)).await?,
    ];
    let mut table = Table::default();
    let mut counters = services.counters()?;
    for (place, stand) in (0..).zip(&stands) {
        for route in routes::ALL {
            table.note((route, place), stand.operations(route, &mut counters).await?);
        }
    }
    let large = large(&stands[0]).await?;
    for turn in 1..=extent.pairs {
        interrupt::check()?;
        eprintln!("turn {turn} of {}", extent.pairs);
        handlers.measure(extent).await?;
        for (route, size) in &large {
            table.enter_longer(*route, handlers.longer(*size, extent).await?);
        }
        for (place, stand) in (0..).zip(&mut stands) {
            for route in routes::ALL {
                table.enter((route, place), stand.measure(route, extent).await?);
            }
        }
    }
    Ok(table)
}

/// The routes whose replies are larger than static ones, and how large they are.
async fn large(stand: &Stand) -> Result<Vec<(Route, usize)>> {
    let mut large = Vec::new();
    for route in routes::ALL {
        let size = stand.size(route).await?;
        if size > handlers::STATIC {
            large.push((route, size));
        }
    }
    Ok(large)
}

/// A list that is kept in Redis against one that is read, in so many turns of each.
pub(crate) async fn gain(program: &Path, services: &Services, turns: u32) -> Result<Gain> {
    let extent = Extent::of(turns);
    let sink = Sink::open().await?;
    let mut stands = [
        (IN_REDIS, Stand::set(program, in_redis(&sink, services)).await?),
        (NOWHERE, Stand::set(program, nowhere(&sink, services)).await?),
    ];
    let (mut table, list) = (Table::default(), Route::Applications);
    for _turn in 0..turns {
        for (place, stand) in &mut stands {
            interrupt::check()?;
            table.enter((list, *place), stand.measure(list, extent).await?);
        }
    }
    Ok(table.gain())
}

fn in_redis(sink: &Sink, services: &Services) -> Variables {
    stand::on(services, sink.variables(), "redis")
}

fn nowhere(sink: &Sink, services: &Services) -> Variables {
    let mut variables = stand::on(services, sink.variables(), "nothing");
    variables.retain(|(name, _)| *name != "REDIS_URL");
    variables.push(keeps_nothing());
    variables
}
