//! Who is let through.

use std::time::Duration;

use super::permit::Ticket;
use super::probes::Taken;
use super::word::{Word, moment, tick};
use super::{Breaker, Cause, Mode, Open, State};
use crate::clock::Moment;
use crate::sync::Ordering;

impl Breaker {
    #[inline]
    pub(super) fn admit(&self, now: impl FnOnce() -> Moment) -> Result<Ticket, Open> {
        let word = self.word();
        if word.lets_all_in() {
            return Ok(Ticket::Counted(word));
        }
        self.admit_if_due(word, now())
    }

    fn admit_if_due(&self, word: Word, now: Moment) -> Result<Ticket, Open> {
        match word.mode() {
            Mode::Disabled => return Ok(Ticket::Uncounted),
            Mode::ForceOpen => return self.refuse(word, self.settings.open_base),
            Mode::Normal | Mode::ForceClosed | Mode::ObserveOnly => {}
        }
        match word.state() {
            State::Closed => Ok(Ticket::Counted(word)),
            State::Open if tick(now) < word.tick() => {
                self.refuse(word, moment(word.tick()).since(now))
            }
            State::Open => {
                // Whoever is second goes on with what the first one made of it.
                self.turn(word, word.half_opened(now), Cause::Waited, None);
                self.admit(|| now)
            }
            State::HalfOpen => self.probe(word, now),
        }
    }

    fn probe(&self, word: Word, now: Moment) -> Result<Ticket, Open> {
        match self.probes.take(word, now, || self.word() == word) {
            Taken::Place(place) => Ok(Ticket::Probe(word, place)),
            Taken::None { until } => self.refuse(word, until.since(now)),
            Taken::Stale => self.admit(|| now),
        }
    }

    fn refuse(&self, word: Word, retry_after: Duration) -> Result<Ticket, Open> {
        let open = Open { retry_after };
        self.rejected.0.fetch_add(1, Ordering::Relaxed);
        self.tell(|listener| listener.rejected(open));
        if word.mode() == Mode::ObserveOnly { Ok(Ticket::Uncounted) } else { Err(open) }
    }
}
