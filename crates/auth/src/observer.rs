//! Who sees what comes of proofs of who somebody is: for metrics.

use crate::SecurityEventKind;

/// What a refresh token got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refreshed {
    /// The next pair of tokens.
    Rotated,
    /// The pair whose reply was missed, once more.
    Repeated,
    /// Nothing: it is malformed, unknown, expired, or its session has ended.
    Refused,
    /// Nothing, and its session was ended: two hold its tokens.
    Reused,
}

/// Sees what happens, as it happens, and learns nothing of to whom. Its methods are called in the
/// middle of things and must return quickly; by default they do nothing.
pub trait Observer: Send + Sync {
    /// A security event.
    fn happened(&self, kind: SecurityEventKind) {
        let _ = kind;
    }

    /// Somebody opened an account.
    fn registered(&self) {}

    /// A refresh token was presented.
    fn refreshed(&self, outcome: Refreshed) {
        let _ = outcome;
    }
}

/// Sees nothing.
pub(crate) struct Nobody;

impl Observer for Nobody {}
