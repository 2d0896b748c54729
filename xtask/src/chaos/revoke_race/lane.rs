//! A lane: an approver and his officers, who take up one certificate after another.

use std::time::Duration;

use anyhow::{Context, Result};
use tokio::time::timeout;

use super::officer::{Officer, Seen};
use super::pair::Pair;
use super::race::{Race, Raced};
use crate::client::Api;

/// Longer than any race may take: a server that says nothing ends the drill.
const PATIENCE: Duration = Duration::from_secs(30);

/// How much later than the first hits a certificate is revoked, in ms: from nothing to this, in
/// turn, so that what is under way differs.
const LATER_MS: u64 = 7;

/// Who takes part, each with connections of his own.
pub(super) struct Lane {
    /// Ask all the time: one the first server, two the other.
    officers: [Officer; 3],
    /// Ask each server in the moment in which the reply to the revocation is there: what is made
    /// wrong a little too late is wrong then, and the others may be waiting for an answer.
    prompt: [Officer; 2],
    servers: [Api; 2],
    /// The approver's access token.
    approver: String,
}

impl Lane {
    pub(super) async fn open(pair: &Pair, approver: &str) -> Result<Self> {
        let [one, other] = pair.authorities();
        let officers = [
            Officer::of(0, one).await?,
            Officer::of(1, other).await?,
            Officer::of(1, other).await?,
        ];
        let prompt = [Officer::of(0, one).await?, Officer::of(1, other).await?];
        Ok(Self { officers, prompt, servers: pair.clients()?, approver: approver.to_owned() })
    }

    /// Revokes certificates while they are verified, and looks at all of them once more.
    pub(super) async fn race(mut self, numbers: Vec<String>) -> Result<Vec<Raced>> {
        let mut races = Vec::new();
        for (nth, number) in (0..).zip(numbers) {
            let one = timeout(PATIENCE, self.one(nth, number)).await;
            races.push(one.with_context(|| format!("a race takes over {PATIENCE:?}"))??);
        }
        for raced in &mut races {
            for officer in &mut self.officers {
                let told = officer.verify(&raced.number).await?;
                raced.seen.note(officer.place, told, true);
            }
        }
        Ok(races)
    }

    async fn one(&mut self, nth: u64, number: String) -> Result<Raced> {
        let race = Race::about(number);
        let [one, other] = &self.servers;
        let through = if nth.is_multiple_of(2) { one } else { other };
        let later = Duration::from_millis(nth / 2 % (LATER_MS + 1));
        let [first, second, third] = &mut self.officers;
        let revoke = async {
            let revocation = race.revoke(through, &self.approver, later).await?;
            Ok((revocation, at_once(&mut self.prompt, &race.number).await?))
        };
        let ((revocation, mut seen), first, second, third) =
            tokio::try_join!(revoke, first.watch(&race), second.watch(&race), third.watch(&race),)?;
        for other in [first, second, third] {
            seen.add(other);
        }
        Ok(Raced { number: race.number, revocation, seen })
    }
}

/// Asks both servers about a certificate whose revocation was answered just now.
async fn at_once(officers: &mut [Officer; 2], number: &str) -> Result<Seen> {
    let [one, other] = officers;
    let (told, elsewhere) = tokio::try_join!(one.verify(number), other.verify(number))?;
    let mut seen = Seen::default();
    seen.note(one.place, told, true);
    seen.note(other.place, elsewhere, true);
    Ok(seen)
}
