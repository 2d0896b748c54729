//! `cargo xtask services`: a real MongoDB and a real Redis for whoever needs them.

pub(crate) mod counters;
pub(crate) mod install;
mod mongod;
mod observe;
mod own;
mod process;
mod redis;
mod service;
mod state;
mod wire;

use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::interrupt;
use counters::Counters;
pub(crate) use observe::{Received, Scraped};
pub(crate) use own::Own;
use service::Service;
use state::{Run, Server};

/// What to do with the services.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Start a run; its addresses are printed as `export` lines, everything else is not
    ///
    /// `eval "$(cargo xtask services up)"` sets them in a shell. Runs beside each other do not
    /// meet: each has its ports and its data.
    Up {
        #[command(flatten)]
        given: Given,
        /// Prometheus and a receiver of spans too; where to look is said beside the variables
        #[arg(long)]
        observe: bool,
    },
    /// Stop runs and remove their data
    Down(Ended),
    /// List the runs, dead or alive
    Status,
}

/// Services that are there already.
#[derive(Default, clap::Args)]
pub(crate) struct Given {
    /// A MongoDB replica set to use; none is started then
    #[arg(long, env = "MONGODB_URI", hide_env_values = true)]
    mongodb_uri: Option<String>,
    /// A Redis to use; none is started then
    #[arg(long, env = "REDIS_URL", hide_env_values = true)]
    redis_url: Option<String>,
}

/// Which runs to end.
#[derive(clap::Args)]
struct Ended {
    /// The runs, by name (default: the only one)
    runs: Vec<String>,
    /// Every run of this workspace, also what a crash left behind
    #[arg(long, conflicts_with = "runs")]
    all: bool,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    match &args.verb {
        Verb::Up { given, observe } => up(given, *observe),
        Verb::Down(ended) => down(ended),
        Verb::Status => status(),
    }
}

fn up(given: &Given, observe: bool) -> Result<()> {
    interrupt::watch()?;
    let mut services = start(given)?;
    if observe {
        services.observe()?;
    }
    for (variable, address) in services.environment() {
        println!("export {variable}={}", quoted(address));
    }
    services.keep();
    Ok(())
}

fn down(ended: &Ended) -> Result<()> {
    let runs = if ended.all { Run::all()? } else { chosen(&ended.runs)? };
    for run in runs {
        run.end()?;
        println!("{} ended", run.id());
    }
    Ok(())
}

fn chosen(names: &[String]) -> Result<Vec<Run>> {
    if !names.is_empty() {
        return names.iter().map(|name| Run::open(name)).collect();
    }
    let runs = Run::all()?;
    if runs.len() > 1 {
        let names: Vec<String> = runs.iter().map(Run::id).collect();
        bail!("which one of {}, or --all?", names.join(", "));
    }
    Ok(runs)
}

fn status() -> Result<()> {
    let runs = Run::all()?;
    if runs.is_empty() {
        println!("no runs");
    }
    for run in runs {
        println!("{}", run.id());
        for server in run.servers() {
            let Server { program, pid, address, .. } = server;
            let life = if server.is_alive() { "alive" } else { "dead" };
            println!("  {program:<12} {life:<5} process {pid:<8} {address}");
        }
    }
    Ok(())
}

/// Running services; dropped, what was started for them is ended and its data removed.
pub(crate) struct Services {
    run: Option<Run>,
    environment: Vec<(&'static str, String)>,
}

/// Makes MongoDB and Redis available: the given ones, and what is not given is started.
pub(crate) fn start(given: &Given) -> Result<Services> {
    let begun = Instant::now();
    let mut services = Services { run: None, environment: Vec::new() };
    let wanted = [(mongod::SERVICE, &given.mongodb_uri), (redis::SERVICE, &given.redis_url)];
    for (service, given) in wanted {
        let given = given.clone().filter(|address| !address.is_empty());
        let address = given.map_or_else(|| services.launch(&service), Ok)?;
        services.environment.push((service.variable, address));
    }
    if let Some(run) = &services.run {
        eprintln!("{} is up after {} ms", run.id(), begun.elapsed().as_millis());
    }
    Ok(services)
}

impl Services {
    /// The variables that tell a process where they are.
    pub(crate) fn environment(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.environment.iter().map(|(variable, address)| (*variable, address.as_str()))
    }

    /// Where MongoDB is.
    pub(crate) fn mongodb(&self) -> Result<&str> {
        let uri = self.environment().find(|(name, _)| *name == mongod::SERVICE.variable);
        uri.map(|(_, uri)| uri).context("there is no MongoDB")
    }

    /// What MongoDB is asked, where it can be counted.
    pub(crate) fn counters(&self) -> Result<Option<Counters>> {
        Counters::open(self.mongodb()?)
    }

    /// Leaves them running.
    fn keep(mut self) {
        self.run = None;
    }

    fn launch(&mut self, service: &Service) -> Result<String> {
        let program = install::program(service)?;
        Ok(service.launch(&program, self.run()?)?.0.address)
    }

    /// A Prometheus that asks these for metrics, with the rules of `deploy/`; returns its address.
    pub(crate) fn prometheus(&mut self, scraped: &Scraped<'_>) -> Result<String> {
        observe::prometheus(self.run()?, scraped)
    }

    /// A receiver of spans that writes each down.
    pub(crate) fn receiver(&mut self) -> Result<Received> {
        observe::rotel(self.run()?)
    }

    fn observe(&mut self) -> Result<()> {
        let variables = observe::start(self.run()?)?;
        self.environment.extend(variables);
        Ok(())
    }

    /// The run that what is started belongs to.
    fn run(&mut self) -> Result<&mut Run> {
        Ok(match &mut self.run {
            Some(run) => run,
            none => none.insert(Run::create()?),
        })
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        if let Some(Err(fault)) = self.run.as_ref().map(Run::end) {
            eprintln!("warning: {fault:#}");
        }
    }
}

/// An address as a shell reads it back: `?` and `&` mean something there.
fn quoted(address: &str) -> String {
    format!("'{}'", address.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn an_address_means_nothing_to_the_shell() {
        assert_eq!(quoted("mongodb://h/?a=1&b=2"), "'mongodb://h/?a=1&b=2'");
        assert_eq!(quoted("redis://:it's@h"), r"'redis://:it'\''s@h'");
    }
}
