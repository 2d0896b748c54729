//! What a drill has seen so far.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::breaches::Breaches;
use super::breaker::{Account, Refusal};
use super::course::Mark;
use super::judge::Heard;
use super::rules::Rule;
use super::stage::Answer;

/// The notes of a drill; a clone writes into the same ones.
#[derive(Clone, Default)]
pub(super) struct Notes(Arc<Mutex<Seen>>);

#[derive(Debug, Default)]
struct Seen {
    rounds: Vec<Round>,
    breaches: Breaches<Rule>,
    /// When the latest acknowledged request of each writer was sent.
    latest: BTreeMap<usize, Mark>,
}

/// What was heard from the beginning of one round to that of the next.
#[derive(Debug, Clone, Default)]
pub(super) struct Round {
    pub(super) acknowledged: u32,
    pub(super) refusals: Vec<Refusal>,
    pub(super) lost: u32,
    pub(super) in_progress: u32,
    /// Something else than refusals and lost connections told of the fault.
    pub(super) was_told: bool,
    /// From the start of what was killed until it worked.
    pub(super) restart: Duration,
    /// From then on until every writer was served again.
    pub(super) recovery: Duration,
    /// What the breaker did, where one is watched.
    pub(super) breaker: Option<Account>,
}

impl Round {
    /// Whether the fault was noticed.
    pub(super) fn is_felt(&self) -> bool {
        self.was_told || self.lost > 0 || !self.refusals.is_empty()
    }
}

impl Notes {
    pub(super) fn begin_round(&self) {
        self.seen().rounds.push(Round::default());
    }

    /// A writer's request, sent at `begun`, was acknowledged.
    pub(super) fn acknowledged(&self, writer: usize, begun: Mark) {
        self.seen().latest.insert(writer, begun);
        self.in_round(|round| round.acknowledged += 1);
    }

    /// Counts what is no success.
    pub(super) fn heard(&self, answer: &Answer) {
        let Answer { heard, sent, took, .. } = answer;
        let refusal = Refusal { sent: *sent, took: *took };
        self.in_round(|round| match heard {
            heard if heard.is_unavailable() => round.refusals.push(refusal),
            heard if heard.is_in_progress() => round.in_progress += 1,
            Heard::Lost => round.lost += 1,
            Heard::Reply(_) | Heard::Late => {}
        });
    }

    pub(super) fn breach(&self, rule: Rule, example: String) {
        self.seen().breaches.add(rule, example);
    }

    /// Whether each of so many writers was served on a request that was sent since then.
    pub(super) fn all_served_since(&self, writers: usize, since: Mark) -> bool {
        let seen = self.seen();
        (0..writers).all(|writer| seen.latest.get(&writer).is_some_and(|mark| *mark >= since))
    }

    /// Notes something about the round that is under way; nothing before the first.
    pub(super) fn in_round(&self, note: impl FnOnce(&mut Round)) {
        if let Some(round) = self.seen().rounds.last_mut() {
            note(round);
        }
    }

    /// The round that is under way.
    pub(super) fn round(&self) -> Round {
        self.seen().rounds.last().cloned().unwrap_or_default()
    }

    /// The end of the drill: its rounds, and what was broken.
    pub(super) fn take(&self) -> (Vec<Round>, Breaches<Rule>) {
        let mut seen = self.seen();
        (std::mem::take(&mut seen.rounds), std::mem::take(&mut seen.breaches))
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
