//! The circuit breaker beside npm's opossum, in the cases of
//! `crates/resilience/tests/opossum.rs`.

mod case;
mod figures;
mod opossum;
mod ours;

use anyhow::{Result, bail};

use case::{CASES, Case, Finding};

pub(super) fn run() -> Result<()> {
    // What may be missing first: a table with one column compares nothing.
    let opossum = opossum::play()?;
    let ours = ours::play()?;
    println!(
        "### The circuit breaker beside opossum {} (Node {})\n",
        opossum.version, opossum.node
    );
    println!("| case | what is right | opossum | ours |\n| --- | --- | --- | --- |");
    let mut wrong = Vec::new();
    for case in CASES {
        let (theirs, ours) = (case.of(&opossum.findings)?, case.of(&ours)?);
        println!("{}", row(case, theirs, ours));
        if !ours.right {
            wrong.push(case.name);
        }
    }
    if !wrong.is_empty() {
        bail!("ours is wrong in {}", wrong.join(", "));
    }
    Ok(())
}

fn row(case: &Case, theirs: &Finding, ours: &Finding) -> String {
    format!("| {} | {} | {theirs} | {ours} |", case.name, case.right)
}

#[cfg(test)]
mod tests {
    use super::row;
    use crate::compare::breaker::case::{Case, Finding};

    #[test]
    fn a_row_says_of_both_what_was_seen_and_whether_that_is_right() {
        let case = Case { name: "O5", right: "it opens" };
        let theirs = Finding { case: "O5".to_owned(), right: false, saw: "closed".to_owned() };
        let ours = Finding { right: true, saw: "open".to_owned(), ..theirs.clone() };

        let row = row(&case, &theirs, &ours);

        assert_eq!(row, "| O5 | it opens | **wrong**: closed | right: open |");
    }
}
