//! `cargo xtask chaos <drill>`: what breaks in production, broken on purpose.
//!
//! A drill is a setup (servers of its own, writers, readers), a fault that comes and goes in
//! rounds, the rules that hold whatever happens, and a report. It ends by itself, and whatever it
//! started ends with it.

mod all;
mod audit;
mod breaches;
mod breaker;
mod course;
mod disk_full;
mod drill;
mod drop_replies;
mod extent;
mod judge;
mod kill_api;
mod mongo;
mod notes;
pub(crate) mod outage;
mod redis_down;
mod report;
mod revoke_race;
mod rolling_restart;
mod rounds;
mod rules;
mod shared;
mod stage;
mod watcher;
mod writer;

use std::path::{Path, PathBuf};

use anyhow::Result;
use tokio::runtime::Runtime;

use crate::interrupt;
use crate::server::{Choice, Server, Variables};
use crate::services::Own;
use disk_full::Disk;
use extent::{Breaking, Rounds};
use mongo::{Harm, Harmed};
use outage::Outage;
use report::{Outcome, Report};
use shared::Shared;

/// What to break.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    drill: Drill,
    #[command(flatten)]
    choice: Choice,
    /// Whether the server leaves a store alone that is out; `off`: drills of MongoDB must fail
    #[arg(long, value_enum, global = true, default_value = "on")]
    breaker: Breaking,
}

#[derive(clap::Subcommand)]
enum Drill {
    /// Kill MongoDB with SIGKILL under writes, and start it again; the server goes on
    ///
    /// While it is gone every reply is a 503 that says when to come back, within the deadline.
    MongoDown(extent::Many),
    /// Have commands of MongoDB take longer than anybody waits (a fail point), and end that
    MongoSlow {
        #[command(flatten)]
        extent: extent::Few,
        /// Stop its process (SIGSTOP) instead: nobody is answered, `hello` neither
        #[arg(long)]
        stop: bool,
    },
    /// Have MongoDB close connections instead of answering (a fail point), and end that
    MongoReset(extent::Few),
    /// Have the primary step down with nobody to be elected, and let it be elected
    StepDown(extent::Few),
    /// Kill Redis with SIGKILL under logins, and start it again; limits hold all the same
    RedisDown(extent::Few),
    /// Fill the disk under SQLite, and make room; needs the right to mount, or to `unshare`
    DiskFull {
        #[command(flatten)]
        extent: extent::Few,
        /// In a namespace where it may mount
        #[arg(long, hide = true)]
        unshared: bool,
    },
    /// Kill the server with SIGKILL under writes, and start it again on the same store
    KillApi {
        #[command(flatten)]
        extent: extent::Many,
        /// On a MongoDB replica set of its own instead of a file
        #[arg(long)]
        mongo: bool,
    },
    /// Lose replies to refreshes on their way; whoever repeats them is not logged out
    DropReplies(drop_replies::Extent),
    /// Restart two servers in turn behind nginx, each taken out first; nobody notices
    RollingRestart(rolling_restart::Extent),
    /// Revoke certificates that are verified on two servers; nobody is told `valid` afterwards
    RevokeRace(revoke_race::Extent),
    /// Play every drill, and write target/chaos/report.md; fails if any does
    All,
}

