//! A gate before CPU-bound work.
//!
//! More work at once than there are cores makes each piece slower and none of it done earlier, and
//! work that is done for a client that has gone away is lost. A [`Gate`] lets so many in, keeps so
//! many waiting, first come, first served, and refuses the others before anything is done for
//! them. An [`Observer`] sees what it does.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use thiserror::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinError, spawn_blocking};
use tokio::time::{Instant, timeout};

/// How many may work, and may wait for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// So many work at once: at least one, sensibly as many as there are cores.
    pub at_once: usize,
    /// So many more may wait. What comes on top is shed at once.
    pub waiting: usize,
    /// For so long: a client that waits longer has given up. Whoever would have to expect more
    /// than half of it, by how long work took lately, is shed at once, too.
    pub patience: Duration,
}

/// Why somebody was not let in. Nothing was done for him.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Rejected {
    /// As many as may wait already did, or so many that it would have taken too long. He was told
    /// at once.
    #[error("too many wait already")]
    Full,
    /// He waited for as long as it is worth: work takes longer than it did lately.
    #[error("it takes too long to be let in")]
    TooLate,
}

/// Why work was not done.
#[derive(Debug, Error)]
pub enum Failed {
    /// It was not let in.
    #[error(transparent)]
    Rejected(#[from] Rejected),
    /// It panicked, or the runtime is being shut down.
    #[error("the work did not end")]
    Aborted(#[source] JoinError),
}

/// Sees what a gate does, as it does it: for metrics. Its methods are called in the middle of
/// things and must return quickly; by default they do nothing.
pub trait Observer: Send + Sync {
    /// Somebody was let in after so long.
    fn entered(&self, waited: Duration) {
        let _ = waited;
    }

    /// Somebody left after so long inside.
    fn left(&self, inside: Duration) {
        let _ = inside;
    }

    /// Somebody was not let in.
    fn rejected(&self, why: Rejected) {
        let _ = why;
    }
}

/// How many there are at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occupancy {
    /// So many are inside.
    pub inside: usize,
    /// So many wait.
    pub waiting: usize,
}

/// The way to the cores. Cheap to clone: all clones are one gate.
#[derive(Clone)]
pub struct Gate {
    shared: Arc<Shared>,
}

struct Shared {
    limits: Limits,
    /// Those inside and those that wait.
    places: Arc<Semaphore>,
    /// Those inside.
    permits: Arc<Semaphore>,
    tempo: Arc<Tempo>,
    observer: Arc<dyn Observer>,
}

/// Being inside; dropping it lets the next one in.
#[must_use = "whoever drops it is outside again"]
pub struct Pass {
    _permit: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
    since: Instant,
    tempo: Arc<Tempo>,
    observer: Arc<dyn Observer>,
}

/// How long somebody is inside, on an average that forgets: nanoseconds, 0 before anybody was.
#[derive(Default)]
struct Tempo(AtomicU64);

impl Tempo {
    /// So much of the average is the latest: one part of eight.
    const SHARE: u64 = 8;

    fn note(&self, inside: Duration) {
        let latest = u64::try_from(inside.as_nanos()).unwrap_or(u64::MAX);
        // Of two that leave at once one may go uncounted: it is an estimate.
        let before = self.0.load(Ordering::Relaxed);
        let after = match before {
            0 => latest,
            _ => before - before / Self::SHARE + latest / Self::SHARE,
        };
        self.0.store(after, Ordering::Relaxed);
    }

    fn average(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::Relaxed))
    }
}

/// Sees nothing.
struct Nobody;

impl Observer for Nobody {}

impl Gate {
    /// A gate that nobody observes.
    pub fn new(limits: Limits) -> Self {
        Self::observed(limits, Arc::new(Nobody))
    }

    /// A gate, and who sees what it does.
    pub fn observed(limits: Limits, observer: Arc<dyn Observer>) -> Self {
        let at_once = limits.at_once.clamp(1, Semaphore::MAX_PERMITS);
        let waiting = limits.waiting.min(Semaphore::MAX_PERMITS - at_once);
        let limits = Limits { at_once, waiting, ..limits };
        let places = Arc::new(Semaphore::new(at_once + waiting));
        let permits = Arc::new(Semaphore::new(at_once));
        let tempo = Arc::default();
        Self { shared: Arc::new(Shared { limits, places, permits, tempo, observer }) }
    }

    /// What it lets in.
    pub fn limits(&self) -> Limits {
        self.shared.limits
    }

    /// How many there are now: somebody may come or go while it is counted.
    pub fn occupancy(&self) -> Occupancy {
        let Shared { limits, places, permits, .. } = &*self.shared;
        let inside = limits.at_once.saturating_sub(permits.available_permits());
        let all = (limits.at_once + limits.waiting).saturating_sub(places.available_permits());
        Occupancy { inside, waiting: all.saturating_sub(inside) }
    }

    /// Waits to be let in. Whoever drops the future gives his place back.
    pub async fn enter(&self) -> Result<Pass, Rejected> {
        let arrived = Instant::now();
        let admitted = self.admitted().await;
        let observer = Arc::clone(&self.shared.observer);
        match admitted {
            Ok((place, permit)) => {
                let since = Instant::now();
                observer.entered(since.duration_since(arrived));
                let tempo = Arc::clone(&self.shared.tempo);
                Ok(Pass { _permit: permit, _place: place, since, tempo, observer })
            }
            Err(why) => {
                observer.rejected(why);
                Err(why)
            }
        }
    }

    async fn admitted(&self) -> Result<(OwnedSemaphorePermit, OwnedSemaphorePermit), Rejected> {
        let Shared { limits, places, permits, .. } = &*self.shared;
        let place = Arc::clone(places).try_acquire_owned();
        let place = place.map_err(|_no_place| Rejected::Full)?;
        if self.expected_wait() > limits.patience / 2 {
            return Err(Rejected::Full);
        }
        let permit = timeout(limits.patience, Arc::clone(permits).acquire_owned()).await;
        match permit {
            Ok(Ok(permit)) => Ok((place, permit)),
            // Nobody closes the semaphore; whoever did would let nobody in.
            Ok(Err(_)) | Err(_) => Err(Rejected::TooLate),
        }
    }

    /// How long whoever has just taken a place will wait, if work takes as long as it did lately.
    fn expected_wait(&self) -> Duration {
        let before_him = self.occupancy().waiting.saturating_sub(1);
        let turns = before_him / self.shared.limits.at_once;
        self.shared.tempo.average().saturating_mul(u32::try_from(turns).unwrap_or(u32::MAX))
    }

    /// Waits to be let in and works, off the async threads. Once it has begun the work goes on
    /// when the caller leaves, and holds its place until it ends: the core is busy so long.
    pub async fn run<R: Send + 'static>(
        &self,
        work: impl FnOnce() -> R + Send + 'static,
    ) -> Result<R, Failed> {
        let pass = self.enter().await?;
        let task = spawn_blocking(move || {
            let done = work();
            drop(pass);
            done
        });
        task.await.map_err(Failed::Aborted)
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let inside = self.since.elapsed();
        self.tempo.note(inside);
        self.observer.left(inside);
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").field("limits", &self.shared.limits).finish_non_exhaustive()
    }
}

impl fmt::Debug for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pass(…)")
    }
}

#[cfg(test)]
mod tests;
