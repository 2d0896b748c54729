//! Every store port of the platform on a MongoDB replica set (6.0 or newer).
//!
//! [`Mongo`] implements the ports of `gacp-store`, `gacp-keys`, `gacp-auth`, `gacp-farms` and
//! `gacp-certifications`. A change, its history and its receipt are one transaction, so a
//! standalone server is refused. A record is stored as `doc`, the entity as its crate writes it,
//! with what is searched and sorted by beside it; what must be unique is a unique index.
//!
//! [`collections`] is the catalogue: collections, validators and indexes. [`queries`] names every
//! query with the index that it is meant to walk. [`Mongo::apply`] brings a database in line with
//! the catalogue, [`Mongo::drift`] says where it is not.
//!
//! ```no_run
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! use gacp_store::ReceiptStore;
//! use gacp_store_mongo::Mongo;
//!
//! let store = Mongo::connect("mongodb://localhost:27017/?replicaSet=rs0", "gacp").await?;
//! let drift = store.prepare().await?;
//! assert!(!drift.iter().any(|drift| drift.is_fatal()));
//! store.prune(jiff::Timestamp::UNIX_EPOCH).await?;
//! # Ok::<(), Box<dyn std::error::Error>>(()) })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![deny(clippy::future_not_send)]

mod accounts;
#[cfg(feature = "advisor")]
mod advisor;
mod applications;
mod catalogue;
mod certificates;
mod changes;
mod connect;
mod document;
mod errors;
mod events;
mod farms;
mod guesses;
mod history;
mod keys;
mod listing;
mod mongo;
mod numbers;
mod obligations;
mod pool;
mod reading;
mod receipts;
mod sessions;
mod transaction;
mod validators;

#[cfg(feature = "advisor")]
pub use advisor::{Explanation, Fault, Filling, Without};
pub use catalogue::{Applying, Collection, Drift, Index, Key, Query, Step, collections, queries};
pub use changes::{Changed, Watcher};
pub use connect::ConnectError;
pub use mongo::Mongo;
pub use pool::{PoolEvent, PoolObserver};
