//! `cargo xtask bench telemetry`: what it costs that a server tells of itself.
//!
//! Two servers get the same cheap request by turns, which are short: a machine of others' changes
//! its speed from second to second. One writes its log, sends spans and is scraped; the other does
//! none of it, or is one that cannot.

mod pairs;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::value_parser;

use super::crowd::Crowd;
use super::sink::Sink;
use crate::bare::cores;
use crate::client::Api;
use crate::http1;
use crate::interrupt;
use crate::people::{self, User};
use crate::server::{Choice, Server, Variables};
use crate::targets::Targets;

/// Which servers are measured, and how long.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A server without telemetry, of a version before it had any (default: the same one, told to
    /// log and to send nothing; it counts all the same)
    #[arg(long, value_name = "FILE")]
    without: Option<PathBuf>,
    #[command(flatten)]
    extent: Extent,
    /// Succeed whatever is missed
    #[arg(long)]
    report_only: bool,
    #[command(flatten)]
    choice: Choice,
}

/// Clients in a closed loop, and turns.
#[derive(Debug, Clone, Copy, clap::Args)]
struct Extent {
    /// Clients, each with a connection and an account of its own
    #[arg(long, default_value_t = 16, value_parser = value_parser!(u32).range(1..=500))]
    connections: u32,
    /// How often the two take turns
    #[arg(long, default_value_t = 120, value_parser = value_parser!(u32).range(1..=10_000))]
    pairs: u32,
    /// The length of each turn, in milliseconds
    #[arg(long, default_value_t = 250, value_parser = value_parser!(u32).range(50..=600_000))]
    milliseconds: u32,
}

impl Extent {
    /// The length of each turn.
    fn phase(self) -> Duration {
        Duration::from_millis(self.milliseconds.into())
    }
}

pub(super) fn run(args: &Args) -> Result<()> {
    let program = args.choice.obtain()?;
    let without = args.without.as_ref().map_or_else(
        || Ok(program.clone()),
        |file| file.canonicalize().with_context(|| format!("{} is no program", file.display())),
    )?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut targets = Targets::default();
    println!("{}\n", headline(args.extent));
    runtime.block_on(async {
        let measured = measure(args.extent, (program, without), &mut targets);
        tokio::select! {
            measured = measured => measured,
            interrupted = interrupt::happens() => Err(interrupted),
        }
    })?;
    print!("{targets}");
    targets.conclude(args.report_only)
}

fn headline(extent: Extent) -> String {
    let (Extent { connections, pairs, milliseconds }, cores) = (extent, cores());
    format!(
        "### A profile with and without telemetry: {connections} connections in a closed loop, \
         {cores} cores, {pairs} pairs of {milliseconds} ms each"
    )
}

/// Measures both, prints what came of it, and judges it.
async fn measure(
    extent: Extent,
    (program, without): (PathBuf, PathBuf),
    targets: &mut Targets,
) -> Result<()> {
    let sink = Sink::open().await?;
    let mut telling = Stand::set(program, told(&sink), extent).await?;
    let mut silent = Stand::set(without, silenced(), extent).await?;
    let pairs = pairs::measure(&mut telling, &mut silent, extent).await?;
    println!("{pairs}");
    println!(
        "{} batches of spans were taken, {} spans dropped\n",
        sink.taken(),
        telling.dropped().await?
    );
    pairs.judge(targets);
    Ok(())
}

/// A server, and who asks it.
struct Stand {
    server: Server,
    crowd: Crowd,
}

impl Stand {
    async fn set(program: PathBuf, variables: Variables, extent: Extent) -> Result<Self> {
        let mut server = Server::start(program, variables).await?;
        let api = Api::new(&server.base)?;
        server.ready(&api).await?;
        let mut requests = Vec::new();
        for person in people::registered(&api, extent.connections).await? {
            let user = User::log_in(&api, person.credentials()).await?;
            requests.push(profile(server.authority(), &user));
        }
        let crowd = Crowd::gather(server.authority(), requests).await?;
        Ok(Self { server, crowd })
    }

    /// Its metrics, as Prometheus asks for them.
    async fn scrape(&self) -> Result<String> {
        let api = Api::new(&format!("http://{}", self.server.metrics()?))?;
        let accept = "application/openmetrics-text;version=1.0.0";
        Ok(api.get("/metrics").header("Accept", accept).expect(200).await?.text)
    }

    /// How many spans it has not got rid of.
    async fn dropped(&self) -> Result<f64> {
        let text = self.scrape().await?;
        let dropped =
            text.lines().filter(|line| line.starts_with("telemetry_spans_dropped_total{"));
        let counts = dropped.filter_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok());
        Ok(counts.fold(0.0, |sum, count| sum + count))
    }
}

/// The cheapest request that somebody signed in makes: what is told of it weighs most.
fn profile(authority: &str, user: &User) -> Vec<u8> {
    let bearer = format!("Bearer {}", user.access);
    let headers = [("Host", authority), ("Authorization", &bearer)];
    http1::request("GET /api/auth/profile", &headers, "")
}

/// As in production: lines of JSON to a file, and spans to a collector.
fn told(sink: &Sink) -> Variables {
    sink.variables().into()
}

/// An empty variable counts as unset.
fn silenced() -> Variables {
    vec![("GACP_LOG", "off".to_owned()), ("OTEL_EXPORTER_OTLP_ENDPOINT", String::new())]
}
