//! `cargo xtask test`: every test of the workspace, and the proof that each store was tested.

mod tally;

use std::io::{self, BufRead, BufReader, Write};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::interrupt;
use crate::services::{self, Given, Services};
use crate::workspace::{self, cargo, output};
use tally::{Reader, Tally};

/// Every test runs, always; to choose is only what it runs against.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    given: Given,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    interrupt::watch()?;
    let services = services::start(&args.given)?;
    let tested = if has_nextest()? { nextest(&services) } else { libtest(&services) };
    // One failure does not hide another; an interrupt ends it all.
    interrupt::check()?;
    let documented = doctests(&services);
    let tally = tested?.with(&documented?);
    println!("\n{tally}");
    tally.verdict()
}

fn has_nextest() -> Result<bool> {
    let installed = output(&mut cargo(["nextest", "--version"])?).is_ok();
    if !installed {
        println!("cargo-nextest is not installed: running `cargo test`");
    }
    Ok(installed)
}

fn nextest(services: &Services) -> Result<Tally> {
    let what = ["nextest", "run", "--workspace", "--all-features", "--no-fail-fast"];
    let mut command = cargo(what)?;
    // What needs a service is ignored where there may be none; here they are.
    command.args(["--run-ignored", "all", "--status-level", "skip", "--color", "never"]);
    read(command, services, Reader::nextest(Tally::over(&workspace::packages()?)))
}

fn libtest(services: &Services) -> Result<Tally> {
    let binaries = workspace::build(["test", "--workspace", "--all-features", "--no-run"])?;
    let what = ["test", "--workspace", "--all-features", "--tests", "--no-fail-fast"];
    let mut command = cargo(what)?;
    command.args(["--", "--include-ignored"]);
    let tally = Tally::over(&workspace::packages()?);
    read(command, services, Reader::libtest(tally, binaries))
}

/// The examples in the docs; nextest does not run them.
fn doctests(services: &Services) -> Result<Tally> {
    let what = ["test", "--doc", "--workspace", "--all-features", "--no-fail-fast"];
    read(cargo(what)?, services, Reader::libtest(Tally::default(), Vec::new()))
}

fn read(mut command: Command, services: &Services, mut reader: Reader) -> Result<Tally> {
    command.envs(services.environment());
    pass_on(command, |line| reader.read(line))?;
    Ok(reader.tally())
}

/// Runs a command, shows every line that it writes, and lets `look` read it too.
fn pass_on(mut command: Command, mut look: impl FnMut(&str)) -> Result<()> {
    let (lines, writer) = io::pipe()?;
    let mut child = interrupt::spawn(command.stdout(writer.try_clone()?).stderr(writer))?;
    // The command holds writing ends of the pipe: the lines would never end.
    drop(command);
    for line in BufReader::new(lines).lines() {
        let line = line.context("the tests wrote no UTF-8")?;
        writeln!(io::stdout(), "{line}")?;
        look(&line);
    }
    let status = interrupt::wait(&mut child)?;
    if !status.success() {
        bail!("the tests failed ({status})");
    }
    Ok(())
}
