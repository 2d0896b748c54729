//! A drill, whatever it breaks: people take the stage, the fault comes and goes, the audit follows.

use std::time::Duration;

use anyhow::Result;
use tokio::task::JoinHandle;

use super::audit::{Audited, audit};
use super::breaker::Watch;
use super::judge::Breaks;
use super::report::Report;
use super::rounds::{self, Fault, Pace, pause};
use super::rules::Rule;
use super::stage::Stage;
use super::watcher;
use super::writer::Writer;
use crate::client::Api;

/// Enough for requests to meet in every part of the server, few enough for a small machine.
const WRITERS: usize = 4;

const READERS: usize = 2;

/// A request whose process died in the middle of it holds its key for 30 s: the lease of an
/// idempotency receipt. The last one to be answered was sent at the last moment.
const OPEN_ANSWERS: Duration = Duration::from_secs(40);

/// Nobody is waited for whose service did not resume.
const NO_PATIENCE: Duration = Duration::ZERO;

/// What a drill is to do.
pub(super) struct Plan {
    pub(super) breaks: Breaks,
    pub(super) rounds: u32,
    pub(super) pace: Pace,
    /// Who watches the breaker around the store.
    pub(super) breaker: Option<Watch>,
}

impl Plan {
    /// Whether the breaker should open in the first outage; the others may be too short for it.
    pub(super) fn must_open(&self) -> bool {
        self.breaks == Breaks::Dependency
    }
}

/// Plays a drill on a server that is ready, and reports.
pub(super) async fn play(api: &Api, fault: &mut impl Fault, plan: Plan) -> Result<Report> {
    let stage = Stage::new(plan.breaks);
    let mut writers = Vec::new();
    for number in 0..WRITERS {
        let writer = Writer::enrol(api, number).await?;
        writers.push(tokio::spawn(writer.write(stage.clone())));
    }
    for _reader in 0..READERS {
        tokio::spawn(watcher::read(watcher::reader(api).await?, stage.clone()));
    }
    tokio::spawn(watcher::probe(api.clone(), stage.clone()));
    let resumed = rounds::play(fault, &stage, &plan, WRITERS).await?;
    stage.close(if resumed { OPEN_ANSWERS } else { NO_PATIENCE });
    let writers = gather(writers).await?;
    fault.conclude().await?;
    let audited = if resumed { audit(&writers, &stage.notes).await? } else { unaudited(&stage) };
    Ok(Report::of(&stage, &audited))
}

/// Waits until everybody has what he waits for.
async fn gather(writing: Vec<JoinHandle<Result<Writer>>>) -> Result<Vec<Writer>> {
    let mut writers = Vec::new();
    for writer in writing {
        while !writer.is_finished() {
            pause(Duration::from_millis(50)).await?;
        }
        writers.push(writer.await??);
    }
    Ok(writers)
}

/// Without service nothing can be read back: that is not to be taken for proof.
fn unaudited(stage: &Stage) -> Audited {
    for rule in [Rule::Kept, Rule::Once, Rule::History] {
        stage.notes.breach(rule, "not looked at: service did not resume".to_owned());
    }
    Audited::default()
}
