//! Certificates are revoked while officers verify them on two servers, and from the reply to the
//! revocation on nobody is told that one is valid.

mod lane;
mod maker;
mod officer;
mod pair;
mod promises;
mod race;
mod report;
mod untold;

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use clap::value_parser;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::shared::Shared;
use crate::client::Api;
use crate::interrupt;
use crate::people::{self, Registration};
use lane::Lane;
use maker::{Batch, Made};
use pair::Pair;
use race::Raced;
use report::Report;
use untold::Watch;

/// So many certificates are made, and then revoked: whoever logs in before has a token for longer
/// than that takes.
const BATCH: u32 = 250;

/// So many certificates are in flight at a time: enough that requests meet in every part of the
/// servers, few enough that Redis answers in time on a small machine.
const LANES: usize = 4;

/// How often.
#[derive(clap::Args)]
pub(super) struct Extent {
    /// How many certificates are revoked, through the servers by turns
    #[arg(long, default_value_t = 100, value_parser = value_parser!(u32).range(1..=20_000))]
    count: u32,
}

/// Plays the drill with servers of this program; says what they said last if it cannot.
pub(super) async fn play(program: &Path, shared: &Shared, extent: &Extent) -> Result<Report> {
    let mut variables = shared.variables();
    // Officers ask many thousand times: not a line for each.
    variables.push(("GACP_LOG", "warn".to_owned()));
    let pair = Pair::start(program, &variables).await?;
    let played = tokio::select! {
        played = rehearse(&pair, extent.count) => played,
        interrupted = interrupt::happens() => Err(interrupted),
    };
    played.inspect_err(|_fault| pair.show_logs())
}

async fn rehearse(pair: &Pair, count: u32) -> Result<Report> {
    let farmer = Registration::invent()?;
    people::register(&Api::new(pair.base())?, vec![farmer.body()]).await?;
    let watch = Watch::start(pair).await?;
    let (mut races, mut making, mut racing) = (Vec::new(), Duration::ZERO, Duration::ZERO);
    for nth in 0..count.div_ceil(BATCH) {
        let batch = Batch { nth, many: BATCH.min(count - nth * BATCH) };
        let begun = Instant::now();
        let certificates = maker::make(pair, &farmer, batch).await?;
        making += begun.elapsed();
        let begun = Instant::now();
        races.extend(race(pair, &certificates).await?);
        racing += begun.elapsed();
        println!("{} of {count} certificates are revoked", races.len());
    }
    Ok(Report::of(&races, &watch.end().await?, [making, racing]))
}

/// Revokes what was made under the eyes of officers.
async fn race(pair: &Pair, made: &Made) -> Result<Vec<Raced>> {
    let mut racing = JoinSet::new();
    for nth in 0..LANES {
        let lane = Lane::open(pair, &made.approver).await?;
        let numbers: Vec<String> = made.numbers.iter().skip(nth).step_by(LANES).cloned().collect();
        racing.spawn(lane.race(numbers));
    }
    let mut races = Vec::new();
    while let Some(lane) = racing.join_next().await {
        races.extend(lane??);
    }
    Ok(races)
}
