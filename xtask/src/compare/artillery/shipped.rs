//! The scenarios that are shipped, played by both tools against one server of ours.

mod due;
mod figures;
mod short;

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::Args;
use super::theirs::Expectations;
use super::{ours, theirs};
use crate::interrupt;
use crate::load;
use crate::server::Server;
use crate::workspace;

/// The scenario with its fault kept is played as it is.
const FILES: [(&str, Expectations); 2] = [
    ("auth-light.yml", Expectations::AsShipped),
    ("auth-light-corrected.yml", Expectations::Counted),
];

/// A scenario that is played, as a whole or shortened.
struct Play {
    file: PathBuf,
    expectations: Expectations,
}

/// Plays them one after the other; says what differs and should not.
pub(super) fn compare(args: &Args) -> Result<Vec<String>> {
    let plays = plays(args)?;
    let Some(first) = plays.first() else { return Ok(Vec::new()) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    // All of them have the same data, so one server knows all of their accounts.
    let server = runtime.block_on(load::server_for(&first.file, &args.choice))?;
    let mut different = Vec::new();
    for play in &plays {
        let compared = play.compare(&server);
        different.extend(compared.inspect_err(|_fault| eprintln!("{}", server.log_tail()))?);
    }
    Ok(different)
}

fn plays(args: &Args) -> Result<Vec<Play>> {
    let shipped = workspace::root()?.join("xtask/scenarios");
    let copies = match &args.report {
        Some(folder) => folder.clone(),
        None => workspace::root()?.join("target/compare"),
    };
    let play = |(name, expectations): (&str, Expectations)| {
        let file = shipped.join(name);
        let file = if args.whole { file } else { short::copy(&file, &copies)? };
        Ok(Play { file, expectations })
    };
    FILES.into_iter().map(play).collect()
}

impl Play {
    /// Prints a table of both; returns what differs and should not.
    fn compare(&self, server: &Server) -> Result<Vec<String>> {
        let odds = load::odds(&self.file)?;
        let name = name(&self.file);
        eprintln!("both play {name}, {} journeys each", odds.journeys);
        let theirs = theirs::play_on(&self.file, &server.base, self.expectations, &odds)?;
        interrupt::check()?;
        let ours = ours::play_on(&self.file, &server.base)?;
        interrupt::check()?;
        let lines = figures::lines(&odds, self.expectations, [&theirs, &ours]);
        println!("### {name}, {} journeys\n", odds.journeys);
        println!("| | due | artillery | ours | |\n| --- | ---: | ---: | ---: | --- |");
        for line in &lines {
            println!("{line}");
        }
        println!();
        let different = lines.iter().filter(|line| !line.holds());
        Ok(different.map(|line| format!("{name}: {}", line.told())).collect())
    }
}

fn name(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
