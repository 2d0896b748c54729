//! Serial numbers.

use async_trait::async_trait;
use gacp_certifications::{NumberStore, Series};
use gacp_store::StoreError;
use rusqlite::params;

use crate::Sqlite;
use crate::engine::errors::Impossible;

#[async_trait]
impl NumberStore for Sqlite {
    async fn next(&self, series: Series, year: i16) -> Result<u32, StoreError> {
        self.store
            .write(move |transaction| {
                let next: i64 = transaction
                    .prepare_cached(
                        "INSERT INTO counters (series, year, last) VALUES (?, ?, 1) \
                         ON CONFLICT DO UPDATE SET last = last + 1 RETURNING last",
                    )?
                    .query_one(params![series.as_str(), year], |row| row.get(0))?;
                let impossible = |_beyond| Impossible { table: "counters", column: "last" };
                Ok(u32::try_from(next).map_err(impossible)?)
            })
            .await
    }
}
