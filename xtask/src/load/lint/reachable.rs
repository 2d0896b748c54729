//! Limits that this machine cannot keep, whatever the server does: every login is a hash.

use anyhow::Result;

use super::super::scenario::{Action, Ensure, Over, Scenario, Step};
use super::finding::{Finding, Findings, Rule};

/// Where passwords are looked at, and so hashed.
const HASHED: [&str; 3] = ["/api/auth/login", "/api/auth/register", "/api/auth/password/change"];

/// What the machine can do that answers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::load) struct Machine {
    /// Password hashes in a second, on every core.
    pub(in crate::load) hashes: f64,
    /// How many cores that are.
    pub(in crate::load) cores: u32,
}

/// Asks what the machine can do only where that decides something.
pub(super) fn lint(
    scenario: &Scenario,
    machine: &dyn Fn() -> Result<Machine>,
    findings: &mut Findings,
) -> Result<()> {
    let hashes: f64 =
        scenario.journeys.iter().map(|it| scenario.share(it) * hashes(&it.flow)).sum();
    if hashes <= 0.0 || scenario.ensure.0.is_empty() {
        return Ok(());
    }
    let machine = machine()?;
    for (nth, phase) in (1..).zip(&scenario.phases) {
        let asked = phase.pace.peak() * hashes;
        if asked > machine.hashes {
            let name = phase.name.clone().unwrap_or_else(|| format!("phase {nth}"));
            findings.add(too_many(scenario, (&name, asked), &machine));
        }
    }
    if let Some((line, limit)) = tightest(&scenario.ensure) {
        let one = one_hash_ms(&machine);
        if limit < one && hashes >= 1.0 {
            findings.add(too_soon(scenario, line, (limit, one)));
        }
    }
    Ok(())
}

/// How many hashes a flow asks for.
fn hashes(steps: &[Step]) -> f64 {
    let of = |step: &Step| match &step.action {
        Action::Request(request) => {
            let is_hashed = HASHED.contains(&request.url.shown().as_str());
            f64::from(u8::from(is_hashed && request.method == "POST"))
        }
        Action::Loop(inside) => hashes(&inside.steps) * rounds(&inside.over),
        Action::Think(_) | Action::Log(_) => 0.0,
    };
    steps.iter().map(of).sum()
}

/// At least so many rounds; nobody knows how long a list will be.
fn rounds(over: &Over) -> f64 {
    let rounds = match over {
        Over::Rounds { from, to } => to.saturating_sub(*from),
        Over::Values(values) => u64::try_from(values.len()).unwrap_or(u64::MAX),
        Over::Variable(_) => 1,
    };
    super::super::figures::number(rounds)
}

/// The time of one hash: as many run at once as there are cores.
fn one_hash_ms(machine: &Machine) -> f64 {
    1_000.0 * f64::from(machine.cores) / machine.hashes
}

/// The smallest limit on the higher quantiles of all times, in ms: those that logins are among.
fn tightest(ensure: &Ensure) -> Option<(usize, f64)> {
    let limits = ensure.0.iter().filter_map(|limit| {
        let (name, most) = limit.holds_if.shown().split_once(" < ")?;
        let quantile = name.strip_prefix("http.response_time.")?;
        let is_high = ["p90", "p95", "p99", "max"].contains(&quantile);
        is_high.then_some((limit.line, most.parse::<f64>().ok()?))
    });
    limits.min_by(|first, second| first.1.total_cmp(&second.1))
}

fn too_many(scenario: &Scenario, (phase, asked): (&str, f64), machine: &Machine) -> Finding {
    let (able, cores, one) = (machine.hashes, machine.cores, one_hash_ms(machine));
    let line = scenario.ensure.0.first().map_or(1, |limit| limit.line);
    Finding {
        rule: Rule::UnreachableThreshold,
        file: scenario.file.clone(),
        line,
        what: format!("{phase} asks for {asked:.1} logins per second; this machine does {able:.1}"),
        why: format!(
            "each login is a password hash, which takes {one:.1} ms here: {cores} cores do no more \
             than {able:.1} in a second, with nothing else to do"
        ),
        help: "lower `arrivalRate`, log in fewer journeys, or take the limits out".to_owned(),
        shows_line: true,
    }
}

fn too_soon(scenario: &Scenario, line: usize, (limit, one): (f64, f64)) -> Finding {
    Finding {
        rule: Rule::UnreachableThreshold,
        file: scenario.file.clone(),
        line,
        what: format!("a limit of {limit} ms, where one password hash takes {one:.1} ms"),
        why: "a login cannot be answered before its hash is done".to_owned(),
        help: "raise the limit, or do not count logins by it".to_owned(),
        shows_line: true,
    }
}
