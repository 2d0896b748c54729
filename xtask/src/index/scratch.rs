//! The database that queries are explained on: one that is in use, or one that is made for it.

use std::process;

use anyhow::{Context, Result};
use gacp_store_mongo::Mongo;
use jiff::Timestamp;

use super::progress::Progress;

/// A database to ask.
pub(super) struct Asked {
    pub(super) store: Mongo,
    /// Whether it was made for this, and goes with it.
    pub(super) made: bool,
}

impl Asked {
    /// The named database; when that is empty, one of its own, to be filled.
    pub(super) async fn open(uri: &str, database: &str) -> Result<Self> {
        let store = Mongo::connect(uri, database).await.context("MongoDB cannot be used")?;
        if !store.is_empty().await? {
            return Ok(Self { store, made: false });
        }
        let own = format!("{database}_explain_{}", process::id());
        println!("{database} is empty: documents are made for this in {own}");
        let store = Mongo::connect(uri, &own).await.context("MongoDB cannot be used")?;
        Ok(Self { store, made: true })
    }

    /// Makes so many documents in each collection, if the database was made for this.
    #[expect(clippy::disallowed_methods, reason = "made documents have the age of this run")]
    pub(super) async fn fill(&self, documents: u32) -> Result<()> {
        if !self.made {
            return Ok(());
        }
        self.store.apply(|_applying| ()).await?;
        let progress = Progress::new();
        let watch = |filling| progress.filling(filling);
        self.store.fill(documents, Timestamp::now(), watch).await?;
        println!("{documents} documents per collection, and a handful where there is only that");
        Ok(())
    }

    /// Removes what was made.
    pub(super) async fn close(self) -> Result<()> {
        if self.made {
            self.store.drop_database().await?;
        }
        Ok(())
    }
}
