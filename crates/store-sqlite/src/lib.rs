//! Every store port of the platform on one SQLite file.
//!
//! [`Sqlite`] implements the ports of `gacp-store`, `gacp-keys`, `gacp-auth`, `gacp-farms` and
//! `gacp-certifications`. One thread writes, in transactions that wait for the disk and that
//! small changes share; a few connections read meanwhile. A record is a JSON document with the
//! columns that are searched and sorted by beside it; what must be unique is a unique index.
//!
//! It is made for one server. Several processes may open one file on a local disk (they wait for
//! each other's transactions), never over a network file system.
//!
//! ```
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("gacp.sqlite");
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! use gacp_store::ReceiptStore;
//! use gacp_store_sqlite::Sqlite;
//!
//! let store = Sqlite::open(&path)?;
//! assert_eq!(store.prune(jiff::Timestamp::UNIX_EPOCH).await?, 0);
//! store.close().await?;
//! # Ok::<(), Box<dyn std::error::Error>>(()) })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![deny(clippy::future_not_send)]

mod accounts;
mod applications;
mod certificates;
mod changes;
mod document;
mod engine;
mod events;
mod farms;
mod guesses;
mod history;
mod keys;
mod listing;
mod numbers;
mod obligations;
#[cfg(test)]
mod plans;
mod pruning;
mod receipts;
mod sessions;
mod sqlite;

pub use engine::OpenError;
pub use sqlite::Sqlite;
