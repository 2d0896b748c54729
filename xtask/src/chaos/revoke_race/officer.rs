//! An officer who verifies certificates on one of the servers, over a connection that he keeps.

use anyhow::{Context, Result};
use serde_json::Value;

use super::race::Race;
use crate::cache_status::is_hit;
use crate::http1::{self, Wire};

/// So often he asks again after a revocation: what was under way when it was acknowledged comes to
/// its end meanwhile, and must not be kept.
const AFTERWARDS: u64 = 4;

/// Somebody who asks one server.
pub(super) struct Officer {
    /// Which of the two.
    pub(super) place: usize,
    authority: String,
    wire: Wire,
}

/// What officers were told of one certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) verifications: u64,
    /// Of those: answered with what was kept.
    pub(super) hits: u64,
    /// Of those: begun after the reply to the revocation.
    pub(super) after: u64,
    /// What else than `revoked` was told then, of them.
    pub(super) wrong: Vec<String>,
    /// Replies that are none.
    pub(super) unanswered: Vec<String>,
}

/// One reply.
#[derive(Debug)]
pub(super) struct Told {
    /// What the certificate is worth, or the first line of a reply that does not say it.
    status: Result<String, String>,
    pub(super) is_hit: bool,
}

impl Officer {
    pub(super) async fn of(place: usize, authority: &str) -> Result<Self> {
        let wire = Wire::open(authority).await?;
        Ok(Self { place, authority: authority.to_owned(), wire })
    }

    /// Asks without a pause until some time after the revocation.
    pub(super) async fn watch(&mut self, race: &Race) -> Result<Seen> {
        let mut seen = Seen::default();
        while seen.after < AFTERWARDS {
            // Before the question: a reply that was under way already may say either.
            let is_revoked = race.is_revoked();
            let told = self.verify(&race.number).await?;
            if told.is_hit && !is_revoked {
                race.kept_on(self.place);
            }
            seen.note(self.place, told, is_revoked);
        }
        Ok(seen)
    }

    pub(super) async fn verify(&mut self, number: &str) -> Result<Told> {
        let line = format!("GET /api/certificates/{number}/verify");
        let request = http1::request(&line, &[("Host", &self.authority)], "");
        let reply = self.wire.exchange(&request).await?;
        let is_hit = is_hit(&reply);
        if reply.status()? != 200 {
            return Ok(Told { status: Err(reply.first_line().to_owned()), is_hit });
        }
        let body: Value = serde_json::from_slice(reply.body())?;
        let status = body.pointer("/data/status").and_then(Value::as_str);
        let status = status.context("a verification without a status")?.to_owned();
        Ok(Told { status: Ok(status), is_hit })
    }
}

impl Seen {
    /// Notes what a server told; `is_after`: who asked had the reply to the revocation.
    pub(super) fn note(&mut self, place: usize, told: Told, is_after: bool) {
        self.verifications += 1;
        self.hits += u64::from(told.is_hit);
        self.after += u64::from(is_after);
        match told.status {
            Ok(status) if is_after && status != "revoked" => {
                let kept = if told.is_hit { "kept" } else { "made anew" };
                self.wrong.push(format!("{status} on server {place}, a reply that was {kept}"));
            }
            Ok(_due) => {}
            Err(line) => self.unanswered.push(format!("{line} on server {place}")),
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.verifications += other.verifications;
        self.hits += other.hits;
        self.after += other.after;
        self.wrong.extend(other.wrong);
        self.unanswered.extend(other.unanswered);
    }
}

#[cfg(test)]
mod tests {
    use super::{Seen, Told};

    fn told(status: &str) -> Told {
        Told { status: Ok(status.to_owned()), is_hit: true }
    }

    #[test]
    fn valid_is_wrong_only_for_who_has_the_reply_to_the_revocation() {
        let mut seen = Seen::default();
        for (status, is_after) in [("valid", false), ("revoked", false), ("revoked", true)] {
            seen.note(0, told(status), is_after);
        }
        assert_eq!(
            seen,
            Seen { verifications: 3, hits: 3, after: 1, wrong: vec![], unanswered: vec![] }
        );

        seen.note(1, told("valid"), true);

        assert_eq!(seen.wrong, ["valid on server 1, a reply that was kept"]);
    }

    #[test]
    fn a_refusal_says_nothing_of_a_certificate() {
        let mut seen = Seen::default();
        let line = "HTTP/1.1 503 Service Unavailable".to_owned();

        seen.note(0, Told { status: Err(line), is_hit: false }, true);

        assert_eq!((seen.wrong.len(), seen.unanswered.len()), (0, 1));
    }
}
