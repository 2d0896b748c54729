//! `cargo xtask chaos <drill>`: what breaks in production, broken on purpose.
//!
//! A drill is a setup (servers of its own, writers, readers), a fault that comes and goes in
//! rounds, the rules that hold whatever happens, and a report. It ends by itself, and whatever it
//! started ends with it.

mod audit;
mod breaches;
mod course;
mod drill;
mod drop_replies;
mod judge;
mod kill_api;
mod mongo_down;
mod notes;
mod report;
mod rolling_restart;
mod rounds;
mod rules;
mod stage;
mod watcher;
mod writer;

use anyhow::Result;
use clap::value_parser;

use crate::interrupt;
use crate::server::{Choice, Server, Variables};
use crate::services::Own;
use report::Outcome;

/// What to break.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    drill: Drill,
    #[command(flatten)]
    choice: Choice,
}

#[derive(clap::Subcommand)]
enum Drill {
    /// Kill MongoDB with SIGKILL under writes, and start it again; the server goes on
    ///
    /// While it is gone every reply is a 503 that says when to come back, within the deadline.
    MongoDown(Extent),
    /// Kill the server with SIGKILL under writes, and start it again on the same store
    KillApi {
        #[command(flatten)]
        extent: Extent,
        /// On a MongoDB replica set of its own instead of a file
        #[arg(long)]
        mongo: bool,
    },
    /// Lose replies to refreshes on their way; whoever repeats them is not logged out
    DropReplies(drop_replies::Extent),
    /// Restart two servers in turn behind nginx, each taken out first; nobody notices
    RollingRestart(rolling_restart::Extent),
}

/// How much of it.
#[derive(clap::Args)]
struct Extent {
    /// How often
    #[arg(long, default_value_t = 5, value_parser = value_parser!(u32).range(1..=50))]
    rounds: u32,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    interrupt::watch()?;
    let program = args.choice.obtain()?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    match &args.drill {
        Drill::MongoDown(Extent { rounds }) => {
            let mut mongod = Own::mongod()?;
            let variables = mongo_down::variables(&mongod);
            runtime.block_on(async {
                let mut server = Server::start(program, variables).await?;
                let played = mongo_down::play(&mut server, &mut mongod, *rounds).await;
                conclude(&server, played)
            })
        }
        Drill::KillApi { extent, mongo } => {
            let mongod = mongo.then(Own::mongod).transpose()?;
            let variables = mongod.as_ref().map_or_else(Variables::new, mongo_down::variables);
            runtime.block_on(async {
                let mut server = Server::start(program, variables).await?;
                let played = kill_api::play(&mut server, extent.rounds).await;
                conclude(&server, played)
            })
        }
        Drill::DropReplies(extent) => {
            let mongod = extent.mongo.then(Own::mongod).transpose()?;
            let variables = mongod.as_ref().map_or_else(Variables::new, mongo_down::variables);
            runtime.block_on(async {
                let mut server = Server::start(program, variables).await?;
                let played = drop_replies::play(&mut server, extent).await;
                conclude(&server, played)
            })
        }
        Drill::RollingRestart(extent) => {
            let shared = rolling_restart::Shared::start()?;
            let report = runtime.block_on(rolling_restart::play(&program, &shared, extent))?;
            println!("\n{report}");
            report.verdict()
        }
    }
}

/// Shows the report; when there is none, what the server said last.
fn conclude(server: &Server, played: Result<impl Outcome>) -> Result<()> {
    let report = played.inspect_err(|_fault| println!("{}", server.log_tail()))?;
    println!("\n{report}");
    report.verdict()
}
