//! What others write, beside this process: what is kept of it here is invalid.
//!
//! Servers tell each other through the cache that they share, before they acknowledge a write. This
//! is for writes that could not be told, and for whoever writes without a cache: seconds, not
//! milliseconds.

use std::time::Duration;

use gacp_cache::{Tags, Writes};
use gacp_store_invalidating::tags;
use gacp_store_mongo::{Changed, Mongo, Watcher};
use gacp_store_sqlite::Sqlite;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

/// How often a file is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Somebody who watches; dropped, he does so no longer.
#[derive(Debug)]
pub(crate) enum Watched {
    /// A file is looked at again and again.
    File(JoinHandle<()>),
    /// A database tells.
    Database {
        /// For as long as this is held.
        _watcher: Watcher,
    },
}

impl Drop for Watched {
    fn drop(&mut self) {
        if let Self::File(looking) = self {
            looking.abort();
        }
    }
}

/// Another process, such as a command of an operator, may write to the same file.
pub(super) fn of_file(store: Sqlite, writes: Writes) -> Watched {
    Watched::File(tokio::spawn(async move {
        let mut before = None;
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            // A file that is out is looked at again.
            let Ok(now) = store.writes_of_others().await else { continue };
            if before.replace(now).is_some_and(|before| before != now) {
                writes.invalidate(&Tags::everything()).await;
            }
        }
    }))
}

pub(super) fn of_database(store: &Mongo, writes: Writes) -> Watched {
    let watcher = store.watch(move |changed| {
        let writes = writes.clone();
        async move {
            writes.invalidate(&wrong(changed)).await;
        }
    });
    Watched::Database { _watcher: watcher }
}

/// What a change makes wrong.
fn wrong(changed: Changed) -> Tags {
    match changed {
        Changed::Account(id) => Tags::of([tags::account(id)]),
        Changed::Session(id) => Tags::of([tags::session(id)]),
        Changed::Farm(id, owner) => tags::writing_farm(id, owner),
        Changed::Application(id, owner) => tags::writing_application(id, owner),
        Changed::Certificate(number) => Tags::of([tags::certificate(&number)]),
        Changed::Anything => Tags::everything(),
    }
}
