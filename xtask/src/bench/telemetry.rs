//! `cargo xtask bench telemetry`: what it costs that a server tells of itself.
//!
//! Two servers get the same requests by turns, which are short: a machine of others' changes its
//! speed from second to second. One writes its log, sends spans and is scraped; the other does
//! none of it, or is one that cannot. They are asked for what a working day asks for, as in
//! production, and for the cheapest there is, of which what is told is the largest share.

mod pairs;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use clap::value_parser;

use super::crowd::Crowd;
use super::sink::Sink;
use super::stand::{self, Stand};
use crate::bare::cores;
use crate::client::Api;
use crate::interrupt;
use crate::server::{Choice, Server, Variables};
use crate::services::{self, Given, Services};
use crate::targets::Targets;
use pairs::Pairs;

/// Which servers are measured, and how long.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    given: Given,
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
    /// Clients, each with a connection of its own
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

/// What is asked for, and of servers on what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Setting {
    /// What `platform-mix.yml` asks for, on MongoDB and Redis.
    Day,
    /// A profile that is kept in the process, on a file.
    Profile,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let program = args.choice.obtain()?;
    let without = args.without.as_ref().map_or_else(
        || Ok(program.clone()),
        |file| file.canonicalize().with_context(|| format!("{} is no program", file.display())),
    )?;
    let services = services::start(&args.given)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut targets = Targets::default();
    runtime.block_on(async {
        let measured = async {
            let bench = Bench { program, without, services, extent: args.extent };
            bench.measure(Setting::Day).await?.judge(&mut targets);
            bench.measure(Setting::Profile).await?;
            Ok(())
        };
        tokio::select! {
            measured = measured => measured,
            interrupted = interrupt::happens() => Err(interrupted),
        }
    })?;
    print!("{targets}");
    targets.conclude(args.report_only)
}

/// What is measured with.
struct Bench {
    program: PathBuf,
    without: PathBuf,
    services: Services,
    extent: Extent,
}

impl Bench {
    /// Measures both, and prints what came of it.
    async fn measure(&self, setting: Setting) -> Result<Pairs> {
        println!("{}\n", self.headline(setting));
        let sink = Sink::open().await?;
        let mut telling = self.stand(setting, &self.program, told(&sink), "telling").await?;
        let mut silent = self.stand(setting, &self.without, silenced(), "silent").await?;
        let pairs = pairs::measure(&mut telling, &mut silent, self.extent).await?;
        println!("{pairs}");
        println!(
            "{} batches of spans were taken, {} spans dropped\n",
            sink.taken(),
            telling.dropped().await?
        );
        Ok(pairs)
    }

    fn headline(&self, setting: Setting) -> String {
        let Extent { connections, pairs, milliseconds } = self.extent;
        let what = match setting {
            Setting::Day => "A working day on MongoDB and Redis",
            Setting::Profile => "A profile that is kept in the process",
        };
        format!(
            "### {what}: {connections} connections in a closed loop, {} cores, {pairs} pairs of \
             {milliseconds} ms each",
            cores()
        )
    }

    async fn stand(
        &self,
        setting: Setting,
        program: &Path,
        variables: Variables,
        name: &str,
    ) -> Result<Asked> {
        let variables = match setting {
            Setting::Day => stand::on(&self.services, variables, name),
            Setting::Profile => variables,
        };
        let stand = Stand::set(program, variables).await?;
        let requests = match setting {
            Setting::Day => stand.day(),
            Setting::Profile => stand.profile(),
        };
        let courses = (0..self.extent.connections).map(|_| requests.clone());
        let crowd = Crowd::gather(stand.server.authority(), courses).await?;
        Ok(Asked { server: stand.server, crowd })
    }
}

/// A server, and who asks it.
struct Asked {
    server: Server,
    crowd: Crowd,
}

impl Asked {
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

/// As in production: lines of JSON to a file, and spans to a collector.
fn told(sink: &Sink) -> Variables {
    sink.variables().into()
}

/// An empty variable counts as unset.
fn silenced() -> Variables {
    vec![("GACP_LOG", "off".to_owned()), ("OTEL_EXPORTER_OTLP_ENDPOINT", String::new())]
}
