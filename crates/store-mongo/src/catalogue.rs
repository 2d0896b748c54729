//! The catalogue: every collection with its validator, its indexes and how it is spread over
//! shards, and every query with the index that it is meant to walk.

use std::time::Duration;

use mongodb::bson::{Bson, Document, doc};

use crate::listing::Lists;
use crate::{
    accounts, applications, certificates, events, farms, guesses, history, keys, numbers,
    obligations, receipts, sessions,
};

mod apply;
mod drift;
mod step;
mod table;
#[cfg(test)]
mod tests;

pub use apply::Applying;
pub use drift::Drift;
pub use step::Step;
pub use table::collections;

/// A collection as it must be.
#[derive(Debug, Clone, Copy)]
pub struct Collection {
    /// Its name.
    pub name: &'static str,
    /// How it is spread over the shards of a cluster; nothing when it stays on one.
    pub shard_key: Option<(&'static str, Key)>,
    /// Its indexes beside the one on `_id`.
    pub indexes: &'static [Index],
    /// What a document must be like to be written.
    pub validator: fn() -> Document,
}

/// An index as it must be.
#[derive(Debug, Clone, Copy)]
pub struct Index {
    /// Its name; errors about taken keys are told apart by it.
    pub name: &'static str,
    /// Its fields, in their order.
    pub keys: &'static [(&'static str, Key)],
    /// Whether no two documents may agree in all of them.
    pub unique: bool,
    /// Which documents it holds, if not all.
    pub only: Option<Only>,
    /// After how long it removes documents, counted from its field.
    pub forgets_after: Option<Duration>,
}

/// How an index holds a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// Ascending.
    Up,
    /// Descending.
    Down,
    /// On the sphere.
    Sphere,
    /// By its hash; for shards.
    Hashed,
}

/// Which documents a partial index holds.
#[derive(Debug, Clone, Copy)]
pub enum Only {
    /// Those with this field.
    With(&'static str),
    /// Those with this value in this field.
    Where(&'static str, bool),
}

/// A query by name, and the index that it is meant to walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Query {
    /// What it is for.
    pub name: &'static str,
    /// What it reads or changes.
    pub collection: &'static str,
    /// The index; `_id_` is the one that every collection has.
    pub index: &'static str,
}

impl Collection {
    /// Its index of this name.
    pub fn index(&self, name: &str) -> Option<&'static Index> {
        self.indexes.iter().find(|index| index.name == name)
    }
}

impl Index {
    const fn on(name: &'static str, keys: &'static [(&'static str, Key)]) -> Self {
        Self { name, keys, unique: false, only: None, forgets_after: None }
    }

    const fn unique(self) -> Self {
        Self { unique: true, ..self }
    }

    const fn only(self, only: Only) -> Self {
        Self { only: Some(only), ..self }
    }

    const fn forgets_after(self, age: Duration) -> Self {
        Self { forgets_after: Some(age), ..self }
    }

    /// The index as `createIndexes` takes it and `listIndexes` tells it.
    pub fn specification(&self) -> Document {
        let keys = self.keys.iter().map(|(field, key)| ((*field).to_owned(), key.value()));
        let keys: Document = keys.collect();
        let mut specification = doc! { "name": self.name, "key": keys };
        if self.unique {
            specification.insert("unique", true);
        }
        if let Some(only) = self.only {
            specification.insert("partialFilterExpression", only.filter());
        }
        if let Some(age) = self.forgets_after {
            let seconds = i64::try_from(age.as_secs()).unwrap_or(i64::MAX);
            specification.insert("expireAfterSeconds", seconds);
        }
        specification
    }
}

impl Key {
    /// The key as MongoDB writes it.
    fn value(self) -> Bson {
        match self {
            Self::Up => 1.into(),
            Self::Down => (-1).into(),
            Self::Sphere => "2dsphere".into(),
            Self::Hashed => "hashed".into(),
        }
    }
}

impl Only {
    fn filter(self) -> Document {
        match self {
            Self::With(field) => doc! { field: { "$exists": true } },
            Self::Where(field, value) => doc! { field: value },
        }
    }
}

/// Every query of the store.
pub fn queries() -> Vec<Query> {
    let lists =
        [&accounts::LISTS, &farms::LISTS, &applications::LISTS, &certificates::LISTS].into_iter();
    let mut queries = vec![
        accounts::BY_ID,
        accounts::BY_EMAIL,
        accounts::BY_NATIONAL_ID,
        accounts::PHONE_TAKEN,
        guesses::BY_KEY,
        guesses::BY_AGE,
        guesses::FORGOTTEN,
        events::ALL,
        events::OF_ACCOUNT,
        events::LOGINS_OF_ACCOUNT,
        events::OLD,
        sessions::BY_ID,
        sessions::LIVE,
        sessions::ALL_LIVE,
        sessions::BY_END,
        sessions::STANDING,
        farms::BY_ID,
        farms::NAME_TAKEN,
        farms::places::OF_FARM,
        farms::places::MEETING,
        farms::search::IN_BOX,
        farms::search::BY_IDS,
        applications::BY_ID,
        applications::PAST_DEADLINE,
        applications::LIVE_TAKEN,
        applications::NUMBER_TAKEN,
        applications::PAYMENT,
        applications::BOOKED,
        applications::SLOT_TAKEN,
        certificates::BY_NUMBER,
        obligations::LIVE_APPLICATION,
        obligations::VALID_CERTIFICATE,
        history::OF_SUBJECT,
        history::ALL,
        history::BY_ACTOR,
        history::NOTES_OF,
        receipts::BY_KEY,
        receipts::BY_AGE,
        receipts::FORGOTTEN,
        keys::OLDEST_FIRST,
        keys::FIRST_OF_PURPOSE,
        keys::FIRST_BY_NAME,
        keys::FOLLOWER,
        numbers::OF_SERIES,
    ];
    queries.extend(lists.flat_map(Lists::queries));
    queries
}
