//! One load, and those who wait for it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::{How, Loaded, Reply};
use crate::{Entry, Epochs, Found};

/// A load that others may share.
pub(super) struct Flight<T> {
    stage: Mutex<Stage>,
    ticket: Ticket<T>,
}

/// How far a load is.
#[derive(Debug)]
enum Stage {
    /// It has not begun: whoever comes now will see what was written before he came.
    Boarding,
    /// It began then, and its tags were these before.
    Under { since: u64, epochs: Option<Epochs> },
}

/// Whoever makes a load; when it goes, the load is over.
pub(super) struct Pilot<T> {
    pub(super) flight: Arc<Flight<T>>,
    /// The load before this one, of the same key.
    pub(super) before: Option<Ticket<T>>,
    land: watch::Sender<Option<Landed<T>>>,
}

/// The right to what comes of a load.
pub(super) struct Ticket<T>(watch::Receiver<Option<Landed<T>>>);

/// What came of a load.
#[derive(Clone)]
pub(super) struct Landed<T> {
    pub(super) reply: Reply<T>,
    pub(super) age: Duration,
    pub(super) fresh_for: Duration,
    pub(super) is_failure: bool,
    origin: Origin,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Made,
    MadeAside,
    Found,
}

impl<T> Flight<T> {
    /// A load that is about to begin, after that of the same key which is on its way.
    pub(super) fn prepare(before: Option<&Self>) -> (Pilot<T>, Ticket<T>) {
        let (land, landed) = watch::channel(None);
        let ticket = Ticket(landed);
        let flight = Self { stage: Mutex::new(Stage::Boarding), ticket: ticket.clone() };
        let before = before.map(|before| before.ticket.clone());
        (Pilot { flight: Arc::new(flight), before, land }, ticket)
    }

    /// A ticket for whoever came then and saw these epochs after it; none, if something may have
    /// been written between the beginning of the load and his coming.
    pub(super) fn admit(&self, arrived: u64, observed: Option<&Epochs>) -> Option<Ticket<T>> {
        let fits = match &*self.stage() {
            Stage::Boarding => true,
            Stage::Under { since, epochs } => {
                arrived < *since || (observed.is_some() && observed == epochs.as_ref())
            }
        };
        fits.then(|| self.ticket.clone())
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        // It is set in one assignment: there is no half-done state to fear.
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Pilot<T> {
    /// What comes now is as of this moment.
    pub(super) fn begin(&self, since: u64, epochs: Option<Epochs>) {
        *self.flight.stage() = Stage::Under { since, epochs };
    }

    /// What its tags were when it began.
    pub(super) fn know(&self, known: Epochs) {
        if let Stage::Under { epochs, .. } = &mut *self.flight.stage() {
            *epochs = Some(known);
        }
    }

    /// Nothing came of it: there will be another beginning.
    pub(super) fn begin_anew(&self) {
        *self.flight.stage() = Stage::Boarding;
    }

    /// Gives it to all who wait.
    pub(super) fn land(&self, landed: Landed<T>) {
        self.land.send_replace(Some(landed));
    }
}

impl<T> Clone for Ticket<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Clone + Send + Sync> Ticket<T> {
    /// What came of it; nothing if it did not come to an end.
    pub(super) async fn landed(mut self) -> Option<Landed<T>> {
        let landed = self.0.wait_for(Option::is_some).await.ok()?;
        landed.clone()
    }

    /// Waits until the load is over, and what came of it stored.
    pub(super) async fn over(mut self) {
        while self.0.changed().await.is_ok() {}
    }
}

impl<T> Landed<T> {
    pub(super) fn made(loaded: Loaded<T>) -> Self {
        let (reply, is_failure) = match loaded {
            Loaded::Keep(entry) | Loaded::KeepFor(entry, _) | Loaded::Negative(entry) => {
                (Reply::Entry(Arc::new(entry)), false)
            }
            Loaded::Pass(other) => (Reply::Other(other), false),
            Loaded::Failed(other) => (Reply::Other(other), true),
        };
        let (age, fresh_for) = (Duration::ZERO, Duration::ZERO);
        Self { reply, age, fresh_for, is_failure, origin: Origin::Made }
    }

    pub(super) fn found(found: Found) -> Self {
        Self {
            reply: Reply::Entry(found.entry),
            age: found.age,
            fresh_for: found.life.soft.saturating_sub(found.age),
            is_failure: false,
            origin: Origin::Found,
        }
    }

    /// What could be kept.
    pub(super) fn entry(&self) -> Option<Arc<Entry>> {
        match &self.reply {
            Reply::Entry(entry) => Some(Arc::clone(entry)),
            Reply::Other(_) => None,
        }
    }

    /// It is kept for so long.
    pub(super) fn kept_for(self, fresh_for: Duration) -> Self {
        Self { fresh_for, ..self }
    }

    /// It was made without the cache.
    pub(super) fn aside(self) -> Self {
        Self { origin: Origin::MadeAside, ..self }
    }

    /// Where it comes from, for somebody who would say this if it was made for him.
    pub(super) fn how(&self, if_made: How) -> How {
        match self.origin {
            Origin::Made => if_made,
            Origin::MadeAside => How::Bypassed,
            Origin::Found => How::Collapsed,
        }
    }
}
