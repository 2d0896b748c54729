//! What is invalidated, as it happens.

use std::future::pending;

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::Tags;

/// So many are kept for a subscriber that is behind.
const KEPT: usize = 1_024;

/// What was made invalid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invalidated {
    /// Every entry with one of these tags.
    Tags(Tags),
    /// It is not known what: the subscriber was too slow, or the connection was lost. Anything may
    /// be invalid.
    Unknown,
}

/// Invalidations, one after the other.
#[derive(Debug)]
pub struct Invalidations(Option<broadcast::Receiver<Invalidated>>);

impl Invalidations {
    /// None, ever: there is nothing that could be invalid.
    pub fn none() -> Self {
        Self(None)
    }

    /// Waits for the next. Ends with nothing when the cache is gone.
    pub async fn next(&mut self) -> Option<Invalidated> {
        let Some(receiver) = &mut self.0 else { return pending().await };
        match receiver.recv().await {
            Ok(invalidated) => Some(invalidated),
            Err(RecvError::Lagged(_)) => Some(Invalidated::Unknown),
            Err(RecvError::Closed) => None,
        }
    }
}

/// Tells subscribers; keeps a bounded number of invalidations for those that are behind.
#[derive(Debug, Clone)]
pub struct Announcer(broadcast::Sender<Invalidated>);

impl Announcer {
    /// One that nobody listens to yet.
    pub fn new() -> Self {
        Self(broadcast::channel(KEPT).0)
    }

    /// Tells all that listen.
    pub fn announce(&self, invalidated: Invalidated) {
        // It fails when nobody listens.
        let _ = self.0.send(invalidated);
    }

    /// What is announced from now on.
    pub fn subscribe(&self) -> Invalidations {
        Invalidations(Some(self.0.subscribe()))
    }
}

impl Default for Announcer {
    fn default() -> Self {
        Self::new()
    }
}
