//! Plays a scenario: an open loop.
//!
//! Every journey has a time at which it is due, whatever became of those before it, and the latency
//! of its first request counts from that time on; that of every other from the end of the step
//! before it. So nothing is left out because a slow server kept somebody from asking (no coordinated
//! omission). All of it runs on one thread: what a core can do is what it can do.

mod asked;
mod cast;
mod cookies;
mod journey;
mod judged;
mod pool;
mod stage;
#[cfg(test)]
mod tests;
mod vars;

use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result};

use super::data::Data;
use super::record::Record;
use super::scenario::Scenario;
use crate::cpu::{Spent, Usage};
pub(super) use asked::Asked;
use cast::Cast;
pub(super) use journey::Went;
pub(super) use judged::Judged;
pub(super) use pool::Fault;
pub(super) use stage::Stage;

/// The most connections when nobody says, and files beside them that a process may have open.
const CONNECTIONS: u32 = 800;

/// What is played against what.
pub(super) struct Plan {
    pub(super) scenario: Scenario,
    /// `127.0.0.1:8080`
    pub(super) authority: String,
    pub(super) data: Vec<Data>,
    pub(super) seed: u64,
    /// The time, in seconds since 1970.
    pub(super) now: i64,
}

/// What came of it.
pub(super) struct Played {
    pub(super) scenario: Rc<Scenario>,
    pub(super) seed: u64,
    pub(super) record: Record,
    pub(super) usage: Usage,
    /// How many connections were opened, and how many requests waited for one.
    pub(super) connections: (u64, u64),
    /// An interrupt came before the end.
    pub(super) is_cut: bool,
}

/// Plays everything; `tell` is told each second how far it is.
pub(super) async fn play(plan: Plan, tell: &mut dyn FnMut(&Record, Duration)) -> Result<Played> {
    let Plan { scenario, authority, data, seed, now: began_at } = plan;
    let places = usize::try_from(scenario.pool.unwrap_or(CONNECTIONS))?;
    let scenario = Rc::new(scenario);
    let stage = Stage::new(Rc::clone(&scenario), &authority, (places, began_at))?;
    let stage = Rc::new(stage);
    let cast = Cast::new(Rc::clone(&stage), data, seed);
    let begun = Spent::alone()?;
    let is_cut = cast.play(tell).await?;
    let usage = Spent::alone()?.since(&begun);
    let connections = (stage.pool.opened(), stage.pool.waits());
    let stage = Rc::into_inner(stage).context("a journey is still under way")?;
    Ok(Played { scenario, seed, record: stage.into_record(), usage, connections, is_cut })
}
