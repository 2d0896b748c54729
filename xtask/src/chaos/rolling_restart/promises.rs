//! What holds while servers are restarted one after another.

use std::fmt;

use crate::chaos::breaches::Rules;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Promise {
    /// The drill did what it is for.
    Felt,
    /// The others serve meanwhile.
    Others,
    /// Nobody notices.
    Answered,
    /// Whoever is out is left alone.
    Aside,
    /// A server that is asked to end does.
    Ended,
    /// What was acknowledged is there, under the id that was told.
    Kept,
    /// Nothing is there twice.
    Once,
}

impl Rules for Promise {
    const ALL: &'static [Self] = &[
        Self::Felt,
        Self::Others,
        Self::Answered,
        Self::Aside,
        Self::Ended,
        Self::Kept,
        Self::Once,
    ];
}

impl fmt::Display for Promise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Felt => "each server was serving before it was restarted",
            Self::Others => "the other one served during each restart",
            Self::Answered => "no request failed: each got the reply that was due, repeated or not",
            Self::Aside => "nothing reached a server that the balancer had let go",
            Self::Ended => "each server ended with 0 within 31 s of being asked to",
            Self::Kept => "every acknowledged farm is there, under the id that was told",
            Self::Once => "no farm is there twice; who asks again is told the same",
        })
    }
}
