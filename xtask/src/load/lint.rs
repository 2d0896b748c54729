//! What is wrong with a scenario before a request of it is sent.

mod data;
mod finding;
mod flow;
mod people;
mod reachable;
#[cfg(test)]
mod tests;

use std::path::Path;

use anyhow::Result;

use super::refusals::Refusal;
use super::scenario::Scenario;
pub(super) use finding::Findings;
use finding::{Finding, Rule};
pub(super) use reachable::Machine;

/// Reads a scenario and everything that it names; `machine` says what the one that answers can do.
pub(super) fn lint(file: &Path, machine: &dyn Fn() -> Result<Machine>) -> Result<Findings> {
    let mut findings = Findings::default();
    match Scenario::open(file)? {
        Ok(scenario) => {
            data::lint(&scenario, &mut findings);
            flow::lint(&scenario, &mut findings);
            reachable::lint(&scenario, machine, &mut findings)?;
        }
        Err(refusals) => {
            for refusal in refusals {
                findings.add(not_understood(file, refusal));
            }
        }
    }
    findings.sort();
    Ok(findings)
}

fn not_understood(file: &Path, Refusal { line, what }: Refusal) -> Finding {
    Finding {
        rule: Rule::NotUnderstood,
        file: file.to_owned(),
        line,
        what,
        why: "what is not understood would be left out of the run, and nobody would see it"
            .to_owned(),
        help: "correct it, or take it out; docs/load-runs.md lists what is played".to_owned(),
        shows_line: true,
    }
}
