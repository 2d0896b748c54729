//! `cargo xtask check`: what must hold before a test is worth running.

mod deny;
mod deploy;
mod layering;
mod loom;

use std::time::Instant;

use anyhow::{Result, bail};

use crate::workspace::{cargo, root, run as run_command};

/// Which checks to run.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Run these checks alone, by name (default: all)
    #[arg(value_parser = names())]
    only: Vec<String>,
}

struct Check {
    name: &'static str,
    run: fn() -> Result<()>,
}

/// The cheapest first, so that a slip shows early.
const CHECKS: &[Check] = &[
    Check { name: "format", run: format },
    Check { name: "lock", run: lock },
    Check { name: "layering", run: layering::run },
    Check { name: "deploy", run: deploy::run },
    Check { name: "lints", run: lints },
    Check { name: "docs", run: docs },
    Check { name: "deny", run: deny::run },
    Check { name: "loom", run: loom::run },
];

fn names() -> Vec<&'static str> {
    CHECKS.iter().map(|check| check.name).collect()
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let chosen = |check: &&Check| {
        args.only.is_empty() || args.only.iter().any(|name| name.as_str() == check.name)
    };
    let outcomes: Vec<Outcome> = CHECKS.iter().filter(chosen).map(judge).collect();
    println!("\ncheck:");
    for outcome in &outcomes {
        println!("  {outcome}");
    }
    let failed = outcomes.iter().filter(|outcome| outcome.fault.is_some()).count();
    if failed > 0 {
        bail!("{failed} of {} checks failed", outcomes.len());
    }
    Ok(())
}

struct Outcome {
    name: &'static str,
    seconds: f64,
    fault: Option<anyhow::Error>,
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let verdict = if self.fault.is_some() { "FAILED" } else { "ok" };
        write!(f, "{:<10} {verdict:<6} {:>6.1} s", self.name, self.seconds)?;
        self.fault.as_ref().map_or(Ok(()), |fault| write!(f, "  {fault:#}"))
    }
}

fn judge(check: &Check) -> Outcome {
    println!("\n== {}", check.name);
    let begun = Instant::now();
    let fault = (check.run)().err();
    let outcome = Outcome { name: check.name, seconds: begun.elapsed().as_secs_f64(), fault };
    println!("== {outcome}");
    outcome
}

/// Packages that are workspaces of their own; nobody else looks at how they are written.
const APART: &[&str] = &["crates/resilience/comparison", "xtask/bare-handlers"];

fn format() -> Result<()> {
    run_command(&mut cargo(["fmt", "--all", "--check"])?)?;
    for folder in APART {
        run_command(cargo(["fmt", "--check"])?.current_dir(root()?.join(folder)))?;
    }
    Ok(())
}

/// `Cargo.lock` says what the manifests say, so that everybody builds the same.
fn lock() -> Result<()> {
    for folder in std::iter::once(&".").chain(APART) {
        let arguments = ["metadata", "--locked", "--format-version", "1"];
        let mut metadata = cargo(arguments)?;
        metadata.current_dir(root()?.join(folder)).stdout(std::process::Stdio::null());
        run_command(&mut metadata)?;
    }
    Ok(())
}

fn lints() -> Result<()> {
    let what = ["clippy", "--workspace", "--all-targets", "--all-features"];
    run_command(cargo(what)?.args(["--", "-D", "warnings"]))
}

fn docs() -> Result<()> {
    let what = ["doc", "--workspace", "--no-deps", "--all-features"];
    run_command(cargo(what)?.env("RUSTDOCFLAGS", "-D warnings"))
}
