//! The invariants of the drills that break what is written to.

use std::fmt;

use super::breaches::Rules;

/// What must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rule {
    /// The drill did what it is for.
    Felt,
    /// Every reply is one of those that are due.
    Replies,
    /// Every reply comes in time.
    Deadline,
    /// `/health/live` tells whether the process lives.
    Liveness,
    /// `/health/ready` tells whether it can serve.
    Readiness,
    /// Service resumes by itself.
    Recovery,
    /// Who asks again gets an answer in the end.
    Answered,
    /// What was acknowledged is there, under the id that was told.
    Kept,
    /// Nothing is there twice.
    Once,
    /// Every effect has its one entry in the history.
    History,
}

impl Rules for Rule {
    const ALL: &'static [Self] = &[
        Self::Felt,
        Self::Replies,
        Self::Deadline,
        Self::Liveness,
        Self::Readiness,
        Self::Recovery,
        Self::Answered,
        Self::Kept,
        Self::Once,
        Self::History,
    ];
}

impl Rule {
    fn says(self) -> &'static str {
        match self {
            Self::Felt => {
                "each round was felt: writes before it, refusals or lost connections in it"
            }
            Self::Replies => "every reply is due: success, or an honest refusal while it is broken",
            Self::Deadline => "every reply comes within 10 s",
            Self::Liveness => "/health/live answers 200 as long as the process lives",
            Self::Readiness => "/health/ready is 503 while it is broken, 200 otherwise",
            Self::Recovery => "service resumes by itself",
            Self::Answered => "every request has its answer in the end",
            Self::Kept => "every acknowledged farm is there, under the id that was told",
            Self::Once => "no farm is there twice",
            Self::History => "a farm's history has exactly one `registered`",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.says())
    }
}
