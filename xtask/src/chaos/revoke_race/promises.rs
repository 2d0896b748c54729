//! What holds while certificates are revoked.

use std::fmt;

use crate::chaos::breaches::Rules;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Promise {
    /// The drill did what it is for.
    Felt,
    /// No other reply is due.
    Answered,
    /// A revocation counts from its reply on.
    Revoked,
}

impl Rules for Promise {
    const ALL: &'static [Self] = &[Self::Felt, Self::Answered, Self::Revoked];
}

impl fmt::Display for Promise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Felt => {
                "most were revoked with replies kept on both servers, and Redis told in time"
            }
            Self::Answered => "every verification is answered with 200",
            Self::Revoked => "whoever asks after the reply to a revocation is told `revoked`",
        })
    }
}
