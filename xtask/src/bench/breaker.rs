//! `cargo xtask bench breaker`: what a call through the breaker costs, beside other crates.
//!
//! The bench itself is a package of its own, so that nothing else has to do with those crates:
//! `crates/resilience/comparison`. This runs it a few times and makes a table of what it left.

mod medians;
mod table;

use std::fs;
use std::process::Stdio;

use anyhow::Result;
use clap::value_parser;

use crate::workspace;
use medians::Medians;
use table::Table;

/// How often it is measured.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Runs of all benches: the least of their medians counts, as a busy machine only ever adds
    #[arg(long, default_value_t = 3, value_parser = value_parser!(u32).range(1..=100))]
    runs: u32,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let folder = workspace::root()?.join("target/comparison/criterion");
    let mut least = Medians::default();
    for nth in 1..=args.runs {
        eprintln!("run {nth} of {}", args.runs);
        // What a bench left that is no more would be in the table for ever.
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        let mut bench = workspace::cargo(["bench", "--locked", "--bench", "breaker", "--"])?;
        bench
            // A second each: its window is full by then, and all of it takes minutes, not an hour.
            .args(["--quiet", "--noplot", "--warm-up-time", "0.3", "--measurement-time", "1"])
            .current_dir(workspace::root()?.join("crates/resilience/comparison"))
            .env("CRITERION_HOME", &folder)
            // Standard output is the table's.
            .stdout(Stdio::from(std::io::stderr()));
        workspace::run(&mut bench)?;
        least.lower(Medians::read(&folder)?);
    }
    println!("### A call through a breaker, in ns: least median of {} runs\n", args.runs);
    print!("{}", Table::of(&least)?);
    Ok(())
}
