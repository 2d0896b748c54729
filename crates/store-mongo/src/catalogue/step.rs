//! What brings a database in line with the catalogue, step by step.

use std::fmt;

use gacp_store::StoreError;

use super::{Collection, Drift, Index, collections};
use crate::Mongo;

/// One step towards the catalogue.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    /// Make a collection, with its validator and its indexes.
    Create(&'static Collection),
    /// Set a collection's validator.
    Validate(&'static Collection),
    /// Build an index beside what goes on, hidden from queries until it is whole.
    Build(&'static Collection, &'static Index),
    /// Show queries an index that was hidden from them, or whose building was broken off.
    Unhide(&'static Collection, &'static Index),
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create(Collection { name, indexes, .. }) => {
                write!(f, "create {name} (indexes: {})", indexes.len())
            }
            Self::Validate(collection) => write!(f, "set the validator of {}", collection.name),
            Self::Build(collection, index) => {
                write!(f, "build {} on {}", index.name, collection.name)
            }
            Self::Unhide(collection, index) => {
                write!(f, "unhide {} of {}", index.name, collection.name)
            }
        }
    }
}

impl Step {
    /// What does away with a difference; nothing when that is for somebody to decide who knows
    /// why it is there: an index that is another one or that nobody asked for.
    fn against(drift: &Drift) -> Option<Self> {
        match drift {
            Drift::MissingCollection { collection } => Some(Self::Create(of(collection)?)),
            Drift::OtherValidator { collection } => Some(Self::Validate(of(collection)?)),
            Drift::MissingIndex { collection, index, .. } => {
                let collection = of(collection)?;
                Some(Self::Build(collection, collection.index(index)?))
            }
            Drift::HiddenIndex { collection, index } => {
                let collection = of(collection)?;
                Some(Self::Unhide(collection, collection.index(index)?))
            }
            Drift::OtherIndex { .. } | Drift::UnknownIndex { .. } => None,
        }
    }
}

impl Mongo {
    /// What [`apply`](Self::apply) would do now.
    pub async fn plan(&self) -> Result<Vec<Step>, StoreError> {
        Ok(self.drift().await?.iter().filter_map(Step::against).collect())
    }
}

fn of(collection: &str) -> Option<&'static Collection> {
    collections().iter().find(|one| one.name == collection)
}
