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
use finding::{Finding, Findings, Rule};
pub(super) use reachable::Machine;

/// What a file says, and what is wrong with it.
pub(super) struct Linted {
    /// Nothing when there is something in the file that nobody understands.
    pub(super) scenario: Option<Scenario>,
    pub(super) findings: Findings,
}

/// Reads a scenario and everything that it names; `machine` says what the one that answers can do.
pub(super) fn lint(file: &Path, machine: &dyn Fn() -> Result<Machine>) -> Result<Linted> {
    let mut findings = Findings::default();
    let scenario = match Scenario::open(file)? {
        Ok(scenario) => scenario,
        Err(refusals) => {
            for refusal in refusals {
                findings.add(not_understood(file, refusal));
            }
            return Ok(Linted { scenario: None, findings });
        }
    };
    data::lint(&scenario, &mut findings);
    flow::lint(&scenario, &mut findings);
    reachable::lint(&scenario, machine, &mut findings)?;
    findings.sort();
    Ok(Linted { scenario: Some(scenario), findings })
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
