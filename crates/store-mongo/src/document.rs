//! Records as they are stored: the entity in `doc`, and beside it what is searched and sorted by.
//!
//! The entity stands apart from those fields because its crate owns its form: what a query needs
//! (16-byte ids that sort by time, moments as integers of microseconds, folded names) is another
//! form of the same facts, and BSON's own dates would round moments to milliseconds. Reading is
//! parsing: a document that its entity refuses is [`StoreError::Corrupt`], with the place where it
//! breaks and never with what stands there.

use gacp_store::{Revision, StoreError};
use jiff::Timestamp;
use mongodb::bson::serde_helpers::HumanReadable;
use mongodb::bson::spec::BinarySubtype;
use mongodb::bson::{self, Binary, Bson, Deserializer, Document, RawDocument, doc};
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

/// The value in a field of a document as it came. What cannot be read is read once more, to say
/// where.
pub(crate) fn read<T: DeserializeOwned>(
    collection: &'static str,
    field: &str,
    document: &RawDocument,
) -> Result<T, Failure> {
    if let Some(value) = at_once(field, document) {
        return Ok(value);
    }
    let value = parse(collection, field, Document::try_from(document)?)?;
    // The contract suites read every kind of record there is.
    debug_assert!(false, "a record of {collection} cannot be read where it stands");
    Ok(value)
}

/// Reads a value where it stands: to make a document first takes longer than that.
fn at_once<T: DeserializeOwned>(field: &str, document: &RawDocument) -> Option<T> {
    let stored = document.get_document(field).ok()?;
    let HumanReadable(value) = bson::deserialize_from_slice(stored.as_bytes()).ok()?;
    Some(value)
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use mongodb::bson::RawDocumentBuf;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    struct Record {
        id: Uuid,
        at: Timestamp,
        name: String,
        count: u32,
        micros: i64,
        area: f64,
        nothing: Option<String>,
        states: Vec<State>,
        #[serde(flatten)]
        more: BTreeMap<String, bool>,
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "kind", rename_all = "kebab-case")]
    enum State {
        Waiting,
        Visited { on: jiff::civil::Date, positions: Vec<[f64; 2]> },
    }

    fn record() -> Record {
        let positions = vec![[98.98, 18.79], [-0.0, f64::MIN_POSITIVE]];
        Record {
            id: Uuid::from_u128(7),
            at: "2026-11-27T02:00:00.123456Z".parse().unwrap(),
            name: "สวนสมุนไพร".to_owned(),
            count: u32::MAX,
            micros: i64::MIN,
            area: 0.1 + 0.2,
            nothing: None,
            states: vec![
                State::Waiting,
                State::Visited { on: "2026-11-28".parse().unwrap(), positions },
            ],
            more: BTreeMap::from([("isOrganic".to_owned(), true)]),
        }
    }

    fn stored(record: Bson) -> RawDocumentBuf {
        RawDocumentBuf::try_from(&doc! { "_id": uuid(Uuid::from_u128(7)), "doc": record }).unwrap()
    }

    #[test]
    fn a_record_is_read_where_it_stands_as_it_was_written() {
        let raw = stored(document(&record()).unwrap());

        assert_eq!(at_once("doc", &raw), Some(record()));
        assert_eq!(read::<Record>("farms", "doc", &raw).unwrap(), record());
    }

    #[test]
    fn a_record_that_cannot_be_read_is_told_by_its_place() {
        let mut broken = document(&record()).unwrap();
        let states = broken.as_document_mut().unwrap().get_array_mut("states").unwrap();
        states[1].as_document_mut().unwrap().insert("on", "yesterday");

        let told = |raw: &RawDocumentBuf| {
            let failure = read::<Record>("farms", "doc", raw).unwrap_err();
            format!("{:?}", StoreError::from(failure))
        };

        assert!(told(&stored(broken)).contains("states[1]"));
        assert!(told(&stored(Bson::from("text"))).contains("farms"));
        assert!(!told(&stored(doc! { "id": "yesterday" }.into())).contains("yesterday"));
    }
}
