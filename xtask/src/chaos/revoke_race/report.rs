//! The report: what was asked and told, and the promises.

use std::fmt;
use std::time::Duration;

use anyhow::Result;

use super::LANES;
use super::promises::Promise;
use super::race::Raced;
use super::untold::Sights;
use crate::chaos::breaches::Breaches;
use crate::chaos::report::Outcome;

/// What came of the drill.
pub(crate) struct Report {
    tally: Tally,
    breaches: Breaches<Promise>,
    /// What the certificates and their revocations took.
    took: [Duration; 2],
}

/// How much there was of what.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    races: usize,
    /// Revocations that prove something: both servers kept a reply, and Redis was told in time.
    proofs: usize,
    /// Revocations without a reply that was kept.
    not_kept: usize,
    /// Revocations of which Redis may not have been told in time.
    excused: usize,
    /// Writes of which it was not.
    untold: u64,
    verifications: u64,
    hits: u64,
    after: u64,
    wrong: usize,
    wrong_but_excused: usize,
}

impl Report {
    pub(super) fn of(races: &[Raced], sights: &Sights, took: [Duration; 2]) -> Self {
        let mut breaches = Breaches::default();
        let mut tally = Tally { races: races.len(), untold: sights.untold(), ..Tally::default() };
        for raced in races {
            tally.enter(raced, sights, &mut breaches);
        }
        if tally.proofs * 2 <= tally.races {
            breaches.add(Promise::Felt, format!("{} of {} were", tally.proofs, tally.races));
        }
        Self { tally, breaches, took }
    }
}

impl Tally {
    fn enter(&mut self, raced: &Raced, sights: &Sights, breaches: &mut Breaches<Promise>) {
        let Raced { number, revocation, seen } = raced;
        let is_told = sights.all_told(revocation.sent, revocation.answered);
        self.verifications += seen.verifications;
        self.hits += seen.hits;
        self.after += seen.after;
        self.excused += usize::from(!is_told);
        self.not_kept += usize::from(!revocation.was_kept);
        self.proofs += usize::from(is_told && revocation.was_kept);
        for refusal in &seen.unanswered {
            breaches.add(Promise::Answered, format!("{number}: {refusal}"));
        }
        if !is_told {
            self.wrong_but_excused += seen.wrong.len();
            return;
        }
        self.wrong += seen.wrong.len();
        for wrong in &seen.wrong {
            breaches.add(Promise::Revoked, format!("{number}: {wrong}"));
        }
    }
}

impl Outcome for Report {
    fn verdict(&self) -> Result<()> {
        self.breaches.verdict()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { races, proofs, not_kept, excused, untold, .. } = &self.tally;
        let Tally { verifications, hits, after, wrong, wrong_but_excused, .. } = &self.tally;
        let [made, raced] = self.took.map(|took| took.as_secs_f64());
        writeln!(
            f,
            "{races} certificates on two servers, made in {made:.1} s, revoked in {raced:.1} s, \
             {LANES} at a time"
        )?;
        writeln!(f, "{verifications:>9} verifications")?;
        writeln!(f, "{hits:>9} of them answered with what was kept")?;
        writeln!(f, "{after:>9} of them begun after the reply to the revocation")?;
        writeln!(f, "{wrong:>9} of those told anything but `revoked`")?;
        writeln!(f, "{proofs:>9} revocations with replies kept on both servers, and Redis told")?;
        writeln!(f, "{not_kept:>9} without replies kept on both")?;
        writeln!(f, "{excused:>9} excused: Redis was not told in time of {untold} writes")?;
        writeln!(f, "{wrong_but_excused:>9} verifications of those told anything but `revoked`\n")?;
        write!(f, "{}", self.breaches)
    }
}

#[cfg(test)]
mod tests;
