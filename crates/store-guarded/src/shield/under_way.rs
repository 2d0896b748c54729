//! A call that was let in.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use gacp_resilience::breaker::{Outcome, OwnedPermit};
use gacp_resilience::gate::Pass;
use tokio::time::Instant;

/// A call, from when it is let in. Whoever goes on with it holds it too, and with it the place in
/// the bulkhead, which is one for all its attempts: they come one after the other.
pub(super) struct UnderWay {
    attempt: Mutex<Option<Attempt>>,
    limit: Duration,
    _pass: Pass,
}

/// An attempt of which the breaker has not been told how it ended.
struct Attempt {
    permit: OwnedPermit,
    began: Instant,
}

impl UnderWay {
    pub(super) fn new(pass: Pass, limit: Duration) -> Self {
        Self { attempt: Mutex::new(None), limit, _pass: pass }
    }

    pub(super) fn begin(&self, permit: OwnedPermit) {
        let attempt = Attempt { permit, began: Instant::now() };
        *self.attempt.lock().unwrap_or_else(PoisonError::into_inner) = Some(attempt);
    }

    pub(super) fn ended(&self, outcome: Outcome) {
        let attempt = self.attempt.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Attempt { permit, began }) = attempt {
            permit.record(outcome, began.elapsed());
        }
    }
}

impl Drop for UnderWay {
    /// Nobody waited for the end. That it came too late is known all the same.
    fn drop(&mut self) {
        let attempt = self.attempt.get_mut().unwrap_or_else(PoisonError::into_inner);
        if attempt.as_ref().is_some_and(|attempt| attempt.began.elapsed() >= self.limit) {
            self.ended(Outcome::Failure);
        }
    }
}
