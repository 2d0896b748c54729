//! What keeps a store that is slow or out from taking its callers down with it.

mod under_way;

use std::sync::Arc;
use std::time::Duration;

use gacp_resilience::breaker::{Breaker, Open, Outcome};
use gacp_resilience::carry;
use gacp_resilience::deadline;
use gacp_resilience::gate::Gate;
use gacp_resilience::retry::{Retries, Verdict};
use gacp_store::StoreError;
use thiserror::Error;
use tokio::time::timeout;

use crate::{Guard, Operation};
use under_way::UnderWay;

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

/// A [`Guard`] with, from the outside in: the deadline of whoever asks, a bulkhead, retries, a
/// circuit breaker, a limit of time.
///
/// What only reads is tried again when no server could be chosen for it
/// ([`StoreError::found_no_server`]): there will be one in a moment, and nobody was asked yet. A
/// call holds one place in the bulkhead however often it is tried; each attempt asks the breaker
/// anew and has the whole limit. Nothing else is tried again here: drivers know better what may be,
/// and a store that a breaker leaves alone by now is to be left alone.
///
/// A call that is not waited for any more holds its place in the bulkhead until it ends, where the
/// store goes on with it: adapters that do so take [`carry::along`] with them.
///
/// What counts for the breaker is that a store does not answer ([`StoreError::Unavailable`], or
/// the limit). Duplicates, stale revisions, contention, records that do not parse and a full disk
/// are answers.
#[derive(Debug, Clone)]
pub struct Shield {
    bulkhead: Gate,
    retries: Arc<Retries>,
    breaker: Arc<Breaker>,
    limit: Duration,
}

impl Shield {
    /// Calls are waited for no longer than `limit`.
    pub fn new(bulkhead: Gate, retries: Retries, breaker: Arc<Breaker>, limit: Duration) -> Self {
        Self { bulkhead, retries: Arc::new(retries), breaker, limit }
    }

    async fn enter(&self) -> Result<Arc<UnderWay>, Refused> {
        let entering = self.bulkhead.enter();
        let pass = match deadline::remaining() {
            Some(left) => timeout(left, entering).await.map_err(|_elapsed| Refused::Late)?,
            None => entering.await,
        };
        // Whom the bulkhead refuses the breaker does not see.
        let pass = pass.map_err(|_why| Refused::Crowded)?;
        Ok(Arc::new(UnderWay::new(pass, self.limit)))
    }

    async fn attempt<T: Send>(
        &self,
        under_way: &Arc<UnderWay>,
        call: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        let permit = self.breaker.try_acquire_owned().map_err(Refused::from)?;
        let (limit, is_whole) = self.time();
        if limit.is_zero() {
            return Err(Refused::Late.into());
        }
        under_way.begin(permit);
        match carry::with(under_way.clone(), timeout(limit, call)).await {
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
        let under_way = self.enter().await?;
        self.attempt(&under_way, call).await
    }

    async fn read<T: Send, F: Future<Output = Result<T, StoreError>> + Send>(
        &self,
        _operation: Operation,
        call: impl Fn() -> F + Send + Sync,
    ) -> Result<T, StoreError> {
        let under_way = self.enter().await?;
        let attempt = |_before| self.attempt(&under_way, call());
        self.retries.run(deadline::current(), attempt, verdict).await
    }
}

/// Whether a read is tried again after this.
fn verdict<T>(answer: &Result<T, StoreError>) -> Verdict {
    match answer {
        Err(error) if error.found_no_server() => Verdict::Retry { after: None },
        Ok(_) | Err(_) => Verdict::Done,
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

#[cfg(test)]
mod tests;
