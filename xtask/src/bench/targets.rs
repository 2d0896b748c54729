//! What a bench must reach, and whether it did.

use std::fmt;

use anyhow::{Result, bail};

/// Targets, in the order in which they were judged.
#[derive(Debug, Default)]
pub(super) struct Targets(Vec<(bool, String)>);

impl Targets {
    /// Judges one: what was measured, beside what is due.
    pub(super) fn judge(&mut self, is_reached: bool, says: String) {
        self.0.push((is_reached, says));
    }

    /// An error when one was missed, unless nothing but a report is wanted.
    pub(super) fn conclude(&self, report_only: bool) -> Result<()> {
        let missed = self.0.iter().filter(|(is_reached, _)| !is_reached).count();
        if missed > 0 && !report_only {
            bail!("{missed} of {} targets are missed", self.0.len());
        }
        Ok(())
    }
}

/// A list in Markdown.
impl fmt::Display for Targets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (is_reached, says) in &self.0 {
            let verdict = if *is_reached { "reached" } else { "MISSED" };
            writeln!(f, "- {verdict}: {says}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Targets;

    #[test]
    fn one_missed_target_fails_the_bench_unless_it_only_reports() {
        let mut targets = Targets::default();
        targets.judge(true, "fast".to_owned());
        assert!(targets.conclude(false).is_ok());

        targets.judge(false, "cheap".to_owned());

        assert!(targets.conclude(false).is_err());
        assert!(targets.conclude(true).is_ok());
        assert_eq!(targets.to_string(), "- reached: fast\n- MISSED: cheap\n");
    }
}
