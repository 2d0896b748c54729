//! Wrapped keys.

use async_trait::async_trait;
use gacp_keys::{KeyStore, WrappedKey};
use gacp_store::StoreError;
use rusqlite::{Row, params};

use crate::Sqlite;
use crate::document::{micros, moment};
use crate::engine::Failure;
use crate::engine::errors::Impossible;

#[async_trait]
impl KeyStore for Sqlite {
    async fn keys(&self) -> Result<Vec<WrappedKey>, StoreError> {
        self.store
            .read(|connection| {
                connection
                    .prepare_cached(
                        "SELECT kid, purpose, sealed, created_at FROM keys \
                         ORDER BY created_at, position",
                    )?
                    .query_and_then((), key)?
                    .collect()
            })
            .await
    }

    async fn add_first(&self, key: &WrappedKey) -> Result<(), StoreError> {
        let key = key.clone();
        self.store
            .write(move |transaction| {
                transaction
                    .prepare_cached(
                        "INSERT INTO keys (kid, purpose, sealed, created_at) \
                         SELECT ?1, ?2, ?3, ?4 \
                         WHERE NOT EXISTS (SELECT 1 FROM keys WHERE purpose = ?2)",
                    )?
                    .execute(params![
                        key.kid,
                        key.purpose.as_str(),
                        key.sealed,
                        micros(key.created_at)
                    ])?;
                Ok(())
            })
            .await
    }
}

fn key(row: &Row<'_>) -> Result<WrappedKey, Failure> {
    let purpose: String = row.get(1)?;
    Ok(WrappedKey {
        kid: row.get(0)?,
        purpose: purpose
            .parse()
            .map_err(|_unknown| Impossible { table: "keys", column: "purpose" })?,
        sealed: row.get(2)?,
        created_at: moment("keys", "created_at", row.get(3)?)?,
    })
}
