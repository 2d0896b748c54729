//! The report: a line per round, a line per rule.

use std::fmt;
use std::time::Duration;

use anyhow::Result;

use super::audit::Audited;
use super::breaches::Breaches;
use super::breaker::{Account, share};
use super::judge::Breaks;
use super::notes::Round;
use super::outage::Outage;
use super::rules::Rule;
use super::stage::Stage;

/// What came of a drill, to be shown and judged.
pub(super) trait Outcome: fmt::Display {
    /// An error when a rule is broken.
    fn verdict(&self) -> Result<()>;
}

/// What came of a drill that breaks something again and again.
pub(super) struct Report {
    breaks: Breaks,
    rounds: Vec<Round>,
    breaches: Breaches<Rule>,
    farms: usize,
    histories: usize,
}

impl Report {
    pub(super) fn of(stage: &Stage, audited: &Audited) -> Self {
        let (rounds, breaches) = stage.notes.take();
        Self {
            breaks: stage.breaks,
            rounds,
            breaches,
            farms: audited.farms,
            histories: audited.histories,
        }
    }
}

impl Report {
    /// What the breaker made of the first round.
    pub(super) fn first_outage(&self) -> Outage {
        Outage::of(self.rounds.first(), &self.breaches)
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
        for (number, round) in (1..).zip(&self.rounds) {
            if let Some(breaker) = &round.breaker {
                writeln!(f, "breaker, round {number}: {}", Told(breaker))?;
            }
        }
        let (farms, histories) = (self.farms, self.histories);
        writeln!(f, "read back: {farms} farms, {histories} histories\n")?;
        self.breaches.tell(f, |rule| rule.is_of(self.breaks))
    }
}

/// What a breaker did, as a report says it.
struct Told<'a>(&'a Account);

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Account { opening, waits, due } = self.0;
        match opening {
            None => f.write_str("it did not open")?,
            Some(opening) => {
                let (after, failures) = (opening.after.as_millis(), opening.failures);
                write!(f, "open after {after} ms and {failures} failed calls")?;
            }
        }
        if let [Some(half), Some(most), Some(all)] =
            [50, 95, 100].map(|percent| share(waits, percent).map(|wait| wait.as_secs_f64() * 1e3))
        {
            let refused = waits.len();
            write!(f, "; {refused} refused by it, half within {half:.1} ms, ")?;
            write!(f, "95 of 100 within {most:.1} ms, all within {all:.1} ms")?;
        }
        write!(f, "; service due after {} ms", due.as_millis())
    }
}

fn line(f: &mut fmt::Formatter<'_>, number: u32, round: &Round) -> fmt::Result {
    let mut waits: Vec<Duration> = round.refusals.iter().map(|refusal| refusal.took).collect();
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
