//! Being let through.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;

use super::Breaker;
use super::probes::Place;
use super::word::Word;
use crate::clock::Moment;

/// Nobody is let through now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the dependency is out: try again in {retry_after:?}")]
pub struct Open {
    /// Not before so long somebody is let through. While probes run it is when the first of them
    /// is given up: it may well end before.
    pub retry_after: Duration,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The dependency did what it is for. That it found nothing, or refuses a bad request, is an
    /// answer, too.
    Success,
    /// The dependency did not answer, or could not.
    Failure,
    /// It tells nothing about the dependency.
    Ignore,
}

/// On what terms somebody was let through.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ticket {
    /// Nobody asks how it ended.
    Uncounted,
    /// It counts while the breaker is in this generation.
    Counted(Word),
    /// It decides whether the breaker closes.
    Probe(Word, Place),
}

/// Leave to make one call, and the duty to tell how it ended. Dropped without that, the call counts
/// as cancelled: neither a success nor a failure, and the place of a probe is free again.
#[must_use = "dropping it cancels the call"]
pub struct Held<B: Deref<Target = Breaker>> {
    breaker: B,
    ticket: Option<Ticket>,
}

/// A permit that borrows its breaker.
pub type Permit<'a> = Held<&'a Breaker>;

/// A permit that can go along with a task.
pub type OwnedPermit = Held<Arc<Breaker>>;

impl<B: Deref<Target = Breaker>> Held<B> {
    pub(super) const fn new(breaker: B, ticket: Ticket) -> Self {
        Self { breaker, ticket: Some(ticket) }
    }

    /// Tells how the call ended, after how long.
    #[inline]
    pub fn record(mut self, outcome: Outcome, elapsed: Duration) {
        if let Some(ticket) = self.ticket.take() {
            self.breaker.settle(ticket, outcome, elapsed, || self.breaker.now());
        }
    }

    /// Tells how the call ended, for those who know what time it is.
    #[inline]
    pub fn record_at(mut self, outcome: Outcome, elapsed: Duration, now: Moment) {
        if let Some(ticket) = self.ticket.take() {
            self.breaker.settle(ticket, outcome, elapsed, || now);
        }
    }

    /// Whether the call is a probe of a half-open breaker.
    pub const fn is_probe(&self) -> bool {
        matches!(self.ticket, Some(Ticket::Probe(..)))
    }
}

impl<B: Deref<Target = Breaker>> Drop for Held<B> {
    #[inline]
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.breaker.cancel(ticket);
        }
    }
}

impl<B: Deref<Target = Breaker>> fmt::Debug for Held<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").field("is_probe", &self.is_probe()).finish_non_exhaustive()
    }
}
