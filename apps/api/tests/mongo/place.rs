//! Where a test's server keeps its data: a database of its own, which goes when the test ends.

use std::path::Path;
use std::thread;

use gacp_api::Config;
use gacp_api::config::Store;
use gacp_store_mongo::Mongo;
use tempfile::TempDir;

use crate::shared_limits::redis;

/// What a server there needs in order to keep replies: a Redis, through which servers tell each
/// other what they write.
pub(crate) fn keeping(config: &mut Config) {
    config.redis_url = Some(redis().into());
}

pub(crate) struct Place {
    folder: TempDir,
    database: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("").rand_bytes(16).tempdir().unwrap();
        let name = folder.path().file_name().unwrap().to_str().unwrap();
        let database = format!("gacp_api_{name}");
        Self { folder, database }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The configuration of a server in this process.
    pub(crate) fn config(&self) -> Config {
        let store = Store::Mongo { uri: uri().into(), database: self.database.clone() };
        Config { store, ..Config::for_tests(self.path()) }
    }

    /// Everything that a server wrote there, once it has ended.
    pub(crate) async fn contents(&self) -> Vec<u8> {
        let store = Mongo::connect(&uri(), &self.database).await.unwrap();
        store.dump().await.unwrap().join("\n").into_bytes()
    }

    /// What a server process is told of its store.
    pub(crate) fn variables(&self) -> [(&'static str, String); 3] {
        let folder = self.path().to_str().unwrap().to_owned();
        let database = self.database.clone();
        [("GACP_DATA_DIR", folder), ("MONGODB_URI", uri()), ("MONGODB_DATABASE", database)]
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let database = self.database.clone();
        // A thread of its own: the test's runtime may be in its last moments.
        let removal = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async {
                let store = Mongo::connect(&uri(), &database).await.unwrap();
                store.drop_database().await.unwrap();
            });
        });
        removal.join().unwrap();
    }
}

#[expect(clippy::disallowed_methods, reason = "the harness alone is told where its server is")]
fn uri() -> String {
    std::env::var("MONGODB_URI").unwrap_or_else(|_unset| {
        panic!("MONGODB_URI is not set: run `cargo xtask test`, or `cargo xtask services up` first")
    })
}
