//! Crate beside crate.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use anyhow::{Result, bail};

use super::medians::Medians;

/// The group of what is no breaker: it has a table of its own.
const CLOCK: &str = "clock";

/// Ours first; as the bench calls them.
const CRATES: [&str; 5] =
    ["ours", "ours, told the time", "recloser 1.4", "failsafe 1.3", "tower-resilience 0.14"];

/// A row for each situation, a column for each crate; and what the clock costs.
#[derive(Debug)]
pub(super) struct Table<'a> {
    rows: BTreeMap<&'a str, BTreeMap<&'a str, f64>>,
    clock: BTreeMap<&'a str, f64>,
}

impl<'a> Table<'a> {
    /// The table of so many medians. Fails when there is no column for one, or nothing of a crate.
    pub(super) fn of(medians: &'a Medians) -> Result<Self> {
        let mut table = Self { rows: BTreeMap::new(), clock: BTreeMap::new() };
        for ((group, bench), median) in &medians.0 {
            if group == CLOCK {
                table.clock.insert(bench, *median);
            } else {
                table.rows.entry(group).or_default().insert(bench, *median);
            }
        }
        let measured: BTreeSet<&str> =
            table.rows.values().flat_map(BTreeMap::keys).copied().collect();
        if measured != BTreeSet::from(CRATES) {
            bail!("measured was {measured:?}, not {CRATES:?}");
        }
        Ok(table)
    }
}

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| | {} |", CRATES.join(" | "))?;
        writeln!(f, "| --- |{}", " ---: |".repeat(CRATES.len()))?;
        for (situation, medians) in &self.rows {
            write!(f, "| {situation} |")?;
            for name in CRATES {
                match medians.get(name) {
                    Some(median) => write!(f, " {median:.1} |")?,
                    None => write!(f, " cannot |")?,
                }
            }
            writeln!(f)?;
        }
        writeln!(f, "\n| the clock alone | ns |\n| --- | ---: |")?;
        for (what, median) in &self.clock {
            writeln!(f, "| {what} | {median:.1} |")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{CRATES, Table};
    use crate::bench::breaker::medians::Medians;

    fn medians(names: &[&str]) -> Medians {
        let mut all = Medians::default();
        for name in names {
            all.0.insert(("open".to_owned(), (*name).to_owned()), 12.34);
        }
        all.0.insert(("clock".to_owned(), "1 Instant".to_owned()), 28.0);
        all
    }

    #[test]
    fn what_a_crate_cannot_do_is_said_and_the_clock_stands_apart() {
        let mut medians = medians(&CRATES);
        medians.0.insert(("closed".to_owned(), "ours".to_owned()), 9.0);

        let table = Table::of(&medians).unwrap().to_string();

        assert!(
            table.contains("| closed | 9.0 | cannot | cannot | cannot | cannot |\n"),
            "{table}"
        );
        assert!(table.contains("| open | 12.3 | 12.3 | 12.3 | 12.3 | 12.3 |\n"), "{table}");
        assert!(table.ends_with("| 1 Instant | 28.0 |\n"), "{table}");
    }

    #[test]
    fn a_crate_without_a_figure_or_a_column_is_an_error() {
        assert!(Table::of(&medians(&CRATES[1..])).is_err());
        assert!(Table::of(&medians(&[&CRATES[..], &["another"]].concat())).is_err());
    }
}
