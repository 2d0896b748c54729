//! Connections that only read. Each sees the last commit, and none waits for the writer.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gacp_resilience::carry;
use gacp_store::StoreError;
use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task;

use super::errors::{Failure, Unanswered};

/// A fixed number of connections, each used by one reader at a time.
#[derive(Debug)]
pub(super) struct Readers {
    idle: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
    size: u32,
}

/// A connection on loan; it comes back when this is dropped, after a panic too.
struct Loan {
    connection: Option<Connection>,
    idle: Arc<Mutex<Vec<Connection>>>,
    // Dropped last: whoever gets it finds the connection back in its place.
    _permit: OwnedSemaphorePermit,
}

impl Readers {
    /// Readers on these connections.
    pub(super) fn new(connections: Vec<Connection>) -> Self {
        let size = connections.len();
        Self {
            idle: Arc::new(Mutex::new(connections)),
            permits: Arc::new(Semaphore::new(size)),
            size: u32::try_from(size).unwrap_or(u32::MAX),
        }
    }

    /// Reads on a thread that may block. All of the work sees one state of the store.
    pub(super) async fn run<T, W>(&self, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    {
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        let permit = permit.map_err(|_closed| Unanswered::Closed)?;
        let loan = Loan {
            connection: locked(&self.idle).pop(),
            idle: Arc::clone(&self.idle),
            _permit: permit,
        };
        let held = carry::held();
        let done = task::spawn_blocking(move || {
            let done = match &loan.connection {
                Some(connection) => work(connection).map_err(StoreError::from),
                None => Err(Unanswered::Closed.into()),
            };
            drop(held);
            done
        });
        match done.await {
            Ok(result) => result,
            Err(stopped) => Err(StoreError::Unavailable(stopped.into())),
        }
    }

    /// Waits for the running readers, refuses later ones, and closes the connections.
    pub(super) async fn close(&self) {
        if let Ok(_all) = self.permits.acquire_many(self.size).await {
            self.permits.close();
            locked(&self.idle).clear();
        }
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        locked(&self.idle).extend(self.connection.take());
    }
}

fn locked(idle: &Mutex<Vec<Connection>>) -> MutexGuard<'_, Vec<Connection>> {
    // Under the lock a connection is only pushed or popped: nothing is left half done.
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}
