//! Every store port around another: one place that sees each call.
//!
//! A [`Guarded`] store is a store. Each of its calls goes through a [`Guard`], which may measure
//! it, refuse it or give it up, and knows which [`Operation`] it is; what the call answers is for
//! the store inside. Those that only read a guard may make more than once. Guards are written once
//! and serve every port.
//!
//! ```
//! use std::sync::atomic::{AtomicU32, Ordering};
//! use gacp_keys::{KeyStore, MemoryKeys};
//! use gacp_store::StoreError;
//! use gacp_store_guarded::{Guard, Guarded, Operation};
//!
//! #[derive(Default)]
//! struct Counts(AtomicU32);
//!
//! impl Guard for Counts {
//!     async fn call<T: Send>(
//!         &self,
//!         _: Operation,
//!         call: impl Future<Output = Result<T, StoreError>> + Send,
//!     ) -> Result<T, StoreError> {
//!         self.0.fetch_add(1, Ordering::Relaxed);
//!         call.await
//!     }
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let store = Guarded::new(MemoryKeys::default(), Counts::default());
//! assert!(store.keys().await.unwrap().is_empty());
//! assert_eq!(store.guard().0.load(Ordering::Relaxed), 1);
//! # });
//! ```

mod ports;
mod shield;

pub use shield::{Refused, Shield};

use gacp_store::StoreError;

/// A method of a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Operation {
    /// What is stored there: `accounts`, `farms`, …
    pub port: &'static str,
    /// The method's name.
    pub method: &'static str,
}

/// Stands around every call of a store.
pub trait Guard: Send + Sync {
    /// Makes a call, or refuses it. The call does nothing before it is awaited.
    fn call<T: Send>(
        &self,
        operation: Operation,
        call: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> impl Future<Output = Result<T, StoreError>> + Send;

    /// Makes a call that only reads, and so may be made again. Makes it once, unless a guard says
    /// otherwise.
    fn read<T: Send, F: Future<Output = Result<T, StoreError>> + Send>(
        &self,
        operation: Operation,
        call: impl Fn() -> F + Send + Sync,
    ) -> impl Future<Output = Result<T, StoreError>> + Send {
        self.call(operation, call())
    }
}

/// A store with a guard around every call. It implements every port that the store does.
#[derive(Debug, Clone)]
pub struct Guarded<S, G> {
    store: S,
    guard: G,
}

impl<S, G> Guarded<S, G> {
    /// This guard around that store.
    pub fn new(store: S, guard: G) -> Self {
        Self { store, guard }
    }

    /// The guard.
    pub fn guard(&self) -> &G {
        &self.guard
    }
}
