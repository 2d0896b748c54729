//! Wrapped keys.

use async_trait::async_trait;
use gacp_keys::{KeyStore, WrappedKey};
use gacp_store::StoreError;
use rusqlite::{Row, Transaction, params};

use crate::Sqlite;
use crate::document::{micros, moment};
use crate::engine::Failure;
use crate::engine::errors::Impossible;

const OLDEST_FIRST: &str = "SELECT kid, purpose, sealed, created_at, active_from FROM keys \
                            ORDER BY created_at, position";

const ADD_FIRST: &str = "INSERT INTO keys (kid, purpose, sealed, created_at, active_from, follows) \
     SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT EXISTS (SELECT 1 FROM keys WHERE purpose = ?2)";

const ADD_NEXT: &str = "INSERT INTO keys (kid, purpose, sealed, created_at, active_from, follows) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (follows) DO NOTHING";

const RETIRE: &str = "DELETE FROM keys WHERE kid = ?1 \
                      AND EXISTS (SELECT 1 FROM keys next WHERE next.follows = ?1) \
                      AND NOT EXISTS (SELECT 1 FROM keys former WHERE former.kid = keys.follows)";

#[async_trait]
impl KeyStore for Sqlite {
    async fn keys(&self) -> Result<Vec<WrappedKey>, StoreError> {
        self.store
            .read(|connection| {
                connection.prepare_cached(OLDEST_FIRST)?.query_and_then((), key)?.collect()
            })
            .await
    }

    async fn add_first(&self, key: &WrappedKey) -> Result<(), StoreError> {
        let key = key.clone();
        self.store.write(move |transaction| add(transaction, ADD_FIRST, (&key, None))).await
    }

    async fn add_next(&self, key: &WrappedKey, after: &str) -> Result<(), StoreError> {
        let (key, after) = (key.clone(), after.to_owned());
        self.store.write(move |transaction| add(transaction, ADD_NEXT, (&key, Some(&after)))).await
    }

    async fn retire(&self, kid: &str) -> Result<bool, StoreError> {
        let kid = kid.to_owned();
        self.store
            .write(move |transaction| Ok(transaction.prepare_cached(RETIRE)?.execute([&kid])? > 0))
            .await
    }
}

fn add(
    transaction: &Transaction<'_>,
    statement: &str,
    (key, after): (&WrappedKey, Option<&str>),
) -> Result<(), Failure> {
    let (purpose, sealed) = (key.purpose.as_str(), &key.sealed);
    let (created_at, active_from) = (micros(key.created_at), micros(key.active_from));
    let mut statement = transaction.prepare_cached(statement)?;
    statement.execute(params![key.kid, purpose, sealed, created_at, active_from, after])?;
    Ok(())
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
        active_from: moment("keys", "active_from", row.get(4)?)?,
    })
}
