//! A gate before what only so many can do at once: CPU-bound work ([`Gate::run`]), a dependency
//! (a *bulkhead*), a whole service (an *ingress limit*).
//!
//! More work at once than there are cores makes each piece slower and none of it done earlier, and
//! work that is done for a client that has gone away is lost. A [`Gate`] lets so many in, keeps so
//! many waiting, the more urgent first ([`Priority`]) and otherwise in the order in which they
//! came, and refuses the others before anything is done for them. An [`Observer`] sees what it
//! does.

mod line;
mod pass;
mod tempo;
mod turn;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use thiserror::Error;
use tokio::sync::oneshot::{self, error::RecvError};
use tokio::time::{Instant, timeout};

pub use pass::Pass;

use line::{Line, Place};
use tempo::Tempo;
use turn::{Next, Waiter, Work};

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
    /// As many as may wait already did, or so many that it would have taken too long: he was told
    /// at once. Or somebody more urgent took his place.
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
    Aborted,
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

/// Who goes first where not all can: of those that wait, the ones of a higher priority are let in
/// before all others, and whoever finds every place to wait taken gets that of the latest of the
/// lowest priority below his own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// What must go through for the rest to make sense.
    Critical,
    /// Before the usual.
    High,
    /// The usual.
    #[default]
    Normal,
    /// What can be done another time.
    Low,
}

/// The way in. Cheap to clone: all clones are one gate.
#[derive(Clone)]
pub struct Gate {
    shared: Arc<Shared>,
}

struct Shared {
    limits: Limits,
    line: Mutex<Line<Waiter>>,
    tempo: Tempo,
    observer: Arc<dyn Observer>,
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
        let at_once = limits.at_once.max(1);
        let waiting = limits.waiting.min(usize::MAX - at_once);
        let limits = Limits { at_once, waiting, ..limits };
        let line = Mutex::new(Line::new(at_once, waiting));
        Self { shared: Arc::new(Shared { limits, line, tempo: Tempo::default(), observer }) }
    }

    /// What it lets in.
    pub fn limits(&self) -> Limits {
        self.shared.limits
    }

    /// How many there are now.
    pub fn occupancy(&self) -> Occupancy {
        self.shared.line().occupancy()
    }

    /// Waits to be let in, with the usual priority. Whoever drops the future gives his place back.
    pub async fn enter(&self) -> Result<Pass, Rejected> {
        self.enter_as(Priority::default()).await
    }

    /// Waits to be let in. Whoever drops the future gives his place back.
    pub async fn enter_as(&self, priority: Priority) -> Result<Pass, Rejected> {
        let (shared, arrived) = (&self.shared, Instant::now());
        if shared.line().enter() {
            shared.observer.entered(Duration::ZERO);
            return Ok(shared.pass_since(arrived));
        }
        let (give, take) = oneshot::channel();
        let entered = match shared.arrive(priority, give) {
            Ok(Arrival::Inside(_)) => Ok(shared.pass()),
            Ok(Arrival::Stands(place)) => {
                let let_in = shared.turn(place, take).await;
                let_in.and_then(|let_in| let_in.map_err(|_displaced| Rejected::Full))
            }
            Err(why) => Err(why),
        };
        match &entered {
            Ok(pass) => pass.entered_after(arrived),
            Err(why) => shared.observer.rejected(*why),
        }
        entered
    }

    /// Waits to be let in, with the usual priority, and works, off the async threads. Once it has
    /// begun the work goes on when the caller leaves, and holds its place until it ends: the core
    /// is busy so long. The thread that did it goes on with what waits: no core is idle while one
    /// thread wakes another.
    ///
    /// # Panics
    /// Outside of a Tokio runtime.
    pub async fn run<R: Send + 'static>(
        &self,
        work: impl FnOnce() -> R + Send + 'static,
    ) -> Result<R, Failed> {
        let shared = &self.shared;
        let (give, take) = oneshot::channel();
        let work = Work::new(work, Instant::now(), give);
        let done = match shared.arrive(Priority::default(), work) {
            Ok(Arrival::Inside(work)) => {
                Next { pass: shared.pass(), work }.begin();
                Ok(take.await)
            }
            Ok(Arrival::Stands(place)) => shared.turn(place, take).await,
            Err(why) => Err(why),
        };
        let done = match done {
            Ok(done) => done.unwrap_or(Err(Failed::Aborted)),
            Err(why) => Err(why.into()),
        };
        if let Err(Failed::Rejected(why)) = &done {
            shared.observer.rejected(*why);
        }
        done
    }
}

/// What became of somebody who came.
enum Arrival<W> {
    /// A place inside is his.
    Inside(W),
    /// He waits.
    Stands(Place),
}

impl Shared {
    fn line(&self) -> MutexGuard<'_, Line<Waiter>> {
        // Nothing that can panic is done while it is held.
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn arrive<W: Into<Waiter>>(&self, priority: Priority, who: W) -> Result<Arrival<W>, Rejected> {
        let mut line = self.line();
        if line.enter() {
            return Ok(Arrival::Inside(who));
        }
        if self.expected_wait(line.ahead_of(priority)) > self.limits.patience / 2 {
            return Err(Rejected::Full);
        }
        let stood = line.stand(priority, who.into()).ok_or(Rejected::Full)?;
        drop(line);
        if let Some(displaced) = stood.displaced {
            displaced.displace();
        }
        Ok(Arrival::Stands(stood.place))
    }

    /// How long somebody waits who has so many before him, if work takes as long as it did lately.
    fn expected_wait(&self, before_him: usize) -> Duration {
        let turns = before_him / self.limits.at_once;
        self.tempo.average().saturating_mul(u32::try_from(turns).unwrap_or(u32::MAX))
    }

    /// Waits for a turn, as long as it is worth, and for what comes of it.
    async fn turn<T>(
        &self,
        place: Place,
        mut take: oneshot::Receiver<T>,
    ) -> Result<Result<T, RecvError>, Rejected> {
        let standing = Standing { shared: self, place };
        match timeout(self.limits.patience, &mut take).await {
            Ok(taken) => Ok(taken),
            Err(_) if standing.gives_up() => Err(Rejected::TooLate),
            // It has begun.
            Err(_) => Ok(take.await),
        }
    }

    /// A place inside that was taken in the line.
    fn pass(self: &Arc<Self>) -> Pass {
        self.pass_since(Instant::now())
    }

    fn pass_since(self: &Arc<Self>, since: Instant) -> Pass {
        Pass { shared: Arc::clone(self), since, is_given_away: false }
    }
}

/// Standing in the line; dropping it leaves it.
struct Standing<'a> {
    shared: &'a Shared,
    place: Place,
}

impl Standing<'_> {
    /// Whether he was still there.
    fn gives_up(&self) -> bool {
        let who = self.shared.line().give_up(self.place);
        who.is_some()
    }
}

impl Drop for Standing<'_> {
    fn drop(&mut self) {
        self.gives_up();
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").field("limits", &self.shared.limits).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
