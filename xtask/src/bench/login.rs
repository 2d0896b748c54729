//! `cargo xtask bench login`: how many logins the release server answers, and how it refuses more.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use clap::value_parser;

use super::crowd::{self, Crowd};
use super::extent::Extent;
use super::pairs;
use super::storm;
use crate::bare::cores;
use crate::client::Api;
use crate::interrupt;
use crate::people;
use crate::server::{Choice, Server, Variables};
use crate::services::{self, Given, Services};
use crate::targets::Targets;

/// The store that a server has in its folder.
const EMBEDDED: &str = "embedded";

/// The one that processes share.
const SHARED: &str = "MongoDB + Redis";

/// What is measured, and how long.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Send logins at four times the capacity, and see how the others fare
    #[arg(long)]
    storm: bool,
    #[command(flatten)]
    extent: Extent,
    /// The length of the storm, in seconds
    #[arg(long, default_value_t = 15, value_parser = value_parser!(u32).range(1..=60))]
    storm_seconds: u32,
    /// Then the same on MongoDB and Redis: the given ones, or some that are started for it
    #[arg(long)]
    mongo: bool,
    /// Succeed whatever is missed
    #[arg(long)]
    report_only: bool,
    #[command(flatten)]
    choice: Choice,
    #[command(flatten)]
    given: Given,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let program = args.choice.obtain()?;
    // One thread: a client that costs little leaves the cores to the server.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut targets = Targets::default();
    println!("{}\n", args.headline());
    let stand = (EMBEDDED, program.clone(), Variables::new());
    runtime.block_on(measure(args, stand, &mut targets))?;
    if args.mongo {
        // Not before: idle services take a little time too.
        let services = services::start(&args.given)?;
        let stand = (SHARED, program, variables_of(&services));
        // No target: what is promised is promised of the embedded store.
        runtime.block_on(measure(args, stand, &mut Targets::default()))?;
    }
    print!("{targets}");
    targets.conclude(args.report_only)
}

impl Args {
    fn headline(&self) -> String {
        let Extent { connections, pairs, seconds } = self.extent;
        let cores = cores();
        let loops = format!("{connections} connections in a closed loop, {cores} cores");
        if self.storm {
            return format!("### Storm of logins: capacity measured with {loops}");
        }
        format!("### Logins against hashes: {loops}, {pairs} pairs of {seconds} s each")
    }
}

/// Measures one server, prints what came of it, and judges it.
async fn measure(
    args: &Args,
    (store, program, variables): (&'static str, PathBuf, Variables),
    targets: &mut Targets,
) -> Result<()> {
    let mut server = Server::start(program, variables).await?;
    let measured = measure_on(&mut server, store, args, targets);
    let measured = tokio::select! {
        measured = measured => measured,
        interrupted = interrupt::happens() => Err(interrupted),
    };
    measured.inspect_err(|_fault| eprintln!("{}", server.log_tail()))
}

async fn measure_on(
    server: &mut Server,
    store: &'static str,
    args: &Args,
    targets: &mut Targets,
) -> Result<()> {
    let api = Api::new(&server.base)?;
    server.ready(&api).await?;
    eprintln!("{store}: registering {} farmers", args.extent.connections);
    let people = people::registered(&api, args.extent.connections).await?;
    // In somebody's name each whom no other uses: no account is guessed at by two.
    let logins = people.iter().map(|person| vec![crowd::login(server.authority(), person)]);
    let mut crowd = Crowd::gather(server.authority(), logins).await?;
    if args.storm {
        let length = Duration::from_secs(args.storm_seconds.into());
        let capacity = storm::capacity((&mut crowd, server.pid()), args.extent.phase()).await?;
        drop(crowd);
        let report = storm::play(store, (&api, server), (capacity, length)).await?;
        println!("{report}");
        report.judge(targets);
        return Ok(());
    }
    let pairs = pairs::measure(store, (&mut crowd, server.pid()), args.extent).await?;
    println!("{pairs}");
    pairs.judge(targets);
    Ok(())
}

/// A database of its own on these services.
fn variables_of(services: &Services) -> Variables {
    let given = services.environment().map(|(name, value)| (name, value.to_owned()));
    let mut variables: Variables = given.collect();
    variables.push(("MONGODB_DATABASE", format!("gacp_bench_{}", std::process::id())));
    variables
}
