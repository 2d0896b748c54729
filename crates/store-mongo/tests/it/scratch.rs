//! Stores on databases that go when their test ends.

use std::cell::RefCell;
use std::thread;

use gacp_keys::random_bytes;
use gacp_store_mongo::{Drift, Mongo};
use mongodb::bson::Document;
use mongodb::options::ClientOptions;
use mongodb::{Client, Collection, Database};

thread_local! {
    /// The databases of the test that runs on this thread.
    static DATABASES: RefCell<Databases> = const { RefCell::new(Databases(Vec::new())) };
}

/// Removed when the thread of their test ends, whatever became of the test.
struct Databases(Vec<String>);

impl Drop for Databases {
    fn drop(&mut self) {
        let names = std::mem::take(&mut self.0);
        // A thread of its own: this one can start no runtime any more.
        let removal = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async {
                for name in names {
                    // What cannot be removed goes with its server.
                    let _left = database(&name).await.drop().await;
                }
            });
        });
        removal.join().unwrap();
    }
}

/// A store on an empty database, and the database as anybody else can open it.
pub(crate) struct Scratch {
    pub(crate) store: Mongo,
    pub(crate) database: Database,
}

impl Scratch {
    /// On a database that is in line with the catalogue.
    pub(crate) async fn new() -> Self {
        let scratch = Self::bare().await;
        let drift = scratch.store.prepare().await.unwrap();
        assert_eq!(drift, Vec::<Drift>::new());
        scratch
    }

    /// On a database that does not exist yet.
    pub(crate) async fn bare() -> Self {
        let name = format!("gacp_test_{:016x}", u64::from_be_bytes(random_bytes().unwrap()));
        let store = Mongo::connect(&uri(), &name).await.unwrap();
        DATABASES.with_borrow_mut(|databases| databases.0.push(name.clone()));
        Self { store, database: database(&name).await }
    }

    pub(crate) fn collection(&self, name: &str) -> Collection<Document> {
        self.database.collection(name)
    }
}

/// A fresh store.
pub(crate) async fn fresh() -> Mongo {
    Scratch::new().await.store
}

/// Where the replica set is.
#[expect(clippy::disallowed_methods, reason = "the harness alone is told where its server is")]
pub(crate) fn uri() -> String {
    std::env::var("MONGODB_URI").unwrap_or_else(|_unset| {
        panic!("MONGODB_URI is not set: run `cargo xtask test`, or `cargo xtask services up` first")
    })
}

async fn database(name: &str) -> Database {
    let options = ClientOptions::parse(uri()).await.unwrap();
    Client::with_options(options).unwrap().database(name)
}
