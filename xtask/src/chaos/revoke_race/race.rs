//! One certificate: officers who ask about it, and the one who revokes it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Result;
use serde_json::json;
use tokio::time::{Instant, sleep};

use super::officer::Seen;
use crate::client::Api;
use crate::office::ANY;

/// How often it is looked whether replies are kept.
const LOOK: Duration = Duration::from_millis(1);

/// The approver waits for so long at most: a Redis that was left alone is asked again before.
const PATIENCE: Duration = Duration::from_secs(8);

/// A race that is under way.
pub(super) struct Race {
    pub(super) number: String,
    /// Whether each of the servers was seen to answer with what it kept.
    kept: [AtomicBool; 2],
    /// Whether the reply to the revocation is there.
    revoked: AtomicBool,
}

/// How a certificate was revoked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Revocation {
    /// Whether both servers had been seen to answer with what they kept.
    pub(super) was_kept: bool,
    pub(super) sent: Instant,
    pub(super) answered: Instant,
}

/// A race that is over.
#[derive(Debug)]
pub(super) struct Raced {
    pub(super) number: String,
    pub(super) revocation: Revocation,
    pub(super) seen: Seen,
}

impl Race {
    pub(super) fn about(number: String) -> Self {
        Self { number, kept: Default::default(), revoked: AtomicBool::new(false) }
    }

    pub(super) fn is_revoked(&self) -> bool {
        self.revoked.load(Ordering::SeqCst)
    }

    pub(super) fn kept_on(&self, place: usize) {
        if let Some(kept) = self.kept.get(place) {
            kept.store(true, Ordering::SeqCst);
        }
    }

    fn is_kept(&self) -> bool {
        self.kept.iter().all(|kept| kept.load(Ordering::SeqCst))
    }

    /// Revokes it `later` than both servers answer with what they keep.
    pub(super) async fn revoke(
        &self,
        api: &Api,
        approver: &str,
        later: Duration,
    ) -> Result<Revocation> {
        let begun = Instant::now();
        while !self.is_kept() && begun.elapsed() < PATIENCE {
            sleep(LOOK).await;
        }
        sleep(later).await;
        let was_kept = self.is_kept();
        let path = format!("/api/certificates/{}/actions/revoke", self.number);
        let call = api.post(path, json!({"reason": "พบการใช้สารเคมีต้องห้าม"}));
        let sent = Instant::now();
        let reply = call.bearer(approver).if_match(ANY).expect(200).await?;
        self.revoked.store(true, Ordering::SeqCst);
        let answered = Instant::now();
        reply.check("/data/status", "revoked")?;
        Ok(Revocation { was_kept, sent, answered })
    }
}
