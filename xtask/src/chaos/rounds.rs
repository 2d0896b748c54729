//! Rounds: what is broken is broken, stays away for a while, and comes back; again and again.

use std::time::Duration;

use anyhow::Result;
use tokio::time::{Instant, sleep};

use super::breaker::{self, Times, Watch};
use super::drill::Plan;
use super::judge::Breaks;
use super::rules::Rule;
use super::stage::Stage;
use crate::interrupt;

/// How often an interrupt is looked for, and how exactly recovery is measured.
const TICK: Duration = Duration::from_millis(10);

/// Service that has not resumed by then does not resume by itself.
const PATIENCE: Duration = Duration::from_secs(20);

/// Rounds hit what happens at different moments.
const SHIFT: Duration = Duration::from_millis(37);

/// A breaker that has opened is asked for so long, to see how soon it refuses.
const WHILE_OPEN: Duration = Duration::from_secs(3);

/// Something that a drill breaks.
pub(super) trait Fault {
    /// Breaks it; returns once it is broken.
    fn strike(&mut self) -> Result<()>;

    /// Brings it back; returns once it works.
    async fn heal(&mut self) -> Result<()>;

    /// Looks at what this fault alone has to do with.
    async fn look(&mut self, _at: Moment, _stage: &Stage) -> Result<()> {
        Ok(())
    }

    /// Whatever is left to be done before all is read back; nobody writes any more.
    async fn conclude(&mut self) -> Result<()> {
        Ok(())
    }
}

/// A moment of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// Before the fault.
    Before,
    /// At the end of the outage.
    Broken,
    /// Everybody is served again.
    After,
}

/// How long each part of a round takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// Writes before the fault.
    pub(super) whole: Duration,
    /// The first outage; where a breaker should open, it lasts until that was seen.
    pub(super) first_outage: Duration,
    /// The others.
    pub(super) outage: Duration,
}

/// Plays rounds; says whether service resumed after each of them.
pub(super) async fn play(
    fault: &mut impl Fault,
    stage: &Stage,
    plan: &Plan,
    writers: usize,
) -> Result<bool> {
    for round in 0..plan.rounds {
        stage.notes.begin_round();
        pause(plan.pace.whole + SHIFT * round).await?;
        fault.look(Moment::Before, stage).await?;
        let wrote = stage.notes.round().acknowledged > 0;
        let struck = strike(fault, stage)?;
        outlast(plan, round == 0, struck).await?;
        fault.look(Moment::Broken, stage).await?;
        let Some((healed, served)) = heal(fault, stage, writers).await? else { return Ok(false) };
        fault.look(Moment::After, stage).await?;
        let times = Times { struck, healed, served };
        look_at_breaker(plan, stage, times, round == 0);
        if !wrote || !stage.notes.round().is_felt() {
            stage.notes.breach(Rule::Felt, format!("round {} was not", round + 1));
        }
    }
    Ok(true)
}

/// Breaks it; says when.
fn strike(fault: &mut impl Fault, stage: &Stage) -> Result<Instant> {
    stage.course.advance();
    let struck = Instant::now();
    fault.strike()?;
    stage.course.advance();
    Ok(struck)
}

/// Waits as long as it is to stay broken.
async fn outlast(plan: &Plan, is_first: bool, struck: Instant) -> Result<()> {
    let outage = if is_first { plan.pace.first_outage } else { plan.pace.outage };
    let watch = plan.breaker.as_ref().filter(|_| is_first && plan.must_open());
    let Some(watch) = watch else { return pause(outage).await };
    while watch.opening(struck).is_none() && struck.elapsed() < Watch::PATIENCE {
        pause(TICK).await?;
    }
    let opened = watch.opening(struck).map_or(Watch::PATIENCE, |opening| opening.after);
    let end = struck + outage.max(opened + WHILE_OPEN);
    pause(end - Instant::now()).await
}

/// Brings it back; says when it worked, and when everybody was served again, if they were.
async fn heal(
    fault: &mut impl Fault,
    stage: &Stage,
    writers: usize,
) -> Result<Option<(Instant, Instant)>> {
    let healing = stage.course.advance();
    let begun = Instant::now();
    fault.heal().await?;
    let healed = Instant::now();
    stage.notes.in_round(|round| round.restart = healed - begun);
    while !stage.notes.all_served_since(writers, healing) {
        if healed.elapsed() > PATIENCE {
            let late = format!("not every writer is served {PATIENCE:?} after it came back");
            stage.notes.breach(Rule::Recovery, late);
            return Ok(None);
        }
        pause(TICK).await?;
    }
    let served = Instant::now();
    stage.notes.in_round(|round| round.recovery = served - healed);
    stage.course.advance();
    Ok(Some((healed, served)))
}

fn look_at_breaker(plan: &Plan, stage: &Stage, times: Times, is_first: bool) {
    let Some(watch) = &plan.breaker else { return };
    if plan.breaks != Breaks::Dependency {
        let openings = watch.openings();
        if openings > 0 {
            stage.notes.breach(Rule::Spared, format!("it has opened {openings} times"));
        }
        return;
    }
    let refusals = stage.notes.round().refusals;
    let (account, broken) = breaker::judge(watch, times, &refusals, is_first);
    for (rule, why) in broken {
        stage.notes.breach(rule, why);
    }
    stage.notes.in_round(|round| round.breaker = Some(account));
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
