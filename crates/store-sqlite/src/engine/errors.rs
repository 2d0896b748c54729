//! What went wrong inside a job, and which answer of a store it is.

use std::sync::Arc;

use gacp_auth::unique;
use gacp_certifications::{Application, Certificate, Payment};
use gacp_farms::Farm;
use gacp_store::{BoxError, StoreError};
use rusqlite::{ErrorCode, ffi};
use serde_json::error::Category;
use thiserror::Error;
use uuid::Uuid;

/// Unique keys as SQLite names them in its messages, and as the ports name them.
///
/// A unique index over plain columns is reported by its columns, one over expressions by its name.
const UNIQUE_KEYS: &[(&str, &str)] = &[
    ("accounts.email", unique::EMAIL),
    ("accounts.phone", unique::PHONE),
    ("national_ids.value", unique::NATIONAL_ID),
    ("farms.owner_id, farms.name_key", Farm::NAME_TAKEN),
    ("applications.farm_id, applications.standard_id", Application::LIVE_APPLICATION),
    ("applications.number", Application::NUMBER_TAKEN),
    ("bookings.inspector_id, bookings.starts_at", Application::SLOT_TAKEN),
    ("payments.gateway_ref", Payment::REFERENCE_TAKEN),
    ("certificates.number", Certificate::NUMBER_TAKEN),
];

/// The key of a second record with the same id. Ids are made from time and randomness: a store
/// meets one only when a caller inserts a record twice.
const ID: &str = "id";

/// Why a job failed: SQLite said so, or the job itself found its reason.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// SQLite refused a statement.
    #[error("a statement failed")]
    Sqlite(#[from] rusqlite::Error),
    /// The job has its answer already.
    #[error("the job was refused")]
    Store(#[from] StoreError),
}

/// Why the store cannot be asked at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum Unanswered {
    /// Somebody closed the store.
    #[error("the store was closed")]
    Closed,
    /// The transaction ended before the job could be answered.
    #[error("the transaction was lost")]
    Lost,
    /// Another process holds the file for itself.
    #[error("the file is in use")]
    Busy,
    /// A job panicked; nothing of it was written.
    #[error("the job panicked")]
    Panicked,
}

/// A transaction that holds several jobs' changes was lost.
#[derive(Debug, Error)]
#[error("the transaction was not committed")]
struct Uncommitted(#[source] Arc<rusqlite::Error>);

/// A stored document that no longer parses. It names where, never what stands there.
#[derive(Debug, Error)]
#[error("{table} {id} does not parse at `{path}`: {reason}")]
pub(crate) struct Unreadable {
    /// The table that holds the document.
    pub(crate) table: &'static str,
    /// Which record.
    pub(crate) id: Uuid,
    /// Where in the document.
    pub(crate) path: String,
    /// What kind of error it is.
    pub(crate) reason: &'static str,
}

/// A stored column whose value is outside of what its type can be.
#[derive(Debug, Error)]
#[error("{table}.{column} holds an impossible value")]
pub(crate) struct Impossible {
    /// The table.
    pub(crate) table: &'static str,
    /// The column.
    pub(crate) column: &'static str,
}

impl Unreadable {
    /// What serde found wrong with a document, without the value that it quotes.
    pub(crate) fn new(
        table: &'static str,
        id: Uuid,
        error: &serde_path_to_error::Error<serde_json::Error>,
    ) -> Self {
        let reason = match error.inner().classify() {
            Category::Io | Category::Syntax => "not JSON",
            Category::Data => "not a legal value",
            Category::Eof => "cut short",
        };
        Self { table, id, path: error.path().to_string(), reason }
    }
}

impl From<Unreadable> for Failure {
    fn from(error: Unreadable) -> Self {
        Self::Store(StoreError::Corrupt(error.into()))
    }
}

impl From<Impossible> for Failure {
    fn from(error: Impossible) -> Self {
        Self::Store(StoreError::Corrupt(error.into()))
    }
}

impl From<Unanswered> for StoreError {
    fn from(error: Unanswered) -> Self {
        Self::Unavailable(error.into())
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Store(error) => error,
            Failure::Sqlite(error) => match taken_key(&error) {
                Some(key) => Self::Duplicate { key },
                None => answer(&error)(error.into()),
            },
        }
    }
}

/// The same lost transaction as an answer to each of its jobs.
pub(super) fn uncommitted(error: &Arc<rusqlite::Error>) -> StoreError {
    answer(error)(Uncommitted(Arc::clone(error)).into())
}

/// The unique key that a statement found taken, if that is what went wrong.
fn taken_key(error: &rusqlite::Error) -> Option<&'static str> {
    let rusqlite::Error::SqliteFailure(code, Some(message)) = error else { return None };
    match code.extended_code {
        ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_UNIQUE => {
            let named = message.strip_prefix("UNIQUE constraint failed: ").unwrap_or(message);
            let known = UNIQUE_KEYS.iter().find(|(constraint, _)| *constraint == named);
            Some(known.map_or(ID, |(_, key)| *key))
        }
        _ => None,
    }
}

/// Which answer of a store an error of SQLite is.
fn answer(error: &rusqlite::Error) -> fn(BoxError) -> StoreError {
    use ErrorCode as Code;
    let rusqlite::Error::SqliteFailure(code, _) = error else { return StoreError::Corrupt };
    match code.code {
        Code::DiskFull => StoreError::Full,
        Code::DatabaseBusy
        | Code::DatabaseLocked
        | Code::SystemIoFailure
        | Code::CannotOpen
        | Code::OutOfMemory
        | Code::ReadOnly
        | Code::PermissionDenied
        | Code::OperationAborted
        | Code::OperationInterrupted
        | Code::FileLockingProtocolFailed
        | Code::SchemaChanged => StoreError::Unavailable,
        _ => StoreError::Corrupt,
    }
}
