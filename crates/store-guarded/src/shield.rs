//! What keeps a store that is slow or out from taking its callers down with it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use gacp_resilience::breaker::{Breaker, Open, Outcome, OwnedPermit};
use gacp_resilience::carry;
use gacp_resilience::deadline;
use gacp_resilience::gate::{Gate, Pass};
use gacp_store::StoreError;
use thiserror::Error;
use tokio::time::{Instant, timeout};

use crate::{Guard, Operation};

/// Why a call was not made, or not waited for; the source of [`StoreError::Unavailable`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refused {
    /// The time of whoever asks is over.
    #[error("the deadline has passed")]
    Late,
    /// As many calls are under way as the store can take, and as many wait.
    #[error("too many calls are under way")]
    Crowded,
    /// The store failed too often of late.
    #[error(transparent)]
    Open(#[from] Open),
    /// The call was made, and not answered in this time. It may be done all the same.
    #[error("the store did not answer within {0:?}")]
    Unanswered(Duration),
}

impl Refused {
    /// What kept a call from being made or answered, if it was a shield.
    pub fn behind(error: &StoreError) -> Option<Self> {
        match error {
            StoreError::Unavailable(source) => source.downcast_ref().copied(),
            _ => None,
        }
    }
}

impl From<Refused> for StoreError {
    fn from(refused: Refused) -> Self {
        Self::Unavailable(refused.into())
    }
}

/// A [`Guard`] with, from the outside in: the deadline of whoever asks, a bulkhead, a circuit
/// breaker, a limit of time.
///
/// A call that is not waited for any more holds its place in the bulkhead until it ends, where the
/// store goes on with it: adapters that do so take [`carry::along`] with them. Nothing is tried
/// again here: drivers know better what may be.
///
/// What counts for the breaker is that a store does not answer ([`StoreError::Unavailable`], or
/// the limit). Duplicates, stale revisions, contention, records that do not parse and a full disk
/// are answers.
#[derive(Debug, Clone)]
pub struct Shield {
    bulkhead: Gate,
    breaker: Arc<Breaker>,
    limit: Duration,
}

impl Shield {
    /// Calls are waited for no longer than `limit`.
    pub fn new(bulkhead: Gate, breaker: Arc<Breaker>, limit: Duration) -> Self {
        Self { bulkhead, breaker, limit }
    }

    async fn admitted(&self) -> Result<(Pass, OwnedPermit), Refused> {
        let entering = self.bulkhead.enter();
        let pass = match deadline::remaining() {
            Some(left) => timeout(left, entering).await.map_err(|_elapsed| Refused::Late)?,
            None => entering.await,
        };
        // Whom the bulkhead refuses the breaker does not see.
        let pass = pass.map_err(|_why| Refused::Crowded)?;
        let permit = self.breaker.try_acquire_owned()?;
        Ok((pass, permit))
    }

    /// How long a call may take, and whether that is the store's own time: a store that is asked
    /// a moment before a deadline cannot help being late.
    fn time(&self) -> (Duration, bool) {
        match deadline::remaining() {
            Some(left) if left < self.limit => (left, false),
            _ => (self.limit, true),
        }
    }
}

impl Guard for Shield {
    async fn call<T: Send>(
        &self,
        _operation: Operation,
        call: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        let (pass, permit) = self.admitted().await?;
        let (limit, is_whole) = self.time();
        if limit.is_zero() {
            return Err(Refused::Late.into());
        }
        let call = timeout(limit, call);
        let under_way = Arc::new(UnderWay::begin(permit, pass, self.limit));
        match carry::with(under_way.clone(), call).await {
            Ok(answer) => {
                under_way.ended(outcome(&answer));
                answer
            }
            Err(_elapsed) => {
                under_way.ended(if is_whole { Outcome::Failure } else { Outcome::Ignore });
                Err(Refused::Unanswered(limit).into())
            }
        }
    }
}

/// What an answer tells about a store.
fn outcome<T>(answer: &Result<T, StoreError>) -> Outcome {
    match answer {
        Err(StoreError::Unavailable(_)) => Outcome::Failure,
        Ok(_)
        | Err(
            StoreError::Contended(_)
            | StoreError::Full(_)
            | StoreError::Corrupt(_)
            | StoreError::Duplicate { .. }
            | StoreError::Stale,
        ) => Outcome::Success,
    }
}

/// A call. Whoever goes on with it holds it too, and with it the place in the bulkhead.
struct UnderWay {
    permit: Mutex<Option<OwnedPermit>>,
    began: Instant,
    limit: Duration,
    _pass: Pass,
}

impl UnderWay {
    fn begin(permit: OwnedPermit, pass: Pass, limit: Duration) -> Self {
        Self { permit: Mutex::new(Some(permit)), began: Instant::now(), limit, _pass: pass }
    }

    fn ended(&self, outcome: Outcome) {
        let permit = self.permit.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(permit) = permit {
            permit.record(outcome, self.began.elapsed());
        }
    }
}

impl Drop for UnderWay {
    /// Nobody waited for the end. That it came too late is known all the same.
    fn drop(&mut self) {
        if self.began.elapsed() >= self.limit {
            self.ended(Outcome::Failure);
        }
    }
}

#[cfg(test)]
mod tests;
