//! What was seen while servers were restarted.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::promises::Promise;
use super::rota::Parts;
use crate::chaos::breaches::Breaches;

/// The notes of the drill; a clone writes into the same ones.
#[derive(Clone)]
pub(super) struct Notes(Arc<Mutex<Seen>>);

/// The restart, and the place of the server that is out.
type Aside = Option<(u32, usize)>;

/// What is different before and after; whoever sends a request looks at it before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Moment {
    aside: Aside,
    /// How often the balancer has begun or ended to replace its workers: odd while it does.
    turns: u32,
}

/// Over what somebody asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Connection {
    /// One connection for all requests, which the balancer may close between two.
    Kept,
    /// A new one for each: nobody closes it but for a fault.
    Renewed,
}

/// A kind of request, and over what it was made.
pub(super) type Asked = (&'static str, Connection);

/// What becomes of a request whose kept connection the balancer closes as it replaces its workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closed {
    /// It is sent once more, as HTTP allows (RFC 9110, 9.2.2).
    Repeated,
    /// It has failed.
    Failed,
}

#[derive(Debug)]
pub(super) struct Seen {
    servers: Vec<String>,
    closed: Closed,
    now: Moment,
    is_over: bool,
    /// Replies of each server since a restart last began or ended.
    served: Vec<u32>,
    latest: Instant,
    pub(super) routes: BTreeMap<Asked, Count>,
    /// Failures, and how often there was each.
    pub(super) causes: BTreeMap<String, u32>,
    /// The longest time in which nobody got a reply.
    pub(super) longest_gap: Duration,
    pub(super) restarts: Vec<Restart>,
    pub(super) breaches: Breaches<Promise>,
}

/// Requests of one kind.
#[derive(Debug, Default)]
pub(super) struct Count {
    pub(super) answered: u32,
    pub(super) failed: u32,
    /// Of those: sent once more after their connection was closed.
    pub(super) repeated: u32,
}

/// What happened from the beginning of a restart to its end.
#[derive(Debug, Default)]
pub(super) struct Restart {
    /// The place of the server.
    pub(super) place: usize,
    pub(super) answered: u32,
    pub(super) failed: u32,
    pub(super) repeated: u32,
    /// Replies of the other servers.
    pub(super) by_others: u32,
    pub(super) longest_gap: Duration,
    pub(super) parts: Parts,
    is_over: bool,
}

impl Notes {
    /// Empty ones, about servers that the balancer names like this.
    pub(super) fn of(servers: Vec<String>, closed: Closed) -> Self {
        let served = vec![0; servers.len()];
        Self(Arc::new(Mutex::new(Seen {
            servers,
            closed,
            now: Moment::default(),
            is_over: false,
            served,
            latest: Instant::now(),
            routes: BTreeMap::new(),
            causes: BTreeMap::new(),
            longest_gap: Duration::ZERO,
            restarts: Vec::new(),
            breaches: Breaches::default(),
        })))
    }

    pub(super) fn begin_restart(&self, place: usize) {
        let mut seen = self.seen();
        if seen.take_served().get(place).is_none_or(|replies| *replies == 0) {
            let restart = seen.restarts.len() + 1;
            seen.breaches
                .add(Promise::Felt, format!("not server {place} before restart {restart}"));
        }
        seen.restarts.push(Restart { place, ..Restart::default() });
    }

    pub(super) fn end_restart(&self, parts: Parts) {
        let mut seen = self.seen();
        let (served, number) = (seen.take_served(), seen.restarts.len());
        let Some(restart) = seen.restarts.last_mut() else { return };
        let place = restart.place;
        restart.by_others =
            served.iter().enumerate().filter(|(server, _)| *server != place).map(|(_, n)| n).sum();
        restart.parts = parts;
        restart.is_over = true;
        if restart.by_others == 0 {
            seen.breaches.add(Promise::Others, format!("not during restart {number}"));
        }
    }

    /// From now on this server is out, or none.
    pub(super) fn set_aside(&self, aside: Aside) {
        self.seen().now.aside = aside;
    }

    /// The balancer begins to replace its workers, or has done so.
    pub(super) fn turn(&self) {
        self.seen().now.turns += 1;
    }

    /// Now.
    pub(super) fn moment(&self) -> Moment {
        self.seen().now
    }

    /// Whether a request that was sent then, and whose connection was closed, may be sent again.
    pub(super) fn may_repeat(&self, asked: Asked, before: Moment) -> bool {
        let mut seen = self.seen();
        let is_turning = before.turns % 2 == 1 || before.turns != seen.now.turns;
        let (_, connection) = asked;
        if seen.closed == Closed::Failed || connection == Connection::Renewed || !is_turning {
            return false;
        }
        seen.routes.entry(asked).or_default().repeated += 1;
        if let Some(restart) = seen.under_way() {
            restart.repeated += 1;
        }
        true
    }

    /// The reply that was due came from this server.
    pub(super) fn answered(&self, asked: Asked, server: &str, before: Moment) {
        let mut seen = self.seen();
        let gap = seen.latest.elapsed();
        seen.latest = Instant::now();
        seen.longest_gap = seen.longest_gap.max(gap);
        seen.routes.entry(asked).or_default().answered += 1;
        if let Some(restart) = seen.under_way() {
            restart.answered += 1;
            restart.longest_gap = restart.longest_gap.max(gap);
        }
        let place = seen.servers.iter().position(|named| named == server);
        if let Some(replies) = place.and_then(|place| seen.served.get_mut(place)) {
            *replies += 1;
        }
        // Only who began and ended while it was out knows that it should not have been asked.
        if let Some((restart, out)) = seen.now.aside
            && before.aside == seen.now.aside
            && place == Some(out)
        {
            let example = format!("{} during restart {}", asked.0, restart + 1);
            seen.breaches.add(Promise::Aside, example);
        }
    }

    /// There was no reply, or another one than was due.
    pub(super) fn failed(&self, asked: Asked, cause: &str) {
        let mut seen = self.seen();
        seen.routes.entry(asked).or_default().failed += 1;
        if let Some(restart) = seen.under_way() {
            restart.failed += 1;
        }
        let (route, connection) = asked;
        let cause = format!("{route} over a {} connection: {cause}", connection.as_str());
        seen.breaches.add(Promise::Answered, cause.clone());
        *seen.causes.entry(cause).or_default() += 1;
    }

    pub(super) fn breach(&self, promise: Promise, example: String) {
        self.seen().breaches.add(promise, example);
    }

    /// From now on nothing new is asked.
    pub(super) fn close(&self) {
        self.seen().is_over = true;
    }

    pub(super) fn is_over(&self) -> bool {
        self.seen().is_over
    }

    pub(super) fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connection {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Renewed => "new",
        }
    }
}

impl Count {
    pub(super) fn add(&mut self, other: &Self) {
        self.answered += other.answered;
        self.failed += other.failed;
        self.repeated += other.repeated;
    }
}

impl Seen {
    fn take_served(&mut self) -> Vec<u32> {
        let none = vec![0; self.served.len()];
        std::mem::replace(&mut self.served, none)
    }

    fn under_way(&mut self) -> Option<&mut Restart> {
        self.restarts.last_mut().filter(|restart| !restart.is_over)
    }
}

#[cfg(test)]
mod tests;
