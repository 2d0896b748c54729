//! `cargo xtask load seed`: the people and things that scenarios play with.
//!
//! Everything is made over HTTP, by the rules that hold for everybody, on a server with raised
//! limits. The same seed makes the same people, wherever they are made.

mod crowd;
mod files;
mod person;
mod world;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::value_parser;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::task::{JoinSet, spawn_blocking};

use super::accounts;
use super::figures::number;
use super::host::on_loopback;
use crate::client::Api;
use crate::interrupt;
use crate::server::Choice;
use crate::workspace;
use files::Files;
use person::Person;
use world::World;

/// What a scenario of the product asks when nobody says.
const TARGET: &str = "http://127.0.0.1:8080";

/// What chance is made of when nobody says.
pub(super) const SEED: u64 = 42;

/// As many are made at once as keep a few cores busy, and are let in.
const AT_ONCE: usize = 6;

/// So many of them have a token in the files: each costs the server a hash, and 200 are as good as
/// any number for a scenario that reads.
const LOGGED_IN: u32 = 200;

/// The most users: their numbers are told apart by eight digits.
const MOST: u32 = 1_000_000;

/// How often a line is written where there is no terminal.
const LINE: Duration = Duration::from_secs(5);

/// What is made, and where.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Make so many farmers, each with a farm, a plot and an application. Writes farmers.csv,
    /// staff.csv and certificates.csv
    ///
    /// The first 200 log in, and of ten of them one has a certificate and one is under review. The
    /// rest are made by the server's program, on the store that the environment of this task
    /// configures, as with `cargo xtask admin`. Beyond the first 900 000 nobody applies: a year has
    /// 999 999 numbers of applications.
    #[arg(
        long, value_name = "N", value_parser = value_parser!(u32).range(1..=i64::from(MOST)),
        required_unless_present = "csv"
    )]
    users: Option<u32>,
    /// Register the accounts of a data file: its columns `email` and `password`
    #[arg(long, value_name = "FILE", conflicts_with = "users")]
    csv: Option<PathBuf>,
    /// The same seed makes the same people
    #[arg(long, value_name = "NUMBER", default_value_t = SEED)]
    seed: u64,
    /// A server on this machine, with `--demo` and raised limits
    #[arg(long, value_name = "URL", default_value = TARGET)]
    target: String,
    #[command(flatten)]
    choice: Choice,
    /// Where the files are written (default: beside the scenarios of the product)
    #[arg(long, value_name = "FOLDER")]
    into: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let authority = on_loopback(&args.target)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let api = Api::new(&format!("http://{authority}"))?;
    runtime.block_on(async {
        if let Some(file) = &args.csv {
            let named = accounts::in_file(file)?;
            let new = accounts::register(&api, &named).await?;
            println!("{new} of {} accounts of {} are new", named.len(), file.display());
            return Ok(());
        }
        let users = args.users.context("so many users")?;
        let folder = args.into.clone().map_or_else(scenarios, Ok)?;
        // Built only where somebody is left whom nobody needs to be logged in.
        let program = || Ok(Command::new(args.choice.obtain_for_use()?));
        make(&api, (users, args.seed), &folder, &program).await
    })
}

/// Where the product's scenarios are, whose data this is.
pub(super) fn scenarios() -> Result<PathBuf> {
    Ok(workspace::root()?.join("xtask/scenarios"))
}

/// Makes so many users of a seed, and writes what scenarios need of them; `program` is the server's,
/// on the store of the server that is asked.
pub(super) async fn make(
    api: &Api,
    (users, seed): (u32, u64),
    folder: &Path,
    program: &dyn Fn() -> Result<Command>,
) -> Result<()> {
    let begun = Instant::now();
    // Not at the end: that may be an hour away.
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let mut progress = Progress::new(users);
    let logged_in = users.min(LOGGED_IN);
    if logged_in < users {
        // Before anybody logs in, whose token would begin to expire.
        let crowd = (logged_in..users).map(move |nth| Person::of(seed, nth));
        let program = program()?;
        let making = move || crowd::make(program, crowd, &mut progress).map(|()| progress);
        progress = spawn_blocking(making).await??;
    }
    let world = Arc::new(World::open(api).await?);
    let mut files = Files { staff: world.staff_tokens(), ..Files::default() };
    let mut making = JoinSet::new();
    let mut people = (0..logged_in).map(|nth| Person::of(seed, nth));
    loop {
        while making.len() < AT_ONCE
            && let Some(person) = people.next()
        {
            let world = Arc::clone(&world);
            making.spawn(async move { world.make(&person).await });
        }
        let Some(made) = making.join_next().await else { break };
        files.add(made??);
        progress.one();
        interrupt::check()?;
    }
    drop(progress);
    ensure!(files.farmers.len() == usize::try_from(logged_in)?, "somebody is missing");
    files.write(folder)?;
    let (took, certificates) = (begun.elapsed().as_secs_f64(), files.certificates.len());
    let rate = f64::from(users) / took;
    println!(
        "{users} farmers with farms, {} applications and {certificates} certificates in {took:.1} s, \
         {rate:.1} farmers per second; {}",
        users.min(crowd::APPLICATIONS),
        folder.display()
    );
    Ok(())
}

/// A bar on a terminal, a line now and then elsewhere.
struct Progress {
    bar: ProgressBar,
    total: u32,
    done: u64,
    begun: Instant,
    told: Instant,
}

impl Progress {
    fn new(total: u32) -> Self {
        let bar = ProgressBar::new(total.into());
        if let Ok(style) =
            ProgressStyle::with_template("making farmers {bar:30} {pos}/{len} {per_sec} {eta}")
        {
            bar.set_style(style);
        }
        let now = Instant::now();
        Self { bar, total, done: 0, begun: now, told: now }
    }

    fn done(&self) -> u64 {
        self.done
    }

    fn one(&mut self) {
        self.set(self.done + 1);
    }

    fn set(&mut self, done: u64) {
        self.done = done;
        self.bar.set_position(self.done);
        if self.bar.is_hidden() && self.told.elapsed() >= LINE {
            self.told = Instant::now();
            let rate = number(self.done) / self.begun.elapsed().as_secs_f64();
            eprintln!("{} of {} farmers, {rate:.1} per second", self.done, self.total);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
