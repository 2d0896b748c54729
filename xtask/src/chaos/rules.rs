//! The invariants of the drills, and what was seen to break them.

use std::collections::BTreeMap;
use std::fmt;

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

impl Rule {
    pub(super) const ALL: [Self; 10] = [
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

/// What was seen to break rules: how often, and the first example.
#[derive(Debug, Default)]
pub(super) struct Breaches(BTreeMap<Rule, Breach>);

#[derive(Debug)]
struct Breach {
    times: u32,
    example: String,
}

impl Breaches {
    /// Notes that a rule was broken.
    pub(super) fn add(&mut self, rule: Rule, example: String) {
        self.0.entry(rule).or_insert(Breach { times: 0, example }).times += 1;
    }

    /// How many rules are broken.
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }
}

/// A line per rule.
impl fmt::Display for Breaches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for rule in Rule::ALL {
            match self.0.get(&rule) {
                None => writeln!(f, "  held    {rule}")?,
                Some(Breach { times, example }) => {
                    writeln!(f, "  BROKEN  {rule}\n          {times} times; first: {example}")?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Breaches, Rule};

    #[test]
    fn the_first_example_of_a_breach_is_shown_and_the_others_are_counted() {
        let mut breaches = Breaches::default();
        for example in ["one", "two", "three"] {
            breaches.add(Rule::Once, example.to_owned());
        }

        let shown = breaches.to_string();

        assert_eq!(breaches.count(), 1);
        assert!(shown.contains("BROKEN  no farm is there twice"), "{shown}");
        assert!(shown.contains("3 times; first: one"), "{shown}");
        assert_eq!(shown.matches("held").count(), Rule::ALL.len() - 1, "{shown}");
    }
}
