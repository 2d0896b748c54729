//! Forgetting many rows, a few at a time.

use gacp_store::StoreError;
use rusqlite::Transaction;

use crate::Sqlite;
use crate::engine::Failure;

/// So many rows are forgotten per transaction, so that other writes get their turn.
const AT_ONCE: usize = 1_000;

impl Sqlite {
    /// Forgets rows until fewer are found than may go at once; says how many. The step is given
    /// the transaction and how many rows it may remove at most, and says how many it did.
    pub(crate) async fn prune_all<F>(&self, step: F) -> Result<u64, StoreError>
    where
        F: Fn(&Transaction<'_>, i64) -> Result<usize, Failure> + Copy + Send + 'static,
    {
        let limit = i64::try_from(AT_ONCE).unwrap_or(i64::MAX);
        let mut pruned = 0;
        loop {
            let some = self.store.write(move |transaction| step(transaction, limit)).await?;
            pruned += u64::try_from(some).unwrap_or(u64::MAX);
            if some < AT_ONCE {
                return Ok(pruned);
            }
        }
    }
}
