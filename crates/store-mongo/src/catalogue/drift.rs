//! Where a database differs from the catalogue.

use std::collections::HashMap;
use std::fmt;

use gacp_store::StoreError;
use mongodb::bson::{Bson, Document, doc};

use super::{Collection, Index, collections};
use crate::Mongo;
use crate::errors::Failure;
use crate::mongo::detached;

/// One difference between a database and the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drift {
    /// A collection is missing.
    MissingCollection {
        /// Which one.
        collection: &'static str,
    },
    /// A collection does not refuse what it must, or more than it must.
    OtherValidator {
        /// Which one.
        collection: &'static str,
    },
    /// An index is missing.
    MissingIndex {
        /// Where.
        collection: &'static str,
        /// Which one.
        index: &'static str,
        /// Whether something is not kept unique without it.
        unique: bool,
    },
    /// An index has this name and is another one, or is hidden.
    OtherIndex {
        /// Where.
        collection: &'static str,
        /// Which one.
        index: &'static str,
        /// Whether something is not kept unique without it.
        unique: bool,
    },
    /// An index is there that nobody asked for.
    UnknownIndex {
        /// Where.
        collection: &'static str,
        /// Its name.
        index: String,
    },
}

impl Drift {
    /// Whether serving would let through what must be refused: something unique is not.
    pub fn is_fatal(&self) -> bool {
        match self {
            Self::MissingIndex { unique, .. } | Self::OtherIndex { unique, .. } => *unique,
            Self::MissingCollection { .. } => true,
            Self::OtherValidator { .. } | Self::UnknownIndex { .. } => false,
        }
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingCollection { collection } => write!(f, "{collection} is missing"),
            Self::OtherValidator { collection } => write!(f, "{collection} has another validator"),
            Self::MissingIndex { collection, index, .. } => {
                write!(f, "{collection}: index {index} is missing")
            }
            Self::OtherIndex { collection, index, .. } => {
                write!(f, "{collection}: index {index} is another one")
            }
            Self::UnknownIndex { collection, index } => {
                write!(f, "{collection}: index {index} is unknown")
            }
        }
    }
}

impl Mongo {
    /// Every difference between the database and the catalogue.
    pub async fn drift(&self) -> Result<Vec<Drift>, StoreError> {
        let mongo = self.clone();
        detached(async move {
            let stored = mongo.stored_validators().await?;
            let mut drift = Vec::new();
            for collection in collections() {
                match stored.get(collection.name) {
                    None => {
                        drift.push(Drift::MissingCollection { collection: collection.name });
                        continue;
                    }
                    Some(validator) if *validator != (collection.validator)() => {
                        drift.push(Drift::OtherValidator { collection: collection.name });
                    }
                    Some(_) => {}
                }
                let stored = mongo.stored_indexes(collection.name).await?;
                drift.extend(of_indexes(collection, &stored));
            }
            Ok(drift)
        })
        .await
    }

    /// The indexes of a collection, that on `_id` left out.
    pub(super) async fn stored_indexes(&self, collection: &str) -> Result<Vec<Document>, Failure> {
        let list = doc! { "listIndexes": collection };
        let mut cursor = self.database.run_cursor_command(list).await?;
        let mut indexes = Vec::new();
        while cursor.advance().await? {
            let index = Document::try_from(cursor.current())?;
            if index.get_str("name").is_ok_and(|name| name != "_id_") {
                indexes.push(index);
            }
        }
        Ok(indexes)
    }

    /// The validators of the collections that there are.
    async fn stored_validators(&self) -> Result<HashMap<String, Document>, Failure> {
        let mut cursor = self.database.list_collections().await?;
        let mut validators = HashMap::new();
        while cursor.advance().await? {
            let stored = Document::try_from(cursor.current())?;
            let options = stored.get_document("options").ok();
            let validator = options.and_then(|options| options.get_document("validator").ok());
            if let Ok(name) = stored.get_str("name") {
                validators.insert(name.to_owned(), validator.cloned().unwrap_or_default());
            }
        }
        Ok(validators)
    }
}

fn of_indexes(collection: &Collection, stored: &[Document]) -> Vec<Drift> {
    let name = collection.name;
    let mut drift = Vec::new();
    for expected in collection.indexes {
        let (index, unique) = (expected.name, expected.unique);
        let found = stored.iter().find(|stored| stored.get_str("name").is_ok_and(|it| it == index));
        match found {
            None => drift.push(Drift::MissingIndex { collection: name, index, unique }),
            Some(found) if !is_same(expected, found) => {
                drift.push(Drift::OtherIndex { collection: name, index, unique });
            }
            Some(_) => {}
        }
    }
    let is_known = |index: &str| collection.indexes.iter().any(|known| known.name == index);
    let unknown = stored.iter().filter_map(|stored| stored.get_str("name").ok());
    let unknown = unknown.filter(|index| !is_known(index)).map(ToOwned::to_owned);
    drift.extend(unknown.map(|index| Drift::UnknownIndex { collection: name, index }));
    drift
}

/// Whether a stored index is the one of the catalogue, in all that matters.
fn is_same(expected: &Index, stored: &Document) -> bool {
    let same = |option: &str, expected: &Document| match (expected.get(option), stored.get(option))
    {
        (Some(expected), Some(stored)) => equals(expected, stored),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    };
    let expected = expected.specification();
    ["key", "unique", "partialFilterExpression", "expireAfterSeconds", "hidden"]
        .into_iter()
        .all(|option| same(option, &expected))
}

/// Numbers are equal whatever their type: a shell writes 1 as a float.
fn equals(one: &Bson, other: &Bson) -> bool {
    match (one, other) {
        (Bson::Document(one), Bson::Document(other)) => {
            let pairs = one.iter().zip(other);
            one.len() == other.len()
                && pairs
                    .into_iter()
                    .all(|((field, one), (of, other))| field == of && equals(one, other))
        }
        _ => match (number(one), number(other)) {
            (Some(one), Some(other)) => (one - other).abs() < 0.5,
            _ => one == other,
        },
    }
}

fn number(value: &Bson) -> Option<f64> {
    match value {
        Bson::Int32(number) => Some(f64::from(*number)),
        Bson::Int64(number) => i32::try_from(*number).ok().map(f64::from),
        Bson::Double(number) => Some(*number),
        _ => None,
    }
}
