//! `cargo xtask load run`: a scenario, played and judged.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use tokio::task::LocalSet;

use super::data::Data;
use super::engine::{self, Plan};
use super::host::Where;
use super::lint::Linted;
use super::page;
use super::progress::Progress;
use super::report::Report;
use super::scenario::Scenario;
use crate::people::random;
use crate::workspace;

/// Arrivals in a second with which a task that nobody optimised keeps up.
const UNOPTIMISED: f64 = 60.0;

/// What is played, and against what.
#[derive(clap::Args)]
pub(super) struct Args {
    /// A scenario in Artillery's format
    #[arg(value_name = "SCENARIO")]
    file: PathBuf,
    /// What chance is made of: the same seed plays the same journeys with the same rows (default:
    /// any, and it is said)
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Where the report is written, as JSON and as a page
    #[arg(long, value_name = "FOLDER")]
    report: Option<PathBuf>,
    /// Play a scenario although there are errors in it or in its data
    #[arg(long)]
    despite_errors: bool,
    #[command(flatten)]
    host: Where,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let Linted { scenario, findings } = super::linted(&args.file)?;
    eprint!("{findings}");
    let scenario = scenario.context("the scenario is not understood")?;
    if findings.errors() > 0 && !args.despite_errors {
        bail!("{} error(s): nothing was sent; --despite-errors plays it", findings.errors());
    }
    let peak = scenario.phases.iter().map(|phase| phase.pace.peak()).fold(0.0, f64::max);
    if cfg!(debug_assertions) && peak > UNOPTIMISED {
        return workspace::optimised();
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let report = runtime.block_on(LocalSet::new().run_until(play(args, scenario)))?;
    println!("{report}");
    let files = write(args, &report)?;
    println!("report: {}", files.join(", "));
    match report.verdict() {
        against if against.is_empty() => Ok(()),
        against => bail!("{}", against.join("; ")),
    }
}

async fn play(args: &Args, scenario: Scenario) -> Result<Report> {
    let host = args.host.find(&scenario).await?;
    let data = scenario.payloads.iter().map(Data::read).collect::<Result<_>>()?;
    let seed = args.seed.map_or_else(|| random(u64::from(u32::MAX)), Ok)?;
    #[expect(clippy::disallowed_methods, reason = "a report says when its run began")]
    let began = Timestamp::now();
    let authority = host.authority.clone();
    let (length, arrivals) = (scenario.length(), scenario.arrivals());
    eprintln!("{arrivals} journeys in {} s, seed {seed}", length.as_secs());
    let plan = Plan { scenario, authority, data, seed, now: began.as_second() };
    let mut progress = Progress::new(length);
    let played = engine::play(plan, &mut |record, elapsed| progress.tell(record, elapsed)).await?;
    drop(progress);
    let report = Report::of(&played, &format!("http://{}", host.authority), began.to_string())?;
    if report.unexplained > 0 {
        host.log_tail().iter().for_each(|tail| eprintln!("{tail}"));
    }
    Ok(report)
}

/// Writes both files; says where they are.
fn write(args: &Args, report: &Report) -> Result<Vec<String>> {
    let folder = match &args.report {
        Some(folder) => folder.clone(),
        None => workspace::root()?.join("target/load"),
    };
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let name = args.file.file_stem().unwrap_or_default().to_string_lossy();
    let write = |file: PathBuf, text: String| {
        fs::write(&file, text).with_context(|| format!("{} cannot be written", file.display()))?;
        Ok::<_, anyhow::Error>(shown(&file))
    };
    let json = write(folder.join(format!("{name}.json")), serde_json::to_string_pretty(report)?)?;
    Ok(vec![json, write(folder.join(format!("{name}.html")), page::page(report))?])
}

/// As short as it can be said from here.
fn shown(file: &Path) -> String {
    let here = std::env::current_dir().ok();
    let below = here.as_deref().and_then(|here| file.strip_prefix(here).ok());
    below.unwrap_or(file).display().to_string()
}
