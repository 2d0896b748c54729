//! Optimistic concurrency: which state of a record was meant.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The number of a record's state, from 1 up; every change takes the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(u64);

impl Revision {
    /// The state in which a record is made.
    pub const FIRST: Self = Self(1);

    /// The state after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The state before this one: what a changed record must find in its store.
    #[must_use]
    pub fn previous(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    /// The number as clients see it.
    pub fn get(self) -> u64 {
        self.0
    }
}

impl From<u64> for Revision {
    fn from(number: u64) -> Self {
        Self(number)
    }
}

/// What a client said of the state that it means to change (`If-Match`, RFC 9110 §13.1.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// Nothing was said.
    Unsaid,
    /// Whatever it is now (`*`).
    Any,
    /// One of these; none at all when what was said names no state that could exist.
    OneOf(Vec<Revision>),
}

/// Why a change was not attempted on the record as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Precondition {
    /// The client must say which state it means.
    #[error("the state that is meant was not said")]
    Required,
    /// The record is in another state by now.
    #[error("the record is in another state by now")]
    Stale,
}

impl Expected {
    /// Holds against a record. Fails with [`Precondition::Required`] when nothing was said.
    pub fn check(&self, current: Revision) -> Result<(), Precondition> {
        match self {
            Self::Unsaid => Err(Precondition::Required),
            said => said.check_if_said(current),
        }
    }

    /// Like [`check`](Self::check), for calls on which saying nothing is allowed.
    pub fn check_if_said(&self, current: Revision) -> Result<(), Precondition> {
        match self {
            Self::Unsaid | Self::Any => Ok(()),
            Self::OneOf(revisions) if revisions.contains(&current) => Ok(()),
            Self::OneOf(_) => Err(Precondition::Stale),
        }
    }
}
