//! Load runs beside npm's artillery: the same files, the same server, the same requests.

mod mirror;
mod ours;
mod seen;
mod shipped;
mod theirs;

use std::fs;
use std::path::{Path, PathBuf};

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
    /// Play the shipped scenarios at their full length, seventeen minutes altogether
    #[arg(long)]
    whole: bool,
    /// Play only the scenario of this name, such as `platform-mix`; may be given again
    #[arg(long, value_name = "SCENARIO")]
    only: Vec<String>,
    /// Where the shortened copies of the shipped scenarios are written (default: target/compare)
    #[arg(long, value_name = "FOLDER")]
    report: Option<PathBuf>,
    #[command(flatten)]
    choice: Choice,
}

impl Args {
    /// Whether a scenario is to be played.
    fn plays(&self, file: &Path) -> bool {
        self.only.is_empty() || self.only.contains(&stem(file))
    }

    /// Whoever is misspelt would be left out in silence.
    fn check(&self, mirrored: &[PathBuf]) -> Result<()> {
        let known: Vec<String> =
            mirrored.iter().map(|file| stem(file)).chain(shipped::stems()).collect();
        match self.only.iter().find(|name| !known.contains(name)) {
            None => Ok(()),
            Some(unknown) => {
                bail!("no scenario is called {unknown}: there are {}", known.join(", "))
            }
        }
    }
}

pub(super) fn run(args: &Args) -> Result<()> {
    let mut files = files()?;
    args.check(&files)?;
    files.retain(|file| args.plays(file));
    artillery::install()?;
    println!("### Load runs beside artillery {}\n", artillery::VERSION);
    let mut different = mirrored(&files)?;
    different.extend(shipped::compare(args)?);
    if different.is_empty() {
        return Ok(());
    }
    bail!("they differ\n{}", different.join("\n"))
}

/// Plays the small scenarios against a mirror; says what differs.
fn mirrored(files: &[PathBuf]) -> Result<Vec<String>> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    println!("| scenario | requests | statuses | expectations | journeys | |");
    println!("| --- | ---: | --- | ---: | ---: | --- |");
    let mut different = Vec::new();
    for file in files {
        interrupt::check()?;
        let name = stem(file);
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

/// What a scenario is called.
fn stem(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use clap::Parser;

    use super::{Args, files};

    #[derive(Parser)]
    struct Task {
        #[command(flatten)]
        args: Args,
    }

    fn only(names: &[&str]) -> Args {
        let names = names.iter().flat_map(|name| ["--only", name]);
        Task::parse_from(["compare"].into_iter().chain(names)).args
    }

    #[test]
    fn what_is_named_is_played_and_nothing_else() {
        let args = only(&["platform-mix", "flow"]);

        assert!(args.plays(Path::new("platform-mix.yml")) && args.plays(Path::new("a/flow.yml")));
        assert!(!args.plays(Path::new("auth-light.yml")));
        assert!(only(&[]).plays(Path::new("auth-light.yml")));
    }

    #[test]
    fn a_name_that_nothing_has_is_refused() {
        let files = files().unwrap();

        assert!(only(&["platform-mix", "flow"]).check(&files).is_ok());
        let refused = only(&["flow", "platform"]).check(&files).unwrap_err().to_string();
        assert!(
            refused.starts_with("no scenario is called platform: there are before, "),
            "{refused}"
        );
        assert!(refused.ends_with("auth-light, auth-light-corrected, platform-mix"), "{refused}");
    }
}
