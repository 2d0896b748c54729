//! What holds when replies to refreshes are lost.

use std::fmt;

use crate::chaos::breaches::Rules;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Promise {
    /// The drill did what it is for.
    Felt,
    /// Nobody repeats later than is promised: else the machine is too slow for what follows.
    Prompt,
    /// A refresh is never refused for a lost reply.
    SignedIn,
    /// No other reply is due.
    Replies,
    /// Whoever repeats gets what was lost.
    Same,
    /// The chain of every client is as long as it should be.
    Chains,
    /// The last access token works.
    Works,
    /// A repetition is told from a theft.
    Theft,
}

impl Rules for Promise {
    const ALL: &'static [Self] = &[
        Self::Felt,
        Self::Prompt,
        Self::SignedIn,
        Self::Replies,
        Self::Same,
        Self::Chains,
        Self::Works,
        Self::Theft,
    ];
}

impl fmt::Display for Promise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Felt => "replies were lost, at least half as many as should be",
            Self::Prompt => "clients repeat within 10 s, as long as that is promised to work",
            Self::SignedIn => "nobody was logged out",
            Self::Replies => "a refresh that is not lost is answered with 200",
            Self::Same => "a repeated refresh gets the tokens that were lost",
            Self::Chains => "every client got each of its tokens, and no token twice",
            Self::Works => "every client's last access token works",
            Self::Theft => "a token from two generations back still ends its session",
        })
    }
}
