//! What the driver says went wrong, and which answer of a store it is.
//!
//! A server's messages quote the values that it refused: they are read here and go no further.

use std::sync::Arc;

use gacp_auth::unique;
use gacp_certifications::{Application, Certificate, Payment};
use gacp_farms::Farm;
use gacp_store::{BoxError, NoServer, StoreError};
use mongodb::bson;
use mongodb::error::{ErrorKind, RETRYABLE_WRITE_ERROR, TRANSIENT_TRANSACTION_ERROR, WriteFailure};
use thiserror::Error;

/// Unique indexes by collection and name, and as the ports name what they keep unique.
const UNIQUE_KEYS: &[((&str, &str), &str)] = &[
    (("accounts", "accounts_email"), unique::EMAIL),
    (("accounts", "accounts_phone"), unique::PHONE),
    (("accounts", "accounts_national_id"), unique::NATIONAL_ID),
    (("farms", "farms_name"), Farm::NAME_TAKEN),
    (("applications", "applications_live"), Application::LIVE_APPLICATION),
    (("application_numbers", "_id_"), Application::NUMBER_TAKEN),
    (("bookings", "bookings_slot"), Application::SLOT_TAKEN),
    (("payments", "payments_reference"), Payment::REFERENCE_TAKEN),
    (("certificates", "certificates_number"), Certificate::NUMBER_TAKEN),
];

/// The key of a second record with the same id. Ids are made from time and randomness: a store
/// meets one only when a caller inserts a record twice.
const ID: &str = "id";

const DUPLICATE_KEY: i32 = 11_000;

/// Codes for a disk without room: `OutOfDiskSpace`.
const FULL: &[i32] = &[14_031];

/// Codes for calls that were in each other's way on a server that is well: `LockTimeout`,
/// `LockBusy`, `WriteConflict`.
const CONTENDED: &[i32] = &[24, 46, 112];

/// Codes after which trying again may help: no primary, shutting down, out of time, not allowed by
/// now. Sorted.
const UNAVAILABLE: &[i32] = &[
    6, 7, 13, 18, 43, 50, 63, 64, 79, 89, 91, 100, 133, 134, 150, 175, 189, 202, 225, 234, 237,
    239, 244, 246, 251, 262, 290, 317, 365, 462, 9_001, 10_107, 11_600, 11_602, 13_388, 13_435,
    13_436,
];

/// Why work failed: the driver said so, or the work itself found its reason.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// The driver or the server refused a call.
    #[error("a call failed")]
    Driver(#[from] mongodb::error::Error),
    /// The work has its answer already.
    #[error("the work was refused")]
    Store(#[from] StoreError),
}

/// A task of the store panicked; a transaction that it had open is rolled back by the server.
#[derive(Debug, Error)]
#[error("the task ended without an answer")]
pub(crate) struct Panicked(#[source] pub(crate) tokio::task::JoinError);

/// What a server refused, without its message.
#[derive(Debug, Error)]
#[error("the server refused a call with code {code}")]
struct Refused {
    code: i32,
}

/// A record that could not be written as a document.
#[derive(Debug, Error)]
#[error("the record cannot be written as a document")]
pub(crate) struct Unwritable;

/// A stored document that no longer parses. It names where, never what stands there.
#[derive(Debug, Error)]
#[error("{collection} {id} does not parse at `{path}`: not a legal value")]
pub(crate) struct Unreadable {
    /// The collection that holds the document.
    pub(crate) collection: &'static str,
    /// Which record.
    pub(crate) id: String,
    /// Where in the document.
    pub(crate) path: String,
}

impl From<Unreadable> for Failure {
    fn from(error: Unreadable) -> Self {
        Self::Store(StoreError::Corrupt(error.into()))
    }
}

impl From<Unwritable> for StoreError {
    fn from(error: Unwritable) -> Self {
        Self::Corrupt(error.into())
    }
}

impl Failure {
    /// Whether the driver put this label on what failed.
    pub(crate) fn is_labelled(&self, label: &str) -> bool {
        matches!(self, Self::Driver(error) if error.contains_label(label))
    }

    /// Whether a unique key was taken.
    pub(crate) fn is_duplicate(&self) -> bool {
        matches!(self, Self::Driver(error) if refusal(error).is_some_and(|it| it.is_duplicate()))
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Store(error) => error,
            Failure::Driver(error) => answer(error),
        }
    }
}

/// What the server says of a call.
struct Refusal<'a> {
    code: i32,
    message: &'a str,
}

