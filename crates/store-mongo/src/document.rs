//! Records as they are stored: the entity in `doc`, and beside it what is searched and sorted by.
//!
//! The entity stands apart from those fields because its crate owns its form: what a query needs
//! (16-byte ids that sort by time, moments as integers of microseconds, folded names) is another
//! form of the same facts, and BSON's own dates would round moments to milliseconds. Reading is
//! parsing: a document that its entity refuses is [`StoreError::Corrupt`], with the place where it
//! breaks and never with what stands there.

use gacp_store::{Revision, StoreError};
use jiff::Timestamp;
use mongodb::bson::spec::BinarySubtype;
use mongodb::bson::{self, Binary, Bson, Deserializer, Document, doc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::errors::{Failure, Unreadable, Unwritable};

/// One stored record on its way into its collection.
#[derive(Debug)]
pub(crate) struct Row {
    id: Bson,
    fields: Document,
    absent: Document,
}

impl Row {
    /// A record under its id.
    pub(crate) fn of<T: Serialize>(id: Uuid, record: &T) -> Result<Self, StoreError> {
        let fields = doc! { "doc": document(record)? };
        Ok(Self { id: uuid(id), fields, absent: Document::new() })
    }

    /// The same row with a field beside the record.
    pub(crate) fn with(mut self, field: &str, value: impl Into<Bson>) -> Self {
        self.fields.insert(field, value);
        self
    }

    /// The same row with a field, or without it when there is no value.
    pub(crate) fn with_some(mut self, field: &str, value: Option<impl Into<Bson>>) -> Self {
        if let Some(value) = value {
            return self.with(field, value);
        }
        self.absent.insert(field, "");
        self
    }

    /// The same row with the number and the time of the record's state.
    pub(crate) fn at(self, revision: Revision, updated_at: Timestamp) -> Self {
        self.with("version", version(revision)).with("updatedAt", micros(updated_at))
    }

    /// The whole document.
    pub(crate) fn into_document(self) -> Document {
        let mut document = doc! { "_id": self.id };
        document.extend(self.fields);
        document
    }

    /// What turns a former state of the record into this one; fields of others stay.
    pub(crate) fn into_update(self) -> Document {
        doc! { "$set": self.fields, "$unset": self.absent }
    }
}

/// A value as it is written by its crate.
pub(crate) fn document<T: Serialize>(record: &T) -> Result<Bson, StoreError> {
    bson::serialize_to_bson(record).map_err(|_content| Unwritable.into())
}

/// The value in a field of a document.
pub(crate) fn parse<T: DeserializeOwned>(
    collection: &'static str,
    field: &str,
    mut document: Document,
) -> Result<T, Failure> {
    let id = id_text(document.get("_id"));
    let Some(stored) = document.remove(field) else {
        return Err(Unreadable { collection, id, path: field.to_owned() }.into());
    };
    serde_path_to_error::deserialize(Deserializer::new(stored))
        .map_err(|error| Unreadable { collection, id, path: error.path().to_string() }.into())
}

/// What stands in a field beside the record, if it is what it should be.
pub(crate) fn field<T>(
    collection: &'static str,
    document: &Document,
    name: &str,
    read: impl FnOnce(&Bson) -> Option<T>,
) -> Result<T, Failure> {
    let unreadable =
        || Unreadable { collection, id: id_text(document.get("_id")), path: name.to_owned() };
    Ok(document.get(name).and_then(read).ok_or_else(unreadable)?)
}

/// An id as it is stored: 16 bytes, which sort by time as UUIDs of version 7 do.
pub(crate) fn uuid(id: Uuid) -> Bson {
    bson::Uuid::from_bytes(id.into_bytes()).into()
}

/// A stored id.
pub(crate) fn stored_uuid(value: &Bson) -> Option<Uuid> {
    match value {
        Bson::Binary(Binary { subtype: BinarySubtype::Uuid, bytes }) => {
            Uuid::from_slice(bytes).ok()
        }
        _ => None,
    }
}

/// Bytes as they are stored.
pub(crate) fn bytes(bytes: impl Into<Vec<u8>>) -> Bson {
    Binary { subtype: BinarySubtype::Generic, bytes: bytes.into() }.into()
}

/// Stored bytes.
pub(crate) fn stored_bytes(value: &Bson) -> Option<&[u8]> {
    match value {
        Bson::Binary(Binary { subtype: BinarySubtype::Generic, bytes }) => Some(bytes),
        _ => None,
    }
}

/// A moment as it is stored: microseconds since 1970.
pub(crate) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// A stored moment.
pub(crate) fn moment(value: &Bson) -> Option<Timestamp> {
    Timestamp::from_microsecond(value.as_i64()?).ok()
}

/// A revision as it is stored.
pub(crate) fn version(revision: Revision) -> i64 {
    i64::try_from(revision.get()).unwrap_or(i64::MAX)
}

fn id_text(id: Option<&Bson>) -> String {
    let uuid = id.and_then(stored_uuid);
    uuid.map_or_else(|| "without a UUID".to_owned(), |uuid| uuid.to_string())
}
