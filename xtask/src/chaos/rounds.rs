//! Rounds: what is broken is broken, stays away for a while, and comes back; again and again.

use std::time::Duration;

use anyhow::Result;
use tokio::time::{Instant, sleep};

use super::rules::Rule;
use super::stage::Stage;
use crate::interrupt;

/// How often an interrupt is looked for, and how exactly recovery is measured.
const TICK: Duration = Duration::from_millis(10);

/// Service that has not resumed by then does not resume by itself.
const PATIENCE: Duration = Duration::from_secs(15);

/// Rounds hit what happens at different moments.
const SHIFT: Duration = Duration::from_millis(37);

/// Something that a drill breaks.
pub(super) trait Fault {
    /// Breaks it; returns once it is broken.
    fn strike(&mut self) -> Result<()>;

    /// Brings it back; returns once it works.
    async fn heal(&mut self) -> Result<()>;
}

/// How long each part of a round takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// Writes before the fault.
    pub(super) whole: Duration,
    /// The first outage.
    pub(super) first_outage: Duration,
    /// The others.
    pub(super) outage: Duration,
}

/// Plays rounds; says whether service resumed after each of them.
pub(super) async fn play(
    fault: &mut impl Fault,
    stage: &Stage,
    (rounds, pace): (u32, Pace),
    writers: usize,
) -> Result<bool> {
    for round in 0..rounds {
        stage.notes.begin_round();
        pause(pace.whole + SHIFT * round).await?;
        let wrote = stage.notes.round().acknowledged > 0;
        let outage = if round == 0 { pace.first_outage } else { pace.outage };
        strike(fault, stage, outage).await?;
        if !heal(fault, stage, writers).await? {
            return Ok(false);
        }
        let seen = stage.notes.round();
        if !wrote || (seen.refusals.is_empty() && seen.lost == 0) {
            stage.notes.breach(Rule::Felt, format!("round {} was not", round + 1));
        }
    }
    Ok(true)
}

async fn strike(fault: &mut impl Fault, stage: &Stage, outage: Duration) -> Result<()> {
    stage.course.advance();
    fault.strike()?;
    stage.course.advance();
    pause(outage).await
}

async fn heal(fault: &mut impl Fault, stage: &Stage, writers: usize) -> Result<bool> {
    let healing = stage.course.advance();
    let begun = Instant::now();
    fault.heal().await?;
    let healed = Instant::now();
    stage.notes.in_round(|round| round.restart = healed - begun);
    while !stage.notes.all_served_since(writers, healing) {
        if healed.elapsed() > PATIENCE {
            let late = format!("not every writer is served {PATIENCE:?} after it came back");
            stage.notes.breach(Rule::Recovery, late);
            return Ok(false);
        }
        pause(TICK).await?;
    }
    stage.notes.in_round(|round| round.recovery = healed.elapsed());
    stage.course.advance();
    Ok(true)
}

/// Waits, unless somebody interrupts.
pub(super) async fn pause(duration: Duration) -> Result<()> {
    let until = Instant::now() + duration;
    while Instant::now() < until {
        interrupt::check()?;
        sleep(TICK.min(until - Instant::now())).await;
    }
    interrupt::check()
}
