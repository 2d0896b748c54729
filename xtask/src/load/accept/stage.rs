//! What everything is played on: a MongoDB, a Redis, and servers that share both.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tokio::runtime::Runtime;
use tokio::task::LocalSet;

use crate::bare::cores;
use crate::interrupt;
use crate::load::host::{Host, variables_of};
use crate::load::report::Report;
use crate::load::run;
use crate::load::scenario::Scenario;
use crate::load::seed;
use crate::server::{Variables, master_key};
use crate::services::{self, Given, Services};

/// How many parts of a scenario's time a quick acceptance leaves out all but one of.
const PARTS: u32 = 5;

/// Services, and servers to be started on them.
pub(super) struct Stage {
    runtime: Runtime,
    program: PathBuf,
    services: Services,
    /// What servers on one store are told, one after the other.
    shared: Variables,
    seed: u64,
    /// Into so many parts the time of a scenario is cut, one of which is played.
    parts: u32,
    reports: PathBuf,
    /// How many processes wanted a core in the minute before: times are those of a machine that
    /// may have had other work.
    load_before: Option<String>,
}

impl Stage {
    /// Of its own, whatever the caller has: what is counted must come from here.
    pub(super) fn set(
        program: PathBuf,
        reports: PathBuf,
        (seed, is_quick): (u64, bool),
    ) -> Result<Self> {
        let load_before = load();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let services = services::start(&Given::default())?;
        let mut shared = variables_of(&services);
        shared.push(master_key()?);
        let parts = if is_quick { PARTS } else { 1 };
        Ok(Self { runtime, program, services, shared, seed, parts, reports, load_before })
    }

    /// Plays one part, while nothing else of this task runs.
    pub(super) fn alone<T>(&self, what: &str, part: impl Future<Output = Result<T>>) -> Result<T> {
        eprintln!("--- {what}");
        self.runtime.block_on(LocalSet::new().run_until(async {
            tokio::select! {
                played = part => played,
                interrupted = interrupt::happens() => Err(interrupted),
            }
        }))
    }

    /// What was played, and where.
    pub(super) fn heading(&self) -> String {
        let (seed, cores) = (self.seed, cores());
        let extent = match self.parts {
            1 => "at the rates of the scenarios".to_owned(),
            parts => format!("one part in {parts} of each scenario, at its rates"),
        };
        let load = self.load_before.as_deref().unwrap_or("unknown");
        format!(
            "The plan's acceptance: {extent}, seed {seed}; {cores} cores for all that takes part, load \
             {load} as it began"
        )
    }

    pub(super) fn program(&self) -> &Path {
        &self.program
    }

    pub(super) fn services(&self) -> &Services {
        &self.services
    }

    /// A server on the store of all of them.
    pub(super) async fn host(&self, more: Option<(&'static str, String)>) -> Result<Host> {
        let variables = self.shared.iter().cloned().chain(more).collect();
        Host::start(self.program.clone(), variables).await
    }

    /// Makes so many farmers on a server, as scenarios want them.
    pub(super) async fn make(&self, host: &Host, users: u32) -> Result<()> {
        host.make(users, Some(self.seed), &seed::scenarios()?).await
    }

    /// A scenario of the product without errors in it, for the time that is played.
    pub(super) fn scenario(&self, name: &str) -> Result<Scenario> {
        let file = seed::scenarios()?.join(format!("{name}.yml"));
        run::check(&file, false)?;
        Ok(run::understood(&file)?.shortened(self.parts))
    }

    /// Plays a scenario, shows what came of it, and writes the report under a name.
    pub(super) async fn play(&self, scenario: Scenario, host: &Host, name: &str) -> Result<Report> {
        let report = run::play(scenario, self.seed, host).await?;
        println!("{report}");
        println!("report: {}\n", run::write(&self.reports, name, &report)?.join(", "));
        interrupt::check()?;
        Ok(report)
    }

    /// The same; says too what MongoDB was asked for each request, on average.
    pub(super) async fn play_counted(
        &self,
        scenario: Scenario,
        host: &Host,
        name: &str,
    ) -> Result<(Report, f64)> {
        let mut counters = self.services.counters()?.context("MongoDB counts for nobody")?;
        let before = counters.read()?;
        let report = self.play(scenario, host, name).await?;
        let asked = counters.read()?.since(&before);
        eprintln!("asked of MongoDB: {asked}");
        let each = operations_of_each(asked.total(), report.requests.all);
        Ok((report, each.context("nothing was asked of the server")?))
    }
}

/// The first figure of `/proc/loadavg`.
fn load() -> Option<String> {
    let told = std::fs::read_to_string("/proc/loadavg").ok()?;
    told.split_whitespace().next().map(str::to_owned)
}

fn operations_of_each(operations: u64, requests: u64) -> Option<f64> {
    let [operations, requests] = [operations, requests].map(crate::load::figures::number);
    (requests > 0.0).then(|| operations / requests)
}
