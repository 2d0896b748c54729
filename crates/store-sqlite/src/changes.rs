//! What other processes write.

use gacp_store::StoreError;

use crate::Sqlite;

impl Sqlite {
    /// A number that is another one after another process, or another handle that was
    /// [opened](Self::open), has written to the file; what is written by this one does not change
    /// it (`PRAGMA data_version`).
    pub async fn writes_of_others(&self) -> Result<i64, StoreError> {
        let version = |transaction: &rusqlite::Transaction<'_>| {
            Ok(transaction.query_row("PRAGMA data_version", (), |row| row.get(0))?)
        };
        self.store.write_unsynced(version).await
    }
}
