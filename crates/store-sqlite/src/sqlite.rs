//! The store as its users hold it.

use std::path::Path;
use std::sync::Arc;

use gacp_store::StoreError;

use crate::engine::{OpenError, Store};

/// Every store port on one SQLite file; a clone is another handle to the same file.
///
/// When the last handle is dropped, what is queued is still written. [`close`](Self::close) waits
/// for that.
#[derive(Debug, Clone)]
pub struct Sqlite {
    pub(crate) store: Arc<Store>,
}

impl Sqlite {
    /// Opens a file, makes it and its folder if they are not there, and brings its schema up to
    /// date. It blocks: call it before serving.
    ///
    /// Fails with [`OpenError::Newer`] on the file of a newer server, and with
    /// [`OpenError::Sqlite`] when another process holds its write lock for more than 5 s.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        Ok(Self { store: Arc::new(Store::open(path)?) })
    }

    /// Copies the last commit to a new file, which [`open`](Self::open) opens, while reading and
    /// writing go on. The sealed keys go with it, the key that opens them does not.
    ///
    /// Fails with [`StoreError::Unavailable`] when there is a file of that name already.
    pub async fn back_up(&self, to: &Path) -> Result<(), StoreError> {
        self.store.back_up(to).await
    }

    /// Finishes what is queued, empties the write-ahead log into the file, and closes it.
    /// Whatever is asked of any handle afterwards is [`StoreError::Unavailable`].
    pub async fn close(&self) -> Result<(), StoreError> {
        self.store.close().await
    }
}
