//! What was heard in a storm.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Result;

use crate::http1::Message;
use crate::latency::Latency;

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Asked {
    Profile,
    Login,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Heard {
    Status {
        status: u16,
        /// Whether it says when to come back.
        retry_after: bool,
    },
    /// The connection was refused or lost.
    Lost,
    /// Nobody waits any longer.
    Nothing,
    /// Every client was waiting: the request was due and was not sent.
    Unsent,
}

impl Heard {
    pub(super) fn reply(reply: &Message) -> Result<Self> {
        let after = reply.header("retry-after").and_then(|seconds| seconds.parse::<u32>().ok());
        Ok(Self::Status {
            status: reply.status()?,
            retry_after: after.is_some_and(|seconds| seconds >= 1),
        })
    }

    pub(super) fn status(self) -> Option<u16> {
        match self {
            Self::Status { status, .. } => Some(status),
            _ => None,
        }
    }
}

/// Everything that was heard.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) heard: BTreeMap<(Asked, Heard), Latency>,
    /// By how much this task itself was late with what it had to send.
    pub(super) lateness: Latency,
}

/// The notes of a storm; a clone writes into the same ones.
#[derive(Clone)]
pub(super) struct Notes(Arc<Mutex<Seen>>);

impl Notes {
    pub(super) fn new() -> Result<Self> {
        Ok(Self(Arc::new(Mutex::new(Seen::new()?))))
    }

    /// This task woke up so long after it wanted to.
    pub(super) fn woke(&self, late: Duration) -> Result<()> {
        self.seen().lateness.enter(late)
    }

    /// A request came to its end, so long after it was due.
    pub(super) fn enter(&self, what: (Asked, Heard), after: Duration) -> Result<()> {
        let mut seen = self.seen();
        let latency = match seen.heard.entry(what) {
            Entry::Occupied(latency) => latency.into_mut(),
            Entry::Vacant(place) => place.insert(Latency::new()?),
        };
        latency.enter(after)
    }

    /// The end of the storm.
    pub(super) fn take(&self) -> Result<Seen> {
        Ok(std::mem::replace(&mut *self.seen(), Seen::new()?))
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    pub(super) fn new() -> Result<Self> {
        Ok(Self { heard: BTreeMap::new(), lateness: Latency::new()? })
    }
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Profile => "GET /api/auth/profile",
            Self::Login => "POST /api/auth/login",
        })
    }
}

impl fmt::Display for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status { status, retry_after: true } => write!(f, "{status} with Retry-After"),
            Self::Status { status, retry_after: false } => write!(f, "{status}"),
            Self::Lost => f.write_str("connection lost"),
            Self::Nothing => f.write_str("timed out"),
            Self::Unsent => f.write_str("not sent: every client was waiting"),
        }
    }
}
