//! The committed figures: a change of a plan shows up in review.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

/// Replaces the file.
pub(super) fn write(file: &Path, text: &str) -> Result<()> {
    fs::write(file, text).with_context(|| format!("{} cannot be written", file.display()))
}

/// Fails when the figures are not those of the file, and shows where.
pub(super) fn check(file: &Path, text: &str) -> Result<()> {
    let kept = fs::read_to_string(file);
    let kept = kept.with_context(|| format!("{} cannot be read", file.display()))?;
    let changes = changes(&kept, text);
    if changes.is_empty() {
        println!("as in {}", file.display());
        return Ok(());
    }
    for change in changes {
        println!("{change}");
    }
    bail!("not as in {}; after a look, --write it anew", file.display())
}

/// The lines that went and the lines that came.
fn changes(old: &str, new: &str) -> Vec<String> {
    let missing = |in_text: &str, line: &str| !in_text.lines().any(|other| other == line);
    let gone = old.lines().filter(|line| missing(new, line)).map(|line| format!("- {line}"));
    let come = new.lines().filter(|line| missing(old, line)).map(|line| format!("+ {line}"));
    let changes: Vec<String> = gone.chain(come).collect();
    // Only the order of lines, or how often they stand.
    if changes.is_empty() && old != new { vec!["~ the order".to_owned()] } else { changes }
}

#[cfg(test)]
mod tests {
    use super::changes;

    #[test]
    fn lines_that_differ_are_shown_and_others_are_not() {
        assert_eq!(changes("a\nb\n", "a\nb\n"), Vec::<String>::new());
        assert_eq!(changes("a\nb\n", "a\nc\n"), ["- b", "+ c"]);
        assert_eq!(changes("a\nb\n", "b\na\n"), ["~ the order"]);
    }
}
