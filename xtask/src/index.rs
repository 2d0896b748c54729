//! `cargo xtask index`: the indexes of MongoDB, as the catalogue of `gacp-store-mongo` says.

mod explain;
mod progress;
mod scratch;
mod snapshot;
mod table;

use anyhow::{Context, Result, bail};
use clap::builder::NonEmptyStringValueParser;
use gacp_store_mongo::{Drift, Mongo, collections, queries};

pub(crate) use explain::{BothWays, both_ways};
use progress::Progress;

/// What to do with the indexes.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Say what `apply` would do, and what it would leave to you
    Plan(Database),
    /// Bring collections, validators and indexes in line with the catalogue
    ///
    /// Servers may work meanwhile: an index is built hidden, compared, then shown to the planner.
    /// Indexes that are other than they should be, or that nobody asked for, are named and left.
    /// Can be broken off and repeated.
    Apply(Database),
    /// Fail when the database differs from the catalogue
    Check(Database),
    /// Put every query of the catalogue to the server, and fail when one costs too much
    ///
    /// At fault is a query that walks another index than the catalogue says or none, that sorts in
    /// memory, or that reads more than 1.1 documents for each that it returns and more than 10
    /// beside them. It is asked with values of the documents in the database; for an empty one,
    /// documents are made in a database of its own, which is removed afterwards. Without
    /// `MONGODB_URI`, a MongoDB is started for it.
    Explain(explain::Args),
}

/// Which database.
#[derive(clap::Args)]
struct Database {
    /// The replica set or cluster
    #[arg(long, env = "MONGODB_URI", hide_env_values = true, value_parser = NonEmptyStringValueParser::new())]
    mongodb_uri: String,
    /// The database there
    #[arg(long, env = "MONGODB_DATABASE", default_value = "gacp")]
    database: String,
}

impl Database {
    async fn open(&self) -> Result<Mongo> {
        let Self { mongodb_uri, database } = self;
        Mongo::connect(mongodb_uri, database).await.context("MongoDB cannot be used")
    }
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match &args.verb {
        Verb::Plan(database) => runtime.block_on(plan(database)),
        Verb::Apply(database) => runtime.block_on(apply(database)),
        Verb::Check(database) => runtime.block_on(check(database)),
        Verb::Explain(args) => explain::run(args, &runtime),
    }
}

async fn plan(database: &Database) -> Result<()> {
    let store = database.open().await?;
    let (steps, drift) = (store.plan().await?, store.drift().await?);
    for step in &steps {
        println!("{step}");
    }
    left(&drift);
    println!("{} to do; {}", steps.len(), counted());
    Ok(())
}

async fn apply(database: &Database) -> Result<()> {
    let store = database.open().await?;
    let progress = Progress::new();
    let remaining = store.apply(move |applying| progress.applying(&applying)).await?;
    left(&remaining);
    verdict(&remaining)
}

async fn check(database: &Database) -> Result<()> {
    let drift = database.open().await?.drift().await?;
    for difference in &drift {
        println!("{difference}");
    }
    verdict(&drift)
}

/// Names what is for a person to decide.
fn left(drift: &[Drift]) {
    for difference in drift {
        if let Drift::OtherIndex { .. } | Drift::UnknownIndex { .. } = difference {
            println!("left to you: {difference}");
        }
    }
}

fn verdict(drift: &[Drift]) -> Result<()> {
    if !drift.is_empty() {
        bail!("not in line with the catalogue (differences: {})", drift.len());
    }
    println!("in line: {}", counted());
    Ok(())
}

/// `17 collections, 60 indexes, 70 queries`.
fn counted() -> String {
    let indexes: usize = collections().iter().map(|collection| collection.indexes.len()).sum();
    let (collections, queries) = (collections().len(), queries().len());
    format!("{collections} collections, {indexes} indexes, {queries} queries")
}
