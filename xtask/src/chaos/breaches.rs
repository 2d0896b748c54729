//! What was seen to break the rules of a drill.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Result, bail};

/// What must hold in a drill, said by its `Display`.
pub(super) trait Rules: Copy + Ord + fmt::Display + 'static {
    /// All of them, in the order in which they are told.
    const ALL: &'static [Self];
}

/// What was seen to break rules: how often, and the first example.
#[derive(Debug)]
pub(super) struct Breaches<R>(BTreeMap<R, Breach>);

#[derive(Debug)]
struct Breach {
    times: u32,
    example: String,
}

impl<R> Default for Breaches<R> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<R: Rules> Breaches<R> {
    /// Notes that a rule was broken.
    pub(super) fn add(&mut self, rule: R, example: String) {
        self.0.entry(rule).or_insert(Breach { times: 0, example }).times += 1;
    }

    /// Every rule that is broken, with its first example.
    pub(super) fn broken(&self) -> impl Iterator<Item = (R, &str)> {
        self.0.iter().map(|(rule, breach)| (*rule, breach.example.as_str()))
    }

    /// An error when a rule is broken.
    pub(super) fn verdict(&self) -> Result<()> {
        match self.0.len() {
            0 => Ok(()),
            broken => bail!("{broken} invariants are broken"),
        }
    }
}

/// A line per rule.
impl<R: Rules> fmt::Display for Breaches<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tell(f, |_every| true)
    }
}

impl<R: Rules> Breaches<R> {
    /// A line for each rule that is judged; what is broken is told in any case.
    pub(super) fn tell(
        &self,
        f: &mut fmt::Formatter<'_>,
        is_judged: impl Fn(R) -> bool,
    ) -> fmt::Result {
        for rule in R::ALL {
            match self.0.get(rule) {
                None if !is_judged(*rule) => {}
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
    use super::{Breaches, Rules};
    use crate::chaos::rules::Rule;

    #[test]
    fn the_first_example_of_a_breach_is_shown_and_the_others_are_counted() {
        let mut breaches = Breaches::default();
        assert!(breaches.verdict().is_ok());
        for example in ["one", "two", "three"] {
            breaches.add(Rule::Once, example.to_owned());
        }

        let shown = breaches.to_string();

        assert!(breaches.verdict().is_err());
        assert!(shown.contains("BROKEN  no farm is there twice"), "{shown}");
        assert!(shown.contains("3 times; first: one"), "{shown}");
        assert_eq!(shown.matches("held").count(), Rule::ALL.len() - 1, "{shown}");
    }
}
