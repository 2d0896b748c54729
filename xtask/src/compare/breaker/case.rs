//! What is looked at, and what was seen.

use std::fmt;

use anyhow::{Context, Result};
use serde::Deserialize;

/// One thing that a breaker can get wrong.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) right: &'static str,
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "O1",
        right: "100 calls at once, 2 places in the bulkhead: the dependency is healthy, so it stays closed",
    },
    Case {
        name: "O2",
        right: "calls that began before the trip end well: it stays half-open, only a probe closes it",
    },
    Case { name: "O3", right: "a probe that never ends is given up: others close it" },
    Case { name: "O4", right: "40 of 40 finished calls failed, 100 are in flight: it opens" },
    Case { name: "O5", right: "exactly the threshold opens it" },
    Case {
        name: "O6",
        right: "2 places, 12 calls that time out and go on: no more than 2 run at once",
    },
    Case { name: "O7", right: "what a failure costs does not grow with the calls in the window" },
];

impl Case {
    /// What one of the two made of it.
    pub(super) fn of<'a>(&self, findings: &'a [Finding]) -> Result<&'a Finding> {
        let found = findings.iter().find(|finding| finding.case.eq_ignore_ascii_case(self.name));
        found.with_context(|| format!("{} was not played", self.name))
    }
}

/// What was seen.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Finding {
    pub(super) case: String,
    pub(super) right: bool,
    pub(super) saw: String,
}

impl Finding {
    pub(super) fn new(case: &str, right: bool, saw: String) -> Self {
        Self { case: case.to_owned(), right, saw }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.right { "right" } else { "**wrong**" };
        write!(f, "{verdict}: {}", self.saw)
    }
}
