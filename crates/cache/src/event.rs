//! What a cache does, for metrics: a closed set.

use std::sync::atomic::{AtomicU64, Ordering};

/// What happened. Of each request one of the first seven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    /// A fresh entry was given.
    Hit,
    /// A stale entry was given, and the next is being made.
    Stale,
    /// A stale entry was given, because making the next failed.
    StaleOnError,
    /// There was none, and it was made.
    Miss,
    /// There was none, and it was made for somebody else who had asked before.
    Collapsed,
    /// The cache was left aside: it could not be asked, or there were too many loads at once.
    Bypassed,
    /// The load did not end: it panicked.
    Aborted,
    /// What was made was stored.
    Stored,
    /// What was made was not stored: it was invalidated meanwhile.
    Superseded,
    /// What was made was not stored: it took too long to make.
    LeaseLost,
    /// What was made was not stored: something that it is made of was being written, or somebody
    /// else was making it.
    NotKept,
    /// The cache could not be asked.
    Unavailable,
    /// There were too many loads at once, so that this one was not shared.
    Crowded,
    /// A write could not mark what it was about to change.
    DoubtNotSet,
    /// A write made entries invalid before it was acknowledged.
    Invalidated,
    /// A write was acknowledged though it could not make entries invalid.
    NotInvalidated,
}

impl Event {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::Hit,
        Self::Stale,
        Self::StaleOnError,
        Self::Miss,
        Self::Collapsed,
        Self::Bypassed,
        Self::Aborted,
        Self::Stored,
        Self::Superseded,
        Self::LeaseLost,
        Self::NotKept,
        Self::Unavailable,
        Self::Crowded,
        Self::DoubtNotSet,
        Self::Invalidated,
        Self::NotInvalidated,
    ];

    /// What it is called in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Stale => "stale",
            Self::StaleOnError => "stale_on_error",
            Self::Miss => "miss",
            Self::Collapsed => "collapsed",
            Self::Bypassed => "bypassed",
            Self::Aborted => "aborted",
            Self::Stored => "stored",
            Self::Superseded => "superseded",
            Self::LeaseLost => "lease_lost",
            Self::NotKept => "not_kept",
            Self::Unavailable => "unavailable",
            Self::Crowded => "crowded",
            Self::DoubtNotSet => "doubt_not_set",
            Self::Invalidated => "invalidated",
            Self::NotInvalidated => "not_invalidated",
        }
    }
}

/// Sees what a cache does, as it does it. It is called in the middle of things and must return
/// quickly.
pub trait Observer: Send + Sync {
    /// This has just happened.
    fn saw(&self, event: Event);
}

/// Sees nothing.
impl Observer for () {
    fn saw(&self, _: Event) {}
}

/// Counts events.
#[derive(Debug, Default)]
pub struct Counters([AtomicU64; Event::ALL.len()]);

impl Counters {
    /// How often it happened.
    pub fn count(&self, event: Event) -> u64 {
        self.of(event).map_or(0, |count| count.load(Ordering::Relaxed))
    }

    fn of(&self, event: Event) -> Option<&AtomicU64> {
        let nth = Event::ALL.iter().position(|other| *other == event)?;
        self.0.get(nth)
    }
}

impl Observer for Counters {
    fn saw(&self, event: Event) {
        if let Some(count) = self.of(event) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }
}
