//! Changes that lose a race.

use gacp_store::{Expected, Precondition, StoreError};

use crate::CertificationError;

/// How often a change is tried on a record that changes meanwhile. Of the writers that compete
/// for a record one wins in each round, so that as many of them are answered.
pub(super) const ROUNDS: usize = 32;

/// Runs a change until it has not lost a race. Who named the state that he means has lost for
/// good; who did not means the record as it is by now.
pub(super) async fn again_when_lost<T, F, Run>(
    expected: &Expected,
    run: F,
) -> Result<T, CertificationError>
where
    F: Fn() -> Run + Send + Sync,
    Run: Future<Output = Result<T, CertificationError>> + Send,
{
    for _ in 0..ROUNDS {
        match run().await {
            Err(CertificationError::Store(StoreError::Stale)) => {}
            outcome => return outcome,
        }
        if let Expected::OneOf(_) = expected {
            return Err(Precondition::Stale.into());
        }
    }
    Err(StoreError::Stale.into())
}
