//! `cargo xtask test`: every test of the workspace, and the proof that each store was tested.

mod tally;

use std::io::{self, BufRead, BufReader, Write};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::workspace::{self, cargo, output};
use tally::{Reader, Tally};

/// Every test runs, always: there is nothing to choose.
#[derive(clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(_: &Args) -> Result<()> {
    let tested = if has_nextest()? { nextest() } else { libtest() };
    let documented = doctests();
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

fn nextest() -> Result<Tally> {
    let what = ["nextest", "run", "--workspace", "--all-features", "--no-fail-fast"];
    let mut command = cargo(what)?;
    command.args(["--status-level", "skip", "--color", "never"]);
    read(command, Reader::nextest())
}

fn libtest() -> Result<Tally> {
    let binaries = workspace::build(["test", "--workspace", "--all-features", "--no-run"])?;
    let what = ["test", "--workspace", "--all-features", "--tests", "--no-fail-fast"];
    read(cargo(what)?, Reader::libtest(binaries))
}

/// The examples in the docs; nextest does not run them.
fn doctests() -> Result<Tally> {
    let what = ["test", "--doc", "--workspace", "--all-features", "--no-fail-fast"];
    read(cargo(what)?, Reader::libtest(Vec::new()))
}

fn read(command: Command, mut reader: Reader) -> Result<Tally> {
    pass_on(command, |line| reader.read(line))?;
    Ok(reader.tally())
}

/// Runs a command, shows every line that it writes, and lets `look` read it too.
fn pass_on(mut command: Command, mut look: impl FnMut(&str)) -> Result<()> {
    let (lines, writer) = io::pipe()?;
    let mut child = command.stdout(writer.try_clone()?).stderr(writer).spawn()?;
    // The command holds writing ends of the pipe: the lines would never end.
    drop(command);
    for line in BufReader::new(lines).lines() {
        let line = line.context("the tests wrote no UTF-8")?;
        writeln!(io::stdout(), "{line}")?;
        look(&line);
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("the tests failed ({status})");
    }
    Ok(())
}
