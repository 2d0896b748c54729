//! `cargo xtask demo`: the whole journey, registration to public verification, over HTTP.

mod account;
mod application;
mod certificate;
mod farm;
pub(crate) mod inspection;
pub(crate) mod journey;
mod rounds;
pub(crate) mod script;
mod session;

use std::time::Duration;

use anyhow::{Result, bail};

use crate::client::Api;
use crate::interrupt;
use crate::server::{self, Server, Variables};
use crate::services::{self, Given, Services};
use rounds::{Played, Repeat};
use script::Script;

/// What a farmer who opens the app during a deployment does not notice.
const READY_LIMIT: Duration = Duration::from_millis(300);

/// What the smallest machine on offer can spare beside its system.
const RESIDENT_LIMIT_KIB: u64 = 50 * 1024;

/// The variable that tells a server where its MongoDB is.
const MONGODB_URI: &str = "MONGODB_URI";

/// Against which server, and what becomes of it.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A server that runs already, with `--demo`; over http
    #[arg(long)]
    url: Option<String>,
    /// Leave the server that was started running, with its folder
    #[arg(long, conflicts_with = "url")]
    keep: bool,
    /// On a MongoDB replica set instead of a file: the given one, or one that is started for it
    #[arg(long, conflicts_with_all = ["url", "keep"])]
    mongo: bool,
    #[command(flatten)]
    repeat: Repeat,
    #[command(flatten)]
    given: Given,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    if args.mongo {
        // An interrupt would leave behind what is started for the run.
        interrupt::watch()?;
    }
    let services = args.mongo.then(|| services::start(&args.given)).transpose()?;
    let variables = services.as_ref().map(variables_of).unwrap_or_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match &args.url {
            Some(url) => against(&Api::new(url)?, &args.repeat).await,
            None => on_its_own(variables, args).await,
        }
    })
}

/// A database of its own on these services.
fn variables_of(services: &Services) -> Variables {
    let given = services.environment().filter(|(name, _)| *name == MONGODB_URI);
    let mut variables: Variables = given.map(|(name, value)| (name, value.to_owned())).collect();
    variables.push(("MONGODB_DATABASE", format!("gacp_demo_{}", std::process::id())));
    variables
}

async fn against(api: &Api, repeat: &Repeat) -> Result<()> {
    let mut script = Script::new();
    let played = repeat.play(api, &mut script, None).await?;
    println!("\n{} steps, all as expected", script.steps());
    repeat.tell(&played)
}

async fn on_its_own(variables: Variables, args: &Args) -> Result<()> {
    println!("building the release server");
    let mongodb = variables.iter().find(|(name, _)| *name == MONGODB_URI);
    let mongodb = mongodb.map(|(_, address)| address.clone());
    let mut server = Server::start(server::build()?, variables).await?;
    println!("started at {}\n", server.base);
    let mut script = Script::new();
    let played = play(&mut server, &mut script, (&args.repeat, mongodb.as_deref())).await;
    let (figures, played) = match played {
        Ok(played) => played,
        Err(surprise) => {
            println!("\n{}", server.log_tail());
            return Err(surprise);
        }
    };
    println!("\n{} steps, all as expected", script.steps());
    if args.keep {
        println!("left running: {}", server.keep());
    }
    args.repeat.tell(&played)?;
    figures.show();
    // The limits are those of the embedded store: on a new database indexes are made first.
    if args.mongo { Ok(()) } else { figures.judge() }
}

/// The journey on a server of our own, and what only such a server can show.
async fn play(
    server: &mut Server,
    script: &mut Script,
    (repeat, mongodb): (&Repeat, Option<&str>),
) -> Result<(Figures, Played)> {
    let api = Api::new(&server.base)?;
    let ready = server.ready(&api).await?;
    let figures = Figures { ready, resident_kib: server.resident_kib()? };
    let played = repeat.play(&api, script, mongodb).await?;
    let what = "kill -9, start again, verify the certificate";
    script.step(what, survives(server, &played.number)).await?;
    Ok((figures, played))
}

/// What was answered with success outlives the process that answered.
async fn survives(server: &mut Server, number: &str) -> Result<((), String)> {
    server.kill()?;
    server.restart().await?;
    let api = Api::new(&server.base)?;
    let ready = server.ready(&api).await?;
    certificate::verified(&api, number, "revoked").await?;
    Ok(((), format!("still revoked; ready again after {} ms", ready.as_millis())))
}

struct Figures {
    ready: Duration,
    resident_kib: u64,
}

impl Figures {
    fn show(&self) {
        println!("time to ready: {} ms", self.ready.as_millis());
        println!("idle memory before the first login: {}", mebibytes(self.resident_kib));
    }

    fn judge(&self) -> Result<()> {
        let (ready, limit) = (self.ready.as_millis(), READY_LIMIT.as_millis());
        let (kib, mib) = (self.resident_kib, RESIDENT_LIMIT_KIB / 1024);
        println!("limits: {limit} ms, {mib} MiB");
        if self.ready > READY_LIMIT {
            bail!("the server was ready after {ready} ms, later than {limit} ms");
        }
        if kib > RESIDENT_LIMIT_KIB {
            bail!("the idle server occupies {}, more than {mib} MiB", mebibytes(kib));
        }
        Ok(())
    }
}

/// `23.4 MiB`, rounded down.
fn mebibytes(kib: u64) -> String {
    let tenths = kib * 10 / 1024;
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}