/// Which servers a drill is played with.
struct Cast {
    program: PathBuf,
    breaking: Breaking,
    runtime: Runtime,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    interrupt::watch()?;
    let breaking = args.breaker;
    let cast = Cast::new(args.choice.obtain()?, breaking)?;
    match &args.drill {
        Drill::MongoDown(extent) => cast.on_mongo(Harm::Killed, extent.rounds())?.verdict(),
        Drill::MongoSlow { extent, stop } => {
            let harm = if *stop { Harm::Stopped } else { Harm::Slow };
            cast.on_mongo(harm, extent.rounds())?.verdict()
        }
        Drill::MongoReset(extent) => cast.on_mongo(Harm::Reset, extent.rounds())?.verdict(),
        Drill::StepDown(extent) => cast.on_mongo(Harm::SteppedDown, extent.rounds())?.verdict(),
        Drill::RedisDown(extent) => {
            let mut redis = Own::redis()?;
            let variables = redis_down::variables(&redis);
            cast.play(variables, async |server| {
                redis_down::play(server, &mut redis, extent.rounds()).await
            })
        }
        Drill::DiskFull { unshared: false, .. } => disk_full::run_in_namespace("--unshared"),
        Drill::DiskFull { extent, unshared: true } => {
            let mut disk = Disk::mount()?;
            let variables = disk_full::variables(&disk);
            cast.play(variables, async |server| {
                disk_full::play(server, &mut disk, extent.rounds()).await
            })
        }
        Drill::KillApi { extent, mongo } => {
            cast.on_either(*mongo, async |server| kill_api::play(server, extent.rounds()).await)
        }
        Drill::DropReplies(extent) => {
            cast.on_either(extent.mongo, async |server| drop_replies::play(server, extent).await)
        }
        Drill::RollingRestart(extent) => {
            cast.on_shared(async |on| rolling_restart::play(&cast.program, on, extent).await)
        }
        Drill::RevokeRace(extent) => {
            cast.on_shared(async |on| revoke_race::play(&cast.program, on, extent).await)
        }
        Drill::All => all::play(&cast.program, &["--breaker", breaking.as_str()]),
    }
}

/// Kills the MongoDB under a server of this program, and starts it again, once.
pub(crate) fn mongo_down(program: &Path) -> Result<Outage> {
    let cast = Cast::new(program.to_owned(), Breaking::On)?;
    Ok(cast.on_mongo(Harm::Killed, 1)?.first_outage())
}

impl Cast {
    fn new(program: PathBuf, breaking: Breaking) -> Result<Self> {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        Ok(Self { program, breaking, runtime })
    }

    /// Something happens to the MongoDB under the server.
    fn on_mongo(&self, harm: Harm, rounds: u32) -> Result<Report> {
        let mut mongod = Own::mongod()?;
        self.perform(mongo::variables(&mongod), async |server| {
            mongo::play(server, Harmed::new(&mut mongod, harm), rounds).await
        })
    }

    /// On a MongoDB of the drill's own, or on a file.
    fn on_either<R: Outcome>(
        &self,
        mongo: bool,
        drill: impl AsyncFnOnce(&mut Server) -> Result<R>,
    ) -> Result<()> {
        let mongod = mongo.then(Own::mongod).transpose()?;
        self.play(mongod.as_ref().map_or_else(Variables::new, mongo::variables), drill)
    }

    /// With servers of its own that share a MongoDB and a Redis of the drill's own.
    fn on_shared<R: Outcome>(&self, drill: impl AsyncFnOnce(&Shared) -> Result<R>) -> Result<()> {
        let shared = Shared::start()?;
        let report = self.runtime.block_on(drill(&shared))?;
        println!("\n{report}");
        report.verdict()
    }

    /// Plays a drill with a server, and judges it.
    fn play<R: Outcome>(
        &self,
        variables: Variables,
        drill: impl AsyncFnOnce(&mut Server) -> Result<R>,
    ) -> Result<()> {
        self.perform(variables, drill)?.verdict()
    }

    /// Plays a drill with a server, and shows the report; when there is none, what the server said
    /// last.
    fn perform<R: Outcome>(
        &self,
        mut variables: Variables,
        drill: impl AsyncFnOnce(&mut Server) -> Result<R>,
    ) -> Result<R> {
        variables.extend(self.breaking.variables());
        self.runtime.block_on(async {
            let mut server = Server::start(self.program.clone(), variables).await?;
            let played = drill(&mut server).await;
            let report = played.inspect_err(|_fault| println!("{}", server.log_tail()))?;
            println!("\n{report}");
            Ok(report)
        })
    }
}
