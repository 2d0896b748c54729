//! Stores on files that go when their test ends.

use std::path::PathBuf;

use gacp_store_sqlite::Sqlite;
use tempfile::TempDir;

/// A folder with the path of a store in it.
pub(crate) struct Scratch {
    _folder: TempDir,
    pub(crate) path: PathBuf,
}

impl Scratch {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("data").join("gacp.sqlite");
        Self { _folder: folder, path }
    }

    pub(crate) fn open(&self) -> Sqlite {
        Sqlite::open(&self.path).unwrap()
    }
}

/// A fresh store. Its open files outlive the folder, which goes at once.
pub(crate) fn fresh() -> Sqlite {
    Scratch::new().open()
}
