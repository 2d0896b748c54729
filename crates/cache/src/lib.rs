//! A response cache that cannot serve what a write has made wrong.
//!
//! Replies are kept as they go out, under a [`Key`] that says what they answer and to whom they
//! may be given. Each has [`Tags`]: what it is made of. A write says which tags it changes, before
//! and after, and from the moment on at which it is acknowledged nobody is given what was loaded
//! before it: in this process or another, however loads, writes and invalidations interleave.
//!
//! | | |
//! |---|---|
//! | [`Cache`] | the port: entries that are valid while the epochs of their tags are what they were |
//! | [`InProcess`], [`Nothing`] | adapters; `gacp-cache-redis` has one for several processes |
//! | [`Guarded`] | a cache behind a circuit breaker |
//! | [`ReadThrough`] | a reply, from the cache or from a load that all share who ask at the moment |
//! | [`Writes`] | what a write does before and after |
//! | [`Policy`] | for how long replies are good, and what may be done with them after that |
//! | [`Observer`], [`Counters`] | what happens, for metrics |
//!
//! It knows no HTTP library and no driver. Who may read what is decided before the cache is asked:
//! the key says for whom a reply was made, and that is all the protection there is.
//!
//! ```
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use gacp_cache::{
//!     Counters, Entry, How, InProcess, Key, Loaded, Policy, ReadThrough, Scope, Tag, Tags, Writes,
//! };
//!
//! /// What is made for each request that is not served from the cache.
//! async fn farm() -> Loaded<&'static str> {
//!     match Entry::new(200, "application/json", "\"1\"", r#"{"name":"Baan Suan"}"#) {
//!         Ok(entry) => Loaded::Keep(entry),
//!         Err(_) => Loaded::Failed("too large"),
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), gacp_cache::Aborted> {
//! let (cache, seen) = (Arc::new(InProcess::of_bytes(32 << 20)), Arc::new(Counters::default()));
//! let replies = ReadThrough::new(cache.clone(), seen.clone(), 1_024);
//! let writes = Writes::new(cache, seen, Duration::from_secs(30));
//! let policy = Policy::fresh_for(Duration::from_secs(300));
//!
//! let key = Key::of("/farms/{id}", "GET", Scope::User("somying")).path("id", "7").key();
//! let tags = Tags::of([Tag::of("farm", "7"), Tag::of("user", "somying")]);
//!
//! assert_eq!(replies.serve(key, &tags, &policy, farm).await?.how, How::Miss);
//! assert_eq!(replies.serve(key, &tags, &policy, farm).await?.how, How::Hit);
//!
//! let write = writes.begin(Tags::of([Tag::of("farm", "7")])).await;
//! // … the farm is written …
//! write.settle().await;
//! // … and now the write is acknowledged.
//! assert_eq!(replies.serve(key, &tags, &policy, farm).await?.how, How::Miss);
//! # Ok(())
//! # }
//! ```
//!
//! # Why nothing stale is served
//!
//! An entry carries the epochs that its tags had before its load began; an invalidation gives a tag
//! one that was never used before. If they match when an entry is looked up, no invalidation came
//! between, so every write that was acknowledged before the lookup was acknowledged before the
//! load, which has read it. Epochs are nonces, not counters: a tag that is lost is a miss, never an
//! old number again.
//!
//! A load reads from where writes go, and sees what has been written there: a replica that lags
//! behind has to be told apart by whoever reads from it.
//!
//! The mark before a write is for the writer that dies between its write and its invalidation, and
//! for the one that cannot reach the cache any more: until the mark ends, readers find nothing.
#![deny(clippy::future_not_send)]

#[cfg(feature = "contract")]
pub mod contract;
mod digest;
mod entry;
mod event;
mod guarded;
mod in_process;
mod invalidations;
mod key;
mod nothing;
mod policy;
mod ports;
mod random;
mod read_through;
mod tag;
mod writes;

pub use entry::{Entry, EntryError};
pub use event::{Counters, Event, Observer};
pub use guarded::Guarded;
pub use in_process::InProcess;
pub use invalidations::{Announcer, Invalidated, Invalidations};
pub use key::{Key, KeyParts, Scope, UnknownParameter};
pub use nothing::Nothing;
pub use policy::{Life, Policy};
pub use ports::{
    Begun, Cache, Committed, Consistency, Doubt, Epochs, Fill, Found, LEASE, Lookup, Unavailable,
};
pub use read_through::{Aborted, How, Loaded, Looked, ReadThrough, Reply, Served};
pub use tag::{Tag, Tags, TooManyTags};
pub use writes::{Pending, Writes};
