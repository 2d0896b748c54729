//! Lets so many in at once, so many wait, and nobody wait for longer than it is worth.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::HashError;

/// How many passwords may be hashed, and may wait for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashLimits {
    /// So many are hashed at once; more than there are cores only makes each slower.
    pub at_once: usize,
    /// So many more may wait. What comes on top is refused at once.
    pub waiting: usize,
    /// For so long. A client that waits longer has given up.
    pub patience: Duration,
}

/// The way to the cores.
pub(crate) struct Gate {
    /// Those inside and those that wait.
    places: Arc<Semaphore>,
    /// Those inside.
    permits: Arc<Semaphore>,
    patience: Duration,
}

/// Being inside; dropping it lets the next one in.
pub(crate) struct Pass {
    _place: OwnedSemaphorePermit,
    _permit: OwnedSemaphorePermit,
}

impl Gate {
    pub(crate) fn new(limits: HashLimits) -> Self {
        let at_once = limits.at_once.clamp(1, Semaphore::MAX_PERMITS);
        let places = at_once.saturating_add(limits.waiting).min(Semaphore::MAX_PERMITS);
        Self {
            places: Arc::new(Semaphore::new(places)),
            permits: Arc::new(Semaphore::new(at_once)),
            patience: limits.patience,
        }
    }

    /// Waits to be let in, first come, first served. Fails with [`HashError::Overloaded`].
    pub(crate) async fn enter(&self) -> Result<Pass, HashError> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_no_place| HashError::Overloaded)?;
        let permit = timeout(self.patience, Arc::clone(&self.permits).acquire_owned()).await;
        let permit = permit.map_err(|_too_late| HashError::Overloaded)?;
        let permit = permit.map_err(|closed| HashError::Failed(Box::new(closed)))?;
        Ok(Pass { _place: place, _permit: permit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(at_once: usize, waiting: usize) -> Arc<Gate> {
        let patience = Duration::from_secs(1);
        Arc::new(Gate::new(HashLimits { at_once, waiting, patience }))
    }

    #[tokio::test(start_paused = true)]
    async fn what_finds_no_place_is_refused_at_once() {
        let gate = gate(1, 1);
        let inside = gate.enter().await.unwrap();
        let waits = tokio::spawn({
            let gate = Arc::clone(&gate);
            async move { gate.enter().await.is_ok() }
        });
        tokio::task::yield_now().await;
        let before = tokio::time::Instant::now();

        let refused = gate.enter().await;

        assert!(matches!(refused, Err(HashError::Overloaded)));
        assert_eq!(before.elapsed(), Duration::ZERO);
        drop(inside);
        assert!(waits.await.unwrap());
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_longer_than_the_patience() {
        let gate = gate(1, 1);
        let inside = gate.enter().await.unwrap();
        let before = tokio::time::Instant::now();

        let refused = gate.enter().await;

        assert!(matches!(refused, Err(HashError::Overloaded)));
        assert_eq!(before.elapsed(), Duration::from_secs(1));
        drop(inside);
        assert!(gate.enter().await.is_ok(), "whoever gave up keeps no place");
    }
}
