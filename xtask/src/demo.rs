//! `cargo xtask demo`: the whole journey, registration to public verification, over HTTP.

mod account;
mod application;
mod bodies;
mod certificate;
mod farm;
mod inspection;
mod journey;
mod people;
mod script;
mod session;

use std::time::Duration;

use anyhow::{Result, bail};

use crate::client::Api;
use crate::server::{self, Server};
use script::Script;

/// What a farmer who opens the app during a deployment does not notice.
const READY_LIMIT: Duration = Duration::from_millis(300);

/// What the smallest machine on offer can spare beside its system.
const RESIDENT_LIMIT_KIB: u64 = 50 * 1024;

/// Against which server, and what becomes of it.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A server that runs already, with `--demo`; over http
    #[arg(long)]
    url: Option<String>,
    /// Leave the server that was started running, with its folder
    #[arg(long, conflicts_with = "url")]
    keep: bool,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match &args.url {
            Some(url) => against(&Api::new(url)?).await,
            None => on_its_own(args.keep).await,
        }
    })
}

async fn against(api: &Api) -> Result<()> {
    let mut script = Script::new();
    journey::play(api, &mut script).await?;
    println!("\n{} steps, all as expected", script.steps());
    Ok(())
}

async fn on_its_own(keep: bool) -> Result<()> {
    println!("building the release server");
    let mut server = Server::start(server::build()?).await?;
    println!("started at {}\n", server.base);
    let mut script = Script::new();
    let figures = match play(&mut server, &mut script).await {
        Ok(figures) => figures,
        Err(surprise) => {
            println!("\n{}", server.log_tail());
            return Err(surprise);
        }
    };
    println!("\n{} steps, all as expected", script.steps());
    if keep {
        println!("left running: {}", server.keep());
    }
    figures.judge()
}

/// The journey on a server of our own, and what only such a server can show.
async fn play(server: &mut Server, script: &mut Script) -> Result<Figures> {
    let api = Api::new(&server.base)?;
    let ready = server.ready(&api).await?;
    let figures = Figures { ready, resident_kib: server.resident_kib()? };
    let number = journey::play(&api, script).await?;
    let what = "kill -9, start again, verify the certificate";
    script.step(what, survives(server, &number)).await?;
    Ok(figures)
}

/// What was answered with success outlives the process that answered.
async fn survives(server: &mut Server, number: &str) -> Result<((), String)> {
    server.crash_and_restart().await?;
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
    fn judge(&self) -> Result<()> {
        let (ready, limit) = (self.ready.as_millis(), READY_LIMIT.as_millis());
        println!("time to ready: {ready} ms (limit {limit} ms)");
        let (kib, mib) = (self.resident_kib, RESIDENT_LIMIT_KIB / 1024);
        println!("idle memory before the first login: {} (limit {mib} MiB)", mebibytes(kib));
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
