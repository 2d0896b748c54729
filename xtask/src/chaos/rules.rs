//! The invariants of the drills that break what is written to.

use std::fmt;

use super::breaches::Rules;
use super::judge::Breaks;

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
    /// The breaker around the store opens.
    Opens,
    /// Who is refused by it learns that at once.
    Prompt,
    /// It closes again in time.
    Resumes,
    /// It has no business with what is broken.
    Spared,
    /// What is limited stays limited.
    Limits,
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
        Self::Opens,
        Self::Prompt,
        Self::Resumes,
        Self::Spared,
        Self::Limits,
        Self::Answered,
        Self::Kept,
        Self::Once,
        Self::History,
    ];
}

impl Rule {
    /// Whether a drill that breaks this judges it.
    pub(super) fn is_of(self, breaks: Breaks) -> bool {
        match self {
            Self::Opens | Self::Prompt | Self::Resumes => breaks == Breaks::Dependency,
            Self::Spared => matches!(breaks, Breaks::Space | Breaks::Limiter),
            Self::Limits => breaks == Breaks::Limiter,
            _ => true,
        }
    }

    fn says(self) -> &'static str {
        match self {
            Self::Felt => {
                "each round was felt: writes before it, and in it what comes of the fault"
            }
            Self::Replies => "every reply is due: success, or an honest refusal while it is broken",
            Self::Deadline => "every reply comes within 10 s",
            Self::Liveness => "/health/live answers 200 as long as the process lives",
            Self::Readiness => "/health/ready is 503 while what is needed is broken, 200 otherwise",
            Self::Recovery => "service resumes by itself",
            Self::Opens => {
                "the breaker opens with 10 failed calls, or as a call ends that fills its 10 s window"
            }
            Self::Prompt => {
                "replies while it is open come at once: half within 5 ms, 95 of 100 within 100 ms"
            }
            Self::Resumes => "service resumes within the current open interval and 1 s",
            Self::Spared => "the breaker stays closed",
            Self::Limits => {
                "logins are limited: to what is granted, and to half of it without Redis"
            }
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
