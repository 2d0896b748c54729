//! Records as they are stored: a JSON document, and beside it what is searched and sorted by.
//!
//! Reading is parsing: a document that its entity refuses is [`StoreError::Corrupt`], with the
//! place where it breaks and never with what stands there.

use gacp_store::{Revision, StoreError};
use jiff::Timestamp;
use rusqlite::{Connection, Params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::engine::Failure;
use crate::engine::errors::{Impossible, Unreadable};

/// A record as a document.
pub(crate) fn document<T: Serialize>(record: &T) -> Result<String, StoreError> {
    serde_json::to_string(record).map_err(|error| StoreError::Corrupt(error.into()))
}

/// The record in a document.
pub(crate) fn parse<T: DeserializeOwned>(
    table: &'static str,
    id: Uuid,
    text: &str,
) -> Result<T, Failure> {
    let mut json = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut json)
        .map_err(|error| Unreadable::new(table, id, &error).into())
}

/// Records of one table by a query for `id, doc`.
pub(crate) fn records<T: DeserializeOwned>(
    connection: &Connection,
    table: &'static str,
    (sql, params): (&str, impl Params),
) -> Result<Vec<T>, Failure> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let mut records = Vec::new();
    while let Some(row) = rows.next()? {
        records.push(parse(table, row.get(0)?, row.get_ref(1)?.as_str().map_err(illegible)?)?);
    }
    Ok(records)
}

/// The first record of a query for `id, doc`, if there is any.
pub(crate) fn record<T: DeserializeOwned>(
    connection: &Connection,
    table: &'static str,
    query: (&str, impl Params),
) -> Result<Option<T>, Failure> {
    Ok(records(connection, table, query)?.into_iter().next())
}

/// A moment as it is stored: microseconds since 1970.
pub(crate) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// A stored moment.
pub(crate) fn moment(
    table: &'static str,
    column: &'static str,
    micros: i64,
) -> Result<Timestamp, Failure> {
    Timestamp::from_microsecond(micros).map_err(|_beyond| Impossible { table, column }.into())
}

/// A revision as it is stored.
pub(crate) fn version(revision: Revision) -> i64 {
    i64::try_from(revision.get()).unwrap_or(i64::MAX)
}

/// Succeeds when a conditional update met its record in the state that was read.
pub(crate) fn not_stale(changed: usize) -> Result<(), Failure> {
    if changed == 0 { Err(StoreError::Stale.into()) } else { Ok(()) }
}

fn illegible(error: rusqlite::types::FromSqlError) -> Failure {
    rusqlite::Error::from(error).into()
}
