//! The scenarios that are shipped, played by both tools against one server of ours.

mod due;
mod figures;
mod short;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::theirs::Expectations;
use super::{Args, ours, stem, theirs};
use crate::interrupt;
use crate::load;
use crate::server::Server;
use crate::workspace;

/// As many as the scenario asks for.
const USERS: u32 = 200;

const FILES: [Shipped; 3] = [
    // With its fault kept, and as it is: no plugin looks at what it expects.
    Shipped { name: "auth-light.yml", expectations: Expectations::PassedOver, users: None },
    Shipped { name: "auth-light-corrected.yml", expectations: Expectations::Counted, users: None },
    // It only reads, so both tools can be the same users.
    Shipped { name: "platform-mix.yml", expectations: Expectations::Counted, users: Some(USERS) },
];

/// A scenario of the product.
struct Shipped {
    name: &'static str,
    expectations: Expectations,
    /// How many are made that it plays with.
    users: Option<u32>,
}

/// A scenario that is played, as a whole or shortened.
struct Play {
    file: PathBuf,
    shipped: Shipped,
}

/// What they are called.
pub(super) fn stems() -> impl Iterator<Item = String> {
    FILES.iter().map(|shipped| stem(Path::new(shipped.name)))
}

/// Plays them one after the other; says what differs and should not.
pub(super) fn compare(args: &Args) -> Result<Vec<String>> {
    let plays = plays(args)?;
    if plays.is_empty() {
        return Ok(Vec::new());
    }
    let files: Vec<&Path> = plays.iter().map(|play| play.file.as_path()).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let server = runtime.block_on(load::server_for(&files, &args.choice))?;
    let mut different = Vec::new();
    for play in &plays {
        // Not before: their tokens live for minutes.
        let made = runtime.block_on(play.make_users(&server));
        let compared = made.and_then(|()| play.compare(&server));
        different.extend(compared.inspect_err(|_fault| eprintln!("{}", server.log_tail()))?);
    }
    Ok(different)
}

fn plays(args: &Args) -> Result<Vec<Play>> {
    let folder = workspace::root()?.join("xtask/scenarios");
    let copies = match &args.report {
        Some(folder) => folder.clone(),
        None => workspace::root()?.join("target/compare"),
    };
    let wanted = FILES.into_iter().filter(|shipped| args.plays(Path::new(shipped.name)));
    let play = |shipped: Shipped| {
        let file = folder.join(shipped.name);
        let file = if args.whole { file } else { short::copy(&file, &copies)? };
        Ok(Play { file, shipped })
    };
    wanted.map(play).collect()
}

impl Play {
    /// Makes whom it plays with, as `load run --users` does: beside the scenario.
    async fn make_users(&self, server: &Server) -> Result<()> {
        let Some(users) = self.shipped.users else { return Ok(()) };
        let folder = self.file.parent().context("a scenario is in a folder")?;
        load::make_users(server, users, folder).await
    }

    /// Prints a table of both; returns what differs and should not.
    fn compare(&self, server: &Server) -> Result<Vec<String>> {
        let Shipped { name, expectations, .. } = self.shipped;
        let odds = load::odds(&self.file)?;
        eprintln!("both play {name}, {} journeys each", odds.journeys);
        let theirs = theirs::play_on(&self.file, &server.base, expectations, &odds.endpoints)?;
        interrupt::check()?;
        let ours = ours::play_on(&self.file, &server.base)?;
        interrupt::check()?;
        let lines = figures::lines(&odds, expectations, [&theirs, &ours]);
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
