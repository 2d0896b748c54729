//! Connections that journeys take and give back: a free one is used again, else one is opened.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::io::{Error, ErrorKind};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::http1::{Message, Wire};

/// Servers close what nobody used for a while; ours after five seconds.
const LONGEST_IDLE: Duration = Duration::from_secs(2);

/// Why there is no reply.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::load) enum Fault {
    /// Nobody listens there, or the address is none.
    Unreachable(String),
    /// The connection was reset or closed in the middle.
    Lost(String),
    /// There was a reply, and it is no HTTP that is understood here.
    Unreadable(String),
    /// It took too long.
    Late,
    /// Every connection was taken for too long: that is the fault of this task.
    NoConnection,
}

/// Connections to one server, a bounded number of them.
pub(in crate::load) struct Pool {
    authority: String,
    idle: RefCell<Vec<(Wire, Instant)>>,
    places: Semaphore,
    opened: Cell<u64>,
    waits: Cell<u64>,
}

impl Pool {
    pub(in crate::load) fn new(authority: &str, most: usize) -> Self {
        let (idle, opened, waits) = (RefCell::default(), Cell::new(0), Cell::new(0));
        Self { authority: authority.to_owned(), idle, places: Semaphore::new(most), opened, waits }
    }

    /// Where they lead.
    pub(in crate::load) fn authority(&self) -> &str {
        &self.authority
    }

    /// How many were opened.
    pub(in crate::load) fn opened(&self) -> u64 {
        self.opened.get()
    }

    /// How many requests had to wait because all were taken.
    pub(in crate::load) fn waits(&self) -> u64 {
        self.waits.get()
    }

    /// Sends a request and waits so long for its reply; says when it was sent, if it was.
    pub(in crate::load) async fn exchange(
        &self,
        request: &[u8],
        limit: Duration,
    ) -> (Result<Message, Fault>, Option<Instant>) {
        let sent = Cell::new(None);
        let outcome = timeout(limit, self.exchange_on_one(request, &sent)).await;
        let late = if sent.get().is_some() { Fault::Late } else { Fault::NoConnection };
        (outcome.unwrap_or(Err(late)), sent.get())
    }

    async fn exchange_on_one(
        &self,
        request: &[u8],
        sent: &Cell<Option<Instant>>,
    ) -> Result<Message, Fault> {
        if self.places.available_permits() == 0 {
            self.waits.set(self.waits.get() + 1);
        }
        // Nobody closes it.
        let _place = self.places.acquire().await;
        sent.set(Some(Instant::now()));
        let mut wire = self.wire().await?;
        let reply = wire.exchange(request).await.map_err(|error| fault(&error))?;
        if !reply.is_last() {
            self.idle.borrow_mut().push((wire, Instant::now()));
        }
        Ok(reply)
    }

    /// The one that was used last, if it still stands.
    async fn wire(&self) -> Result<Wire, Fault> {
        while let Some((wire, since)) = self.take_idle() {
            if since.elapsed() < LONGEST_IDLE && wire.is_quiet() {
                return Ok(wire);
            }
        }
        self.opened.set(self.opened.get() + 1);
        Wire::open(&self.authority).await.map_err(|error| Fault::Unreachable(shown(&error)))
    }

    fn take_idle(&self) -> Option<(Wire, Instant)> {
        self.idle.borrow_mut().pop()
    }
}

fn fault(error: &anyhow::Error) -> Fault {
    let kind = error.chain().find_map(|source| source.downcast_ref::<Error>()).map(Error::kind);
    match kind {
        Some(ErrorKind::ConnectionRefused) => Fault::Unreachable(shown(error)),
        Some(_) => Fault::Lost(shown(error)),
        None => Fault::Unreadable(shown(error)),
    }
}

fn shown(error: &anyhow::Error) -> String {
    format!("{error:#}")
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(error) | Self::Lost(error) | Self::Unreadable(error) => {
                f.write_str(error)
            }
            Self::Late => f.write_str("no reply in time"),
            Self::NoConnection => f.write_str("every connection was taken"),
        }
    }
}
