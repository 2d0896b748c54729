//! Load runs beside npm's artillery: the same files, the same server, the same requests.

mod mirror;
mod ours;
mod seen;
mod shipped;
mod theirs;

use std::fs;
use std::path::PathBuf;

use anyhow::{Result, bail, ensure};

use crate::artillery;
use crate::interrupt;
use crate::server::Choice;
use crate::workspace;
use mirror::Mirror;
use seen::Seen;

/// How much is played, and against which server.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Play the shipped scenarios at their full length, twelve minutes altogether
    #[arg(long)]
    whole: bool,
    /// Where the shortened copies of the shipped scenarios are written (default: target/compare)
    #[arg(long, value_name = "FOLDER")]
    report: Option<PathBuf>,
    #[command(flatten)]
    choice: Choice,
}

pub(super) fn run(args: &Args) -> Result<()> {
    artillery::install()?;
    let mut different = mirrored()?;
    different.extend(shipped::compare(args)?);
    if different.is_empty() {
        return Ok(());
    }
    bail!("they differ\n{}", different.join("\n"))
}

/// Plays the small scenarios against a mirror; says what differs.
fn mirrored() -> Result<Vec<String>> {
    let files = files()?;
    println!("### Load runs beside artillery {}\n", artillery::VERSION);
    println!("| scenario | requests | statuses | expectations | journeys | |");
    println!("| --- | ---: | --- | ---: | ---: | --- |");
    let mut different = Vec::new();
    for file in &files {
        interrupt::check()?;
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let (theirs, ours) = (theirs::play(file)?, ours::play(file)?);
        let differences = theirs.differences(&ours);
        let verdict = if differences.is_empty() { "the same" } else { "**different**" };
        println!("| {name} | {} | {verdict} |", theirs.row());
        different.extend(differences.into_iter().map(|it| format!("{name}: {it}")));
    }
    println!();
    Ok(different)
}

/// The scenarios, in the order of their names.
fn files() -> Result<Vec<PathBuf>> {
    let folder = workspace::root()?.join("xtask/compare/artillery");
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        files.push(entry?.path());
    }
    files.retain(|file| file.extension().is_some_and(|extension| extension == "yml"));
    files.sort();
    ensure!(!files.is_empty(), "there are no scenarios to compare");
    Ok(files)
}

/// Plays with a mirror: what was played, beside what the mirror was asked.
fn reflected<T>(play: impl FnOnce(&str) -> Result<T>) -> Result<(T, mirror::Asked)> {
    let mirror = Mirror::start()?;
    let played = play(mirror.base())?;
    Ok((played, mirror.end()))
}

/// A seen run; both tools make one.
fn seen(asked: mirror::Asked) -> Seen {
    Seen { requests: asked.requests, statuses: asked.statuses, ..Seen::default() }
}
