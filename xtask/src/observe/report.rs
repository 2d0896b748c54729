//! What was looked at, and what was wrong with it.

use std::fmt;

use anyhow::{Result, bail};

/// What was looked at, in the order in which it was.
#[derive(Debug, Default)]
pub(super) struct Report {
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    what: String,
    shows: String,
    faults: Vec<String>,
}

impl Report {
    /// Notes one thing: what it shows, and what is wrong with it.
    pub(super) fn note(&mut self, what: &str, shows: String, faults: Vec<String>) {
        println!("looked at {what}");
        self.rows.push(Row { what: what.to_owned(), shows, faults });
    }

    /// An error when something is wrong.
    pub(super) fn verdict(&self) -> Result<()> {
        let faults: usize = self.rows.iter().map(|row| row.faults.len()).sum();
        if faults > 0 {
            bail!("{faults} faults, said above");
        }
        Ok(())
    }
}

/// A table, and the faults below it.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Row { what, shows, faults } in &self.rows {
            let verdict = if faults.is_empty() { "ok" } else { "FAILED" };
            writeln!(f, "{verdict:<7} {what:<34} {shows}")?;
        }
        for Row { what, faults, .. } in &self.rows {
            for fault in faults {
                writeln!(f, "- {what}: {fault}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Report;

    #[test]
    fn one_fault_fails_the_task_and_is_told() {
        let mut report = Report::default();
        report.note("spans", "two".to_owned(), Vec::new());
        assert!(report.verdict().is_ok());

        report.note("auth.json", "nine".to_owned(), vec!["empty".to_owned()]);

        assert!(report.verdict().is_err());
        let told = report.to_string();
        assert!(told.contains("FAILED  auth.json") && told.ends_with("- auth.json: empty\n"));
    }
}