impl Refusal<'_> {
    fn is_duplicate(&self) -> bool {
        self.code == DUPLICATE_KEY
    }

    /// The port's name of the unique key that was taken.
    fn taken_key(&self) -> &'static str {
        let word_after = |label: &str| {
            let (_, rest) = self.message.split_once(label)?;
            rest.split_whitespace().next()
        };
        // `E11000 duplicate key error collection: gacp.accounts index: accounts_email dup key: …`
        let collection = word_after("collection: ").and_then(|name| name.rsplit('.').next());
        let index = word_after("index: ");
        let known = UNIQUE_KEYS
            .iter()
            .find(|((of, name), _)| collection == Some(*of) && index == Some(*name));
        known.map_or(ID, |(_, key)| *key)
    }
}

fn refusal(error: &mongodb::error::Error) -> Option<Refusal<'_>> {
    match error.kind.as_ref() {
        ErrorKind::Command(it) => Some(Refusal { code: it.code, message: &it.message }),
        ErrorKind::Write(WriteFailure::WriteError(it)) => {
            Some(Refusal { code: it.code, message: &it.message })
        }
        ErrorKind::Write(WriteFailure::WriteConcernError(it)) => {
            Some(Refusal { code: it.code, message: &it.message })
        }
        ErrorKind::InsertMany(many) => {
            let first = many.write_errors.as_ref().and_then(|errors| errors.first());
            let waited = many.write_concern_error.as_ref();
            first
                .map(|it| Refusal { code: it.code, message: &it.message })
                .or(waited.map(|it| Refusal { code: it.code, message: &it.message }))
        }
        _ => None,
    }
}

/// Which answer of a store an error of the driver is.
fn answer(error: mongodb::error::Error) -> StoreError {
    let Some(refusal) = refusal(&error) else { return unanswered(error) };
    if refusal.is_duplicate() {
        return StoreError::Duplicate { key: refusal.taken_key() };
    }
    let code = refusal.code;
    let retryable = [RETRYABLE_WRITE_ERROR, TRANSIENT_TRANSACTION_ERROR]
        .into_iter()
        .any(|label| error.contains_label(label));
    let kind: fn(BoxError) -> StoreError = if FULL.contains(&code) {
        StoreError::Full
    } else if CONTENDED.contains(&code) {
        StoreError::Contended
    } else if retryable || UNAVAILABLE.contains(&code) {
        StoreError::Unavailable
    } else {
        StoreError::Corrupt
    };
    kind(Refused { code }.into())
}

/// Errors of the driver itself: only what it could not read or write is no matter of trying again.
fn unanswered(error: mongodb::error::Error) -> StoreError {
    match error.kind.as_ref() {
        ErrorKind::Bson(_)
        | ErrorKind::InvalidArgument { .. }
        | ErrorKind::InvalidResponse { .. } => StoreError::Corrupt(Unwritable.into()),
        // Where the driver tried again by itself it tells what went wrong the first time: what was
        // sent once is not among these.
        ErrorKind::ServerSelection { .. } => NoServer(Arc::new(error).into()).into(),
        _ => StoreError::Unavailable(Arc::new(error).into()),
    }
}

impl From<bson::error::Error> for Failure {
    /// The source is left out: it may quote what it could not read.
    fn from(_content: bson::error::Error) -> Self {
        Self::Store(Unwritable.into())
    }
}

#[cfg(test)]
mod tests;
