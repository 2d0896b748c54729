//! The table that comes of an acceptance: a row for each target.

use std::fmt;

use anyhow::Error;
use serde::Serialize;

use crate::targets::{Target, Targets};

/// A target of the plan, what was measured, and whether that is enough.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row {
    pub(super) what: String,
    /// What the plan asks for, and what we ask of ourselves where that is more.
    pub(super) due: &'static str,
    pub(super) measured: String,
    pub(super) is_met: bool,
}

impl Row {
    /// `what` and what is due, what was measured, and whether that is enough.
    pub(super) fn of(
        (what, due): (impl Into<String>, &'static str),
        measured: impl Into<String>,
        is_met: bool,
    ) -> Self {
        Self { what: what.into(), due, measured: measured.into(), is_met }
    }

    /// What nobody knows is not met.
    pub(super) fn unmeasured(part: &str, fault: &Error) -> Self {
        Self::of((part, "a measurement"), format!("none: {fault:#}"), false)
    }
}

impl Target for Row {
    fn is_reached(&self) -> bool {
        self.is_met
    }
}

/// Every row, under what was played.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Acceptance<'a> {
    heading: String,
    is_met: bool,
    targets: &'a [Row],
}

impl<'a> Acceptance<'a> {
    pub(super) fn of(targets: &'a Targets<Row>, heading: String) -> Self {
        Self { heading, is_met: targets.conclude(false).is_ok(), targets: targets.all() }
    }
}

/// A table in Markdown.
impl fmt::Display for Acceptance<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "### {}\n", self.heading)?;
        writeln!(f, "| target | due | measured | |\n| --- | --- | --- | --- |")?;
        for Row { what, due, measured, is_met } in self.targets {
            let verdict = if *is_met { "met" } else { "**NOT MET**" };
            writeln!(f, "| {what} | {due} | {} | {verdict} |", in_a_cell(measured))?;
        }
        Ok(())
    }
}

/// On one line, without what would begin the next cell.
fn in_a_cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', r"\|")
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::{Acceptance, Row};
    use crate::targets::Targets;

    #[test]
    fn one_target_that_is_not_met_is_said_in_its_row_and_fails_all() {
        let mut targets = Targets::default();
        targets.add([Row::of(("time", "< 3 ms"), "2 ms", true)]);
        assert!(Acceptance::of(&targets, String::new()).is_met);

        targets.add([Row::unmeasured("load", &anyhow!("gone |\naway"))]);

        let acceptance = Acceptance::of(&targets, "Played".to_owned());
        assert!(!acceptance.is_met && targets.conclude(false).is_err());
        assert_eq!(
            acceptance.to_string(),
            "### Played\n\n| target | due | measured | |\n| --- | --- | --- | --- |\n\
             | time | < 3 ms | 2 ms | met |\n\
             | load | a measurement | none: gone \\| away | **NOT MET** |\n"
        );
    }
}
