//! Who sees what the driver's pool of connections does: for metrics.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use mongodb::event::EventHandler;
use mongodb::event::cmap::CmapEvent;

/// What happened to a pool of connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoolEvent {
    /// A connection was added; nobody uses it yet.
    Opened,
    /// A connection that nobody used was removed.
    Closed,
    /// Somebody got a connection, after so long.
    CheckedOut(Duration),
    /// He gave it back.
    CheckedIn,
    /// Somebody got none, after so long.
    Failed(Duration),
}

/// Sees it as it happens, for each server of a deployment alike. It is called in the middle of
/// things and must return quickly.
pub trait PoolObserver: Send + Sync + fmt::Debug {
    /// Something happened.
    fn happened(&self, event: PoolEvent);
}

/// The driver's events as the observer knows them.
pub(crate) fn handler(observer: Arc<dyn PoolObserver>) -> EventHandler<CmapEvent> {
    EventHandler::callback(move |event| {
        let event = match event {
            CmapEvent::ConnectionCreated(_) => PoolEvent::Opened,
            CmapEvent::ConnectionClosed(_) => PoolEvent::Closed,
            CmapEvent::ConnectionCheckedOut(out) => PoolEvent::CheckedOut(out.duration),
            CmapEvent::ConnectionCheckedIn(_) => PoolEvent::CheckedIn,
            CmapEvent::ConnectionCheckoutFailed(failed) => PoolEvent::Failed(failed.duration),
            _ => return,
        };
        observer.happened(event);
    })
}
