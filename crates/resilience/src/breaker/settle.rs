//! What the outcomes of calls make of a breaker.

use std::time::Duration;

use super::permit::Ticket;
use super::probes::Place;
use super::settings::jittered;
use super::window::{Counted, Counts, Mark};
use super::word::{Word, moment, tick, tick_after};
use super::{Breaker, Cause, Mode, Outcome, Settings};
use crate::clock::Moment;
use crate::random::{STEP, mix};
use crate::sync::{Ordering, fence};

impl Breaker {
    #[inline]
    pub(super) fn settle(
        &self,
        ticket: Ticket,
        outcome: Outcome,
        elapsed: Duration,
        now: impl Fn() -> Moment,
    ) {
        let counted = match ticket {
            Ticket::Uncounted => return,
            Ticket::Counted(word) => self.count(word, outcome, elapsed, now),
            Ticket::Probe(word, place) => self.judge((word, place), outcome, elapsed, now()),
        };
        match counted {
            Counted::Yes => self.tell(|listener| listener.recorded(outcome, elapsed)),
            Counted::Stale => {
                self.stale.fetch_add(1, Ordering::Relaxed);
                self.tell(|listener| listener.stale(outcome));
            }
        }
    }

    #[inline]
    fn count(
        &self,
        word: Word,
        outcome: Outcome,
        elapsed: Duration,
        now: impl Fn() -> Moment,
    ) -> Counted {
        if self.word() != word {
            return Counted::Stale;
        }
        if outcome == Outcome::Ignore {
            return Counted::Yes;
        }
        let failed = outcome == Outcome::Failure;
        let mark = Mark { failed, slow: elapsed >= self.settings.slow_after };
        let bad = mark.failed || mark.slow;
        let now = if bad || self.window.is_timed() { now() } else { Moment::START };
        let counted = self.window.record(word, mark, now, || self.word() == word);
        if bad && counted == Counted::Yes && word.mode() != Mode::ForceClosed {
            self.open_if_due(word, now);
        }
        counted
    }

    #[cold]
    fn open_if_due(&self, word: Word, now: Moment) {
        // Of two threads that count at once, in different counters, the second one sees both.
        fence(Ordering::SeqCst);
        let Some(cause) = self.fault(word, now) else { return };
        let lasted = moment(tick(now).saturating_sub(word.tick())).since(Moment::START);
        let recovered = lasted >= self.settings.interval(word.streak());
        let streak = if recovered { 1 } else { word.streak() + 1 };
        self.open(word, streak, cause, now);
    }

    /// Why it should open.
    fn fault(&self, word: Word, now: Moment) -> Option<Cause> {
        let Counts { finished, failures, slow } = self.window.counts(word, now);
        let Settings { minimum, failure_percent, slow_percent, .. } = self.settings;
        if finished < u64::from(minimum) {
            None
        } else if 100 * failures >= u64::from(failure_percent) * finished {
            Some(Cause::Failures { failures, finished })
        } else if 100 * slow >= u64::from(slow_percent) * finished {
            Some(Cause::Slowness { slow, finished })
        } else {
            None
        }
    }

    fn open(&self, word: Word, streak: u64, cause: Cause, now: Moment) -> bool {
        let random = mix(self.seed.wrapping_add(word.generation().wrapping_mul(STEP)));
        let interval = jittered(self.settings.interval(streak), random);
        let opened = word.opened(streak, tick_after(now, interval));
        self.turn(word, opened, cause, Some(interval))
    }

    /// What the outcome of a probe makes of the breaker.
    fn judge(
        &self,
        (word, place): (Word, Place),
        outcome: Outcome,
        elapsed: Duration,
        now: Moment,
    ) -> Counted {
        if self.word() != word || place.is_given_up(now) {
            self.probes.give_back(place);
            return Counted::Stale;
        }
        let slow = elapsed >= self.settings.slow_after;
        let in_time = match outcome {
            Outcome::Ignore => self.probes.give_back(place),
            Outcome::Failure => self.open(word, word.streak() + 1, Cause::ProbeFailed, now),
            Outcome::Success if slow => self.open(word, word.streak() + 1, Cause::ProbeSlow, now),
            Outcome::Success => self.probes.succeed(place),
        };
        if !in_time {
            return Counted::Stale;
        }
        // Of two threads that succeed at once, the second one sees both.
        fence(Ordering::SeqCst);
        if outcome == Outcome::Success && !slow && self.probes.are_enough(word) {
            self.turn(word, word.closed(now), Cause::Recovered, None);
        }
        Counted::Yes
    }

    pub(super) fn cancel(&self, ticket: Ticket) {
        if let Ticket::Probe(_, place) = ticket {
            // Somebody else may have it already.
            let _ = self.probes.give_back(place);
        }
        if !matches!(ticket, Ticket::Uncounted) {
            self.tell(|listener| listener.cancelled());
        }
    }
}
