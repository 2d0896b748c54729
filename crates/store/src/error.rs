//! Why a store could not do its work.

use thiserror::Error;

/// Any error, as a source.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why a store could not do its work; the same answers from every technology.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Trying again may help: a timeout, a lost connection, a failover.
    #[error("store is unavailable")]
    Unavailable(#[source] BoxError),
    /// Others were in the way each time it was tried; the store itself is well. Trying again may
    /// help.
    #[error("store is contended")]
    Contended(#[source] BoxError),
    /// The store has no room left; reads still work.
    #[error("store is full")]
    Full(#[source] BoxError),
    /// Trying again will not help: a stored record no longer parses.
    #[error("stored record is unreadable")]
    Corrupt(#[source] BoxError),
    /// Another record already holds this value.
    #[error("unique key `{key}` is already taken")]
    Duplicate {
        /// The name of the unique key, as its port documents it.
        key: &'static str,
    },
    /// The record is no longer the one that was read.
    #[error("record changed since it was read")]
    Stale,
}

/// No server could be chosen for a call, as while one is elected: it was sent to none, so nothing
/// came of it. The source of [`StoreError::Unavailable`] where an adapter knows that.
///
/// What takes several calls may have made others before this one: it may be tried again only if
/// all that it does is read.
#[derive(Debug, Error)]
#[error("no server could be chosen")]
pub struct NoServer(#[source] pub BoxError);

impl From<NoServer> for StoreError {
    fn from(error: NoServer) -> Self {
        Self::Unavailable(error.into())
    }
}

impl StoreError {
    /// Whether [`NoServer`] is why the store is unavailable.
    pub fn found_no_server(&self) -> bool {
        matches!(self, Self::Unavailable(source) if source.is::<NoServer>())
    }

    /// The name of the unique key that was taken, if that is what went wrong.
    pub fn duplicate_key(&self) -> Option<&'static str> {
        match self {
            Self::Duplicate { key } => Some(key),
            Self::Unavailable(_)
            | Self::Contended(_)
            | Self::Full(_)
            | Self::Corrupt(_)
            | Self::Stale => None,
        }
    }
}
