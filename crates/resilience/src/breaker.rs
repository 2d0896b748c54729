//! A circuit breaker around a dependency.
//!
//! While it is closed every call is let through and its outcome counted; when too many of them
//! fail, or are slow, it opens: nobody is let through, and the dependency has time to recover. After a
//! while it is half-open: a few probes are let through, and enough successes among them close it.
//!
//! ```
//! use std::time::Duration;
//!
//! use gacp_resilience::breaker::{Breaker, Outcome, Settings, State};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let breaker = Breaker::new(Settings { minimum: 2, ..Settings::default() })?;
//!
//! for _ in 0..2 {
//!     let permit = breaker.try_acquire()?;
//!     permit.record(Outcome::Failure, Duration::from_millis(20));
//! }
//!
//! assert_eq!(breaker.state(), State::Open);
//! let refused = breaker.try_acquire().unwrap_err();
//! assert!(refused.retry_after >= Duration::from_secs(24), "30 s, jitter shortens by up to a fifth");
//! # Ok(())
//! # }
//! ```
//!
//! - What is counted is what ended. Calls in flight do not dilute it, and the outcome of a call that
//!   began before the latest transition is stale: it is told to the [`Listener`] and counts for
//!   nothing.
//! - It opens when the outcome that failed or was slow is one of at least
//!   [`minimum`](Settings::minimum) and the share of such outcomes is the threshold or more.
//! - Each time in a row it is open for twice as long, up to the cap. It is not in a row once it was
//!   closed for at least as long as it was open before.
//! - A probe that fails, or succeeds slowly, opens it again. One that is cancelled, ignored or
//!   given up leaves its place to another.
//! - It never waits, allocates or takes a lock, and reads the clock only where it has to.

mod admit;
mod listener;
mod permit;
mod probes;
mod settings;
mod settle;
mod snapshot;
mod window;
mod word;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use listener::{Cause, Listener, Transition};
pub use permit::{Held, Open, Outcome, OwnedPermit, Permit};
pub use settings::{Nonsense, Settings, Window};
pub use snapshot::Snapshot;

use crate::clock::{Clock, Moment, Monotonic};
use crate::random::seed;
use crate::sync::{Apart, AtomicU64, Ordering};
use probes::Probes;
use word::Word;

/// What a breaker does with calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It lets them through and counts how they end.
    Closed,
    /// It refuses them.
    Open,
    /// It lets a few of them through, to see.
    HalfOpen,
}

/// Whether a breaker decides by itself. Setting another mode begins anew: closed, with nothing
/// counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It does.
    Normal,
    /// It counts, but does not open.
    ForceClosed,
    /// It changes its state and tells of it, but lets everybody through.
    ObserveOnly,
    /// It lets everybody through and does nothing.
    Disabled,
    /// It refuses everybody.
    ForceOpen,
}

/// A circuit breaker. Every call to the dependency goes through the same one.
pub struct Breaker {
    word: Apart<AtomicU64>,
    rejected: Apart<AtomicU64>,
    stale: AtomicU64,
    window: window::Window,
    probes: Probes,
    settings: Settings,
    seed: u64,
    clock: Arc<dyn Clock>,
    listener: Option<Arc<dyn Listener>>,
}

impl Breaker {
    /// A breaker that nobody listens to, on the operating system's clock.
    pub fn new(settings: Settings) -> Result<Self, Nonsense> {
        settings.check()?;
        Ok(Self::assembled(settings, Arc::new(Monotonic::new()), None))
    }

    /// A breaker, its clock, and who hears what it does.
    pub fn observed(
        settings: Settings,
        clock: Arc<dyn Clock>,
        listener: Arc<dyn Listener>,
    ) -> Result<Self, Nonsense> {
        settings.check()?;
        Ok(Self::assembled(settings, clock, Some(listener)))
    }

    fn assembled(
        settings: Settings,
        clock: Arc<dyn Clock>,
        listener: Option<Arc<dyn Listener>>,
    ) -> Self {
        Self {
            word: Apart(AtomicU64::new(Word::NEW.bits())),
            rejected: Apart(AtomicU64::new(0)),
            stale: AtomicU64::new(0),
            window: window::Window::new(&settings),
            probes: Probes::new(&settings),
            settings,
            seed: seed(settings.seed),
            clock,
            listener,
        }
    }

    /// How it behaves.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What its clock says: [`Moment`]s of another clock mean nothing to it.
    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// What it does with calls. An open breaker stays open until somebody asks to be let through.
    pub fn state(&self) -> State {
        self.word().state()
    }

    /// Whether it decides by itself.
    pub fn mode(&self) -> Mode {
        self.word().mode()
    }

    /// Asks to be let through. Reads the clock only if the breaker is not closed.
    #[inline]
    pub fn try_acquire(&self) -> Result<Permit<'_>, Open> {
        self.admit(|| self.now()).map(|ticket| Held::new(self, ticket))
    }

    /// Asks to be let through, for those who know what time it is.
    #[inline]
    pub fn try_acquire_at(&self, now: Moment) -> Result<Permit<'_>, Open> {
        self.admit(|| now).map(|ticket| Held::new(self, ticket))
    }

    /// Asks for a permit that can go along with a task.
    pub fn try_acquire_owned(self: &Arc<Self>) -> Result<OwnedPermit, Open> {
        self.admit(|| self.now()).map(|ticket| Held::new(Arc::clone(self), ticket))
    }

    /// Asks for a permit that can go along with a task, for those who know what time it is.
    pub fn try_acquire_owned_at(self: &Arc<Self>, now: Moment) -> Result<OwnedPermit, Open> {
        self.admit(|| now).map(|ticket| Held::new(Arc::clone(self), ticket))
    }

    /// Sets another mode, and begins anew in it.
    pub fn set_mode(&self, mode: Mode) {
        let now = self.now();
        loop {
            let word = self.word();
            if word.mode() == mode
                || self.turn(word, word.restarted(mode, now), Cause::Mode(mode), None)
            {
                return;
            }
        }
    }

    fn word(&self) -> Word {
        Word::from_bits(self.word.0.load(Ordering::Acquire))
    }

    /// From one word to the next, unless somebody else was first. Tells of it.
    fn turn(&self, from: Word, to: Word, cause: Cause, open_for: Option<Duration>) -> bool {
        let turned = self.word.0.compare_exchange(
            from.bits(),
            to.bits(),
            Ordering::AcqRel,
            Ordering::Acquire,
        );
        if turned.is_ok() {
            let (from, generation, to) = (from.state(), to.generation(), to.state());
            let transition = Transition { from, to, cause, open_for, generation };
            self.tell(|listener| listener.transition(&transition));
        }
        turned.is_ok()
    }

    fn tell(&self, what: impl FnOnce(&dyn Listener)) {
        if let Some(listener) = &self.listener {
            what(&**listener);
        }
    }
}

impl Default for Breaker {
    /// A breaker with the plan's profile, that nobody listens to.
    fn default() -> Self {
        Self::assembled(Settings::default(), Arc::new(Monotonic::new()), None)
    }
}

impl fmt::Debug for Breaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Breaker").field("snapshot", &self.snapshot()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
