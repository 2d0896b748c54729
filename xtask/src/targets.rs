//! What must be reached, and whether it was.

use std::fmt;

use anyhow::{Result, bail};

/// Something that must be reached.
pub(crate) trait Target {
    fn is_reached(&self) -> bool;
}

/// A target in one sentence: what was measured, beside what is due.
#[derive(Debug)]
pub(crate) struct Said {
    is_reached: bool,
    says: String,
}

/// Targets, in the order in which they were judged.
#[derive(Debug)]
pub(crate) struct Targets<T = Said>(Vec<T>);

impl<T> Default for Targets<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Target> Targets<T> {
    pub(crate) fn add(&mut self, more: impl IntoIterator<Item = T>) {
        self.0.extend(more);
    }

    pub(crate) fn all(&self) -> &[T] {
        &self.0
    }

    /// An error when one was missed, unless nothing but a report is wanted.
    pub(crate) fn conclude(&self, report_only: bool) -> Result<()> {
        let missed = self.0.iter().filter(|target| !target.is_reached()).count();
        if missed > 0 && !report_only {
            bail!("{missed} of {} targets are missed", self.0.len());
        }
        Ok(())
    }
}

impl Targets {
    /// Judges one: what was measured, beside what is due.
    pub(crate) fn judge(&mut self, is_reached: bool, says: String) {
        self.0.push(Said { is_reached, says });
    }
}

impl Target for Said {
    fn is_reached(&self) -> bool {
        self.is_reached
    }
}

/// A list in Markdown.
impl fmt::Display for Targets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Said { is_reached, says } in &self.0 {
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
