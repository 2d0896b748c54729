//! Where a database differs from the catalogue.

use std::collections::HashMap;
use std::fmt;

use gacp_store::StoreError;
use mongodb::bson::{Bson, Document, doc};

use super::{Collection, Index, collections};
use crate::Mongo;
use crate::errors::Failure;

/// Documents that broke the rules before can still be changed: an illegible session must not be
/// one that cannot be ended.
pub(super) const VALIDATION_LEVEL: &str = "moderate";

/// What breaks the rules is not written.
pub(super) const VALIDATION_ACTION: &str = "error";

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
    /// An index is hidden from queries; it keeps unique what it must all the same.
    HiddenIndex {
        /// Where.
        collection: &'static str,
        /// Which one.
        index: &'static str,
    },
    /// An index has this name and is another one.
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
            Self::OtherValidator { .. } | Self::HiddenIndex { .. } | Self::UnknownIndex { .. } => {
                false
            }
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
            Self::HiddenIndex { collection, index } => {
                write!(f, "{collection}: index {index} is hidden")
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
        self.detached(async move {
            let stored = mongo.stored_options().await?;
            let mut drift = Vec::new();
            for collection in collections() {
                match stored.get(collection.name) {
                    None => {
                        drift.push(Drift::MissingCollection { collection: collection.name });
                        continue;
                    }
                    Some(validation) if !is_enforced(collection, validation) => {
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

    /// The options of the collections that there are.
    async fn stored_options(&self) -> Result<HashMap<String, Document>, Failure> {
        let mut cursor = self.database.list_collections().await?;
        let mut options = HashMap::new();
        while cursor.advance().await? {
            let stored = Document::try_from(cursor.current())?;
            if let Ok(name) = stored.get_str("name") {
                let found = stored.get_document("options").ok().cloned();
                options.insert(name.to_owned(), found.unwrap_or_default());
            }
        }
        Ok(options)
    }
}

/// Whether a collection with these options refuses what it must.
fn is_enforced(collection: &Collection, options: &Document) -> bool {
    options.get_document("validator").is_ok_and(|stored| *stored == (collection.validator)())
        && options.get_str("validationLevel").is_ok_and(|level| level == VALIDATION_LEVEL)
        && options.get_str("validationAction").is_ok_and(|action| action == VALIDATION_ACTION)
}

fn of_indexes(collection: &Collection, stored: &[Document]) -> Vec<Drift> {
    let name = collection.name;
    let mut drift = Vec::new();
    for expected in collection.indexes {
        let (index, unique) = (expected.name, expected.unique);
        let found = stored.iter().find(|stored| stored.get_str("name").is_ok_and(|it| it == index));
        match found {
            None => drift.push(Drift::MissingIndex { collection: name, index, unique }),
            Some(found) if !expected.is_kept_in(found) => {
                drift.push(Drift::OtherIndex { collection: name, index, unique });
            }
            Some(found) if is_hidden(found) => {
                drift.push(Drift::HiddenIndex { collection: name, index });
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

impl Index {
    /// Whether a stored index is this one, in all that decides what it holds.
    pub(super) fn is_kept_in(&self, stored: &Document) -> bool {
        let expected = self.specification();
        let same = |option: &str| match (expected.get(option), stored.get(option)) {
            (Some(expected), Some(stored)) => equals(expected, stored),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        ["name", "key", "unique", "partialFilterExpression", "expireAfterSeconds"]
            .into_iter()
            .all(same)
    }
}

fn is_hidden(stored: &Document) -> bool {
    stored.get_bool("hidden").unwrap_or(false)
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
