//! Who sees what becomes of work that may be tried again.

/// Why work that may be tried again was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivenUp {
    /// It was tried as often as it may be.
    Exhausted,
    /// The next attempt would not have begun before the deadline.
    TooLate,
    /// All that share the budget have tried again as often as the dependency can take.
    OverBudget,
}

/// Sees what becomes of work that may be tried again, as it happens: for metrics. Its methods are
/// called in the middle of things and must return quickly; by default they do nothing.
pub trait Observer: Send + Sync {
    /// It is tried again now.
    fn retried(&self) {}

    /// It is not tried again.
    fn given_up(&self, why: GivenUp) {
        let _ = why;
    }
}

/// Sees nothing.
#[cfg(feature = "tokio")]
pub(super) struct Nobody;

#[cfg(feature = "tokio")]
impl Observer for Nobody {}
