//! Judges replies: which ones are due depends on what was broken while they were waited for.

use std::time::Duration;

use anyhow::{Error, Result};

use super::course::Span;
use super::rules::Rule;
use crate::client::{Reply, TIMEOUT};

/// The code for a repetition of a request that still runs, or that died with its process.
const IN_PROGRESS: &str = "idempotency-in-progress";

/// The code for a request that lost every race for a record.
const CONTENDED: &str = "temporarily-overloaded";

/// What a drill breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Breaks {
    /// What the server keeps its records in: it says so and goes on when that is back.
    Dependency,
    /// Room for more records: what there is can be read, and what needs no more of it written.
    Space,
    /// What servers share their limits in: each does without it.
    Limiter,
    /// The server: nobody answers until it is started again.
    Server,
}

/// What a request needs to succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// The server alone.
    Server,
    /// What the server keeps its records in.
    Records,
    /// Room in that, too.
    Room,
}

/// What came back, if anything did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Heard {
    Reply(Facts),
    /// The connection was refused or lost.
    Lost,
    /// Nothing came in time.
    Late,
}

/// The part of a reply by which it is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) status: u16,
    pub(super) kind: String,
    pub(super) code: String,
    pub(super) retry_after: String,
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    /// The request, as an example names it.
    pub(super) what: &'static str,
    /// The status of success.
    pub(super) status: u16,
    pub(super) needs: Needs,
    /// How often the same request was sent before.
    pub(super) repeats: u32,
    /// What is broken by a reply that is not due.
    pub(super) rule: Rule,
}

/// What a request met.
#[derive(Debug, Clone, Copy)]
pub(super) struct Met {
    pub(super) breaks: Breaks,
    pub(super) span: Span,
    pub(super) took: Duration,
}

impl Heard {
    /// What came of sending a request.
    pub(super) fn of(sent: &Result<Reply>) -> Self {
        match sent {
            Ok(reply) => Self::Reply(Facts::of(reply)),
            Err(fault) if timed_out(fault) => Self::Late,
            Err(_connection) => Self::Lost,
        }
    }

    /// Whether it is a refusal that asks to come back later.
    pub(super) fn is_unavailable(&self) -> bool {
        matches!(self, Self::Reply(facts) if facts.status == 503)
    }

    /// Whether another run of the same request still holds its key.
    pub(super) fn is_in_progress(&self) -> bool {
        matches!(self, Self::Reply(facts)
            if facts.status == 409 && facts.code == IN_PROGRESS)
    }

    /// Whether what an earlier run has left behind is in the way: it is not yet given up.
    pub(super) fn is_held_up(&self) -> bool {
        let is_contended = matches!(self, Self::Reply(facts)
            if facts.status == 503 && facts.code == CONTENDED);
        self.is_in_progress() || is_contended
    }
}

fn timed_out(fault: &Error) -> bool {
    fault.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_timeout)
}

impl Facts {
    fn of(reply: &Reply) -> Self {
        let header = |name| reply.header(name).unwrap_or_default().to_owned();
        Self {
            status: reply.status,
            kind: header("content-type"),
            code: reply.at("/code").as_str().unwrap_or_default().to_owned(),
            retry_after: header("retry-after"),
        }
    }

    /// A problem of this code that says, in whole seconds, when to come back.
    fn asks_to_come_back(&self, code: &str) -> bool {
        let seconds: Option<u64> = self.retry_after.parse().ok();
        self.kind.starts_with("application/problem+json")
            && self.code == code
            && seconds.is_some_and(|seconds| seconds >= 1)
    }
}

/// What is wrong with what was heard, if anything is: the rule that it breaks, and how.
pub(super) fn objection(heard: &Heard, wish: Wish, met: Met) -> Option<(Rule, String)> {
    let said = |what: &str| {
        format!("{}: {what} after {} ms, {:?}", wish.what, met.took.as_millis(), met.span)
    };
    let is_due = match heard {
        Heard::Late => return Some((Rule::Deadline, said("nothing"))),
        Heard::Reply(facts) if met.took > TIMEOUT => {
            return Some((Rule::Deadline, said(&facts.to_string())));
        }
        Heard::Reply(facts) => is_due(facts, wish, met),
        // Whoever has a connection to a server that is killed loses it.
        Heard::Lost => met.breaks == Breaks::Server && met.span != Span::Whole,
    };
    let what = match heard {
        Heard::Reply(facts) => facts.to_string(),
        Heard::Lost | Heard::Late => "a lost connection".to_owned(),
    };
    (!is_due).then(|| (wish.rule, said(&what)))
}

fn is_due(facts: &Facts, wish: Wish, met: Met) -> bool {
    match facts.status {
        status if status == wish.status => {
            !(is_impossible(wish.needs, met.breaks) && met.span == Span::Broken)
        }
        503 => {
            let code = refusal(wish.needs, met.breaks);
            let is_due = code.is_some_and(|code| facts.asks_to_come_back(code));
            (met.span != Span::Whole && is_due) || is_contended(facts, wish, met)
        }
        409 => {
            // Only who has asked before can be told that he is still being served, and only where
            // that can be read.
            let is_unknown = is_impossible(Needs::Records, met.breaks) && met.span == Span::Broken;
            wish.repeats > 0 && !is_unknown && facts.asks_to_come_back(IN_PROGRESS)
        }
        _ => false,
    }
}

/// A transaction that has lost its connection stays open for a while (15 s here), and what it holds
/// is what its next attempt wants, or a repetition of its request.
fn is_contended(facts: &Facts, wish: Wish, met: Met) -> bool {
    let may_be = match met.span {
        Span::Whole => wish.repeats > 0,
        Span::Between => true,
        Span::Broken => false,
    };
    may_be && met.breaks == Breaks::Dependency && facts.asks_to_come_back(CONTENDED)
}

/// Whether nothing that needs this succeeds while that is broken.
fn is_impossible(needs: Needs, breaks: Breaks) -> bool {
    match breaks {
        Breaks::Dependency => needs != Needs::Server,
        // Something may still fit.
        Breaks::Space | Breaks::Limiter => false,
        Breaks::Server => true,
    }
}

/// The code with which what needs this may be refused while that is broken, if it may.
fn refusal(needs: Needs, breaks: Breaks) -> Option<&'static str> {
    match (breaks, needs) {
        (Breaks::Dependency, Needs::Records | Needs::Room) => Some("service-unavailable"),
        (Breaks::Space, Needs::Room) => Some("storage-full"),
        _ => None,
    }
}

impl std::fmt::Display for Facts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { status, kind, code, retry_after } = self;
        write!(f, "{status} {code} ({kind}, Retry-After {retry_after:?})")
    }
}

#[cfg(test)]
mod tests;
