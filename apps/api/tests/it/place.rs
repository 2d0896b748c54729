//! Where a test's server keeps its data: a folder with a SQLite file.

use std::path::Path;

use gacp_api::Config;
use tempfile::TempDir;

/// What a server there needs in order to keep replies: nothing.
pub(crate) fn keeping(_: &mut Config) {}

pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The configuration of a server in this process.
    pub(crate) fn config(&self) -> Config {
        Config::for_tests(self.path())
    }

    /// Everything that a server wrote there, once it has ended.
    #[expect(clippy::unused_async, reason = "another kind of place has to ask for it")]
    pub(crate) async fn contents(&self) -> Vec<u8> {
        let files = std::fs::read_dir(self.path()).unwrap().map(|file| file.unwrap().path());
        files.filter(|file| file.is_file()).flat_map(|file| std::fs::read(file).unwrap()).collect()
    }

    /// What a server process is told of its store.
    pub(crate) fn variables(&self) -> [(&'static str, String); 1] {
        [("GACP_DATA_DIR", self.path().to_str().unwrap().to_owned())]
    }
}
