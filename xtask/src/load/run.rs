//! `cargo xtask load run`: a scenario, played and judged.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail, ensure};
use jiff::Timestamp;
use tokio::task::LocalSet;

use super::data::Data;
use super::engine::{self, Plan};
use super::host::{Host, Where};
use super::page;
use super::progress::Progress;
use super::report::Report;
use super::scenario::Scenario;
use super::tokens;
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
    /// Make so many farmers first, with what `load seed` gives them; the files are written beside
    /// the scenario
    #[arg(long, value_name = "N")]
    users: Option<u32>,
    #[command(flatten)]
    host: Where,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let Ok(scenario) = Scenario::open(&args.file)? else { return Err(not_understood(args)?) };
    let peak = scenario.phases.iter().map(|phase| phase.pace.peak()).fold(0.0, f64::max);
    if cfg!(debug_assertions) && peak > UNOPTIMISED {
        return workspace::optimised();
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let report = runtime.block_on(LocalSet::new().run_until(stage(args, &scenario)))?;
    println!("{report}");
    let name = args.file.file_stem().unwrap_or_default().to_string_lossy();
    let files = write(&args.report.clone().map_or_else(folder, Ok)?, &name, &report)?;
    println!("report: {}", files.join(", "));
    match report.verdict() {
        against if against.is_empty() => Ok(()),
        against => bail!("{}", against.join("; ")),
    }
}

/// Plays a scenario against a server; nothing is said.
pub(super) fn once(file: &Path, target: &str) -> Result<Report> {
    let scenario = understood(file)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(LocalSet::new().run_until(async {
        let data = scenario.payloads.iter().map(Data::read).collect::<Result<_>>()?;
        let authority = target.trim_start_matches("http://").to_owned();
        let plan = Plan { scenario, authority, data, seed: 0, now: 0 };
        let played = engine::play(plan, &mut |_record, _elapsed| {}).await?;
        Report::of(&played, target, String::new())
    }))
}

/// A scenario that has to be one; what is wrong with it is `lint`'s to say.
pub(super) fn understood(file: &Path) -> Result<Scenario> {
    Scenario::open(file)?.map_err(|_refusals| anyhow!("{} is not understood", file.display()))
}

/// Says what is not understood.
fn not_understood(args: &Args) -> Result<anyhow::Error> {
    eprint!("{}", super::linted(&args.file)?);
    Ok(anyhow!("the scenario is not understood: nothing was sent"))
}

/// Makes what is missing, looks at what is there, and plays.
async fn stage(args: &Args, scenario: &Scenario) -> Result<Report> {
    if args.users.is_none() {
        check(&args.file, args.despite_errors)?;
    }
    let host = args.host.find(scenario).await?;
    if let Some(users) = args.users {
        let folder = args.file.parent().unwrap_or(Path::new("."));
        host.make(users, args.seed, folder).await?;
        check(&args.file, args.despite_errors)?;
    }
    let Ok(scenario) = Scenario::open(&args.file)? else { bail!("the scenario has changed") };
    let seed = args.seed.map_or_else(|| random(u64::from(u32::MAX)), Ok)?;
    play(scenario, seed, &host).await
}

/// Stops before the first request when there are errors.
pub(super) fn check(file: &Path, despite_errors: bool) -> Result<()> {
    let findings = super::linted(file)?;
    eprint!("{findings}");
    if findings.errors() > 0 && !despite_errors {
        bail!("{} error(s): nothing was sent; --despite-errors plays it", findings.errors());
    }
    Ok(())
}

/// Plays a scenario, and says how far it is.
pub(super) async fn play(scenario: Scenario, seed: u64, host: &Host) -> Result<Report> {
    let data: Vec<Data> = scenario.payloads.iter().map(Data::read).collect::<Result<_>>()?;
    #[expect(clippy::disallowed_methods, reason = "a report says when its run began")]
    let began = Timestamp::now();
    let authority = host.authority.clone();
    let (length, arrivals) = (scenario.length(), scenario.arrivals());
    outlive(&data, began, length)?;
    eprintln!("{arrivals} journeys in {} s, seed {seed}", length.as_secs());
    let plan = Plan { scenario, authority, data, seed, now: began.as_second() };
    let mut progress = Progress::new(length);
    let played = engine::play(plan, &mut |record, elapsed| progress.tell(record, elapsed)).await?;
    drop(progress);
    let report = Report::of(&played, &format!("http://{}", host.authority), began.to_string())?;
    if report.unexplained > 0
        && let Some(tail) = host.log_tail()
    {
        eprintln!("{tail}");
    }
    for id in report.server_errors() {
        eprint!("{}", host.logged(id));
    }
    Ok(report)
}

/// A run that is longer than its tokens live would test how they are refused.
fn outlive(data: &[Data], began: Timestamp, length: Duration) -> Result<()> {
    let Some((at, place)) = tokens::first_to_expire(data) else { return Ok(()) };
    let left = at.saturating_sub(began.as_second());
    let wanted = i64::try_from(length.as_secs())?;
    ensure!(
        left > wanted,
        "the token of {place} lives for {left} s more, and the run takes {wanted} s: make the data \
         anew with `cargo xtask load seed`"
    );
    Ok(())
}

/// Where reports are written when nobody says.
pub(super) fn folder() -> Result<PathBuf> {
    Ok(workspace::root()?.join("target/load"))
}

/// Writes a report of a name, as JSON and as a page; says where both are.
pub(super) fn write(folder: &Path, name: &str, report: &Report) -> Result<Vec<String>> {
    let json = serde_json::to_string_pretty(report)?;
    let write = |kind: &str, text: &str| write_file(folder, &format!("{name}.{kind}"), text);
    Ok(vec![write("json", &json)?, write("html", &page::page(report))?])
}

/// Writes a file into a folder that need not be there; says where it is.
pub(super) fn write_file(folder: &Path, name: &str, text: &str) -> Result<String> {
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let file = folder.join(name);
    fs::write(&file, text).with_context(|| format!("{} cannot be written", file.display()))?;
    Ok(shown(&file))
}

/// As short as it can be said from here.
fn shown(file: &Path) -> String {
    let here = std::env::current_dir().ok();
    let below = here.as_deref().and_then(|here| file.strip_prefix(here).ok());
    below.unwrap_or(file).display().to_string()
}
