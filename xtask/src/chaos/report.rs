//! The report: a line per round, a line per rule.

use std::fmt;
use std::time::Duration;

use anyhow::Result;

use super::audit::Audited;
use super::breaches::Breaches;
use super::notes::{Notes, Round};
use super::rules::Rule;

/// What came of a drill, to be shown and judged.
pub(super) trait Outcome: fmt::Display {
    /// An error when a rule is broken.
    fn verdict(&self) -> Result<()>;
}

/// What came of a drill that breaks something again and again.
pub(super) struct Report {
    rounds: Vec<Round>,
    breaches: Breaches<Rule>,
    farms: usize,
    histories: usize,
}

impl Report {
    pub(super) fn of(notes: &Notes, audited: &Audited) -> Self {
        let (rounds, breaches) = notes.take();
        Self { rounds, breaches, farms: audited.farms, histories: audited.histories }
    }
}

impl Outcome for Report {
    fn verdict(&self) -> Result<()> {
        self.breaches.verdict()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "round  acknowledged  503s   p50 ms   max ms  lost  in progress  restart ms  recovery ms"
        )?;
        for (number, round) in (1..).zip(&self.rounds) {
            line(f, number, round)?;
        }
        writeln!(f, "in progress: 409s for requests whose first run died or was not yet given up")?;
        let (farms, histories) = (self.farms, self.histories);
        writeln!(f, "read back: {farms} farms, {histories} histories\n")?;
        write!(f, "{}", self.breaches)
    }
}

fn line(f: &mut fmt::Formatter<'_>, number: u32, round: &Round) -> fmt::Result {
    let mut waits = round.refusals.clone();
    waits.sort_unstable();
    let (half, longest) = (shown(waits.get(waits.len() / 2)), shown(waits.last()));
    let Round { acknowledged, lost, in_progress, restart, recovery, .. } = round;
    let (refused, restart) = (waits.len(), restart.as_millis());
    let recovery = recovery.as_millis();
    writeln!(
        f,
        "{number:>5}  {acknowledged:>12}  {refused:>4}  {half:>7}  {longest:>7}  {lost:>4}  \
         {in_progress:>11}  {restart:>10}  {recovery:>11}"
    )
}

/// Milliseconds; a dash for nothing.
fn shown(wait: Option<&Duration>) -> String {
    wait.map_or_else(|| "-".to_owned(), |wait| wait.as_millis().to_string())
}
