//! Every store port, from one technology or another.

mod others;

use std::pin::Pin;
use std::sync::Arc;

use gacp_auth::{AccountStore, EventStore, GuessStore, SessionStore};
use gacp_cache::Writes;
use gacp_certifications::{ApplicationStore, CertificateStore, NumberStore};
use gacp_farms::{FarmObligations, FarmStore};
use gacp_keys::KeyStore;
use gacp_store::{HistoryStore, ReceiptStore, StoreError};
use gacp_store_guarded::{Guarded, Shield};
use gacp_store_invalidating::Invalidating;
use gacp_store_mongo::Mongo;
use gacp_store_sqlite::Sqlite;

use crate::observe::Watch;

pub(crate) use self::others::Watched;

type Closing = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;

/// Every store port. Cheap to clone.
#[derive(Clone)]
pub struct Stores {
    pub(crate) keys: Arc<dyn KeyStore>,
    pub(crate) accounts: Arc<dyn AccountStore>,
    pub(crate) sessions: Arc<dyn SessionStore>,
    pub(crate) guesses: Arc<dyn GuessStore>,
    pub(crate) events: Arc<dyn EventStore>,
    pub(crate) farms: Arc<dyn FarmStore>,
    pub(crate) obligations: Arc<dyn FarmObligations>,
    pub(crate) applications: Arc<dyn ApplicationStore>,
    pub(crate) certificates: Arc<dyn CertificateStore>,
    pub(crate) numbers: Arc<dyn NumberStore>,
    pub(crate) history: Arc<dyn HistoryStore>,
    pub(crate) receipts: Arc<dyn ReceiptStore>,
    watch: Arc<dyn Fn(Writes) -> Watched + Send + Sync>,
    close: Arc<dyn Fn() -> Closing + Send + Sync>,
}

impl Stores {
    /// All of them on one SQLite file.
    pub(crate) fn sqlite(store: Sqlite, (watch, shield): (Watch, Shield)) -> Self {
        let shared = Arc::new(Guarded::new(Guarded::new(store.clone(), shield), watch));
        let watched = store.clone();
        let watch = move |writes| others::of_file(watched.clone(), writes);
        let close = move || -> Closing {
            let store = store.clone();
            Box::pin(async move { store.close().await })
        };
        Self::of(shared, watch, close)
    }

    /// All of them on one MongoDB database.
    pub(crate) fn mongo(store: Mongo, (watch, shield): (Watch, Shield)) -> Self {
        let shared = Arc::new(Guarded::new(Guarded::new(store.clone(), shield), watch));
        let watched = store.clone();
        let watch = move |writes| others::of_database(&watched, writes);
        let close = move || -> Closing {
            let store = store.clone();
            Box::pin(async move {
                store.close().await;
                Ok(())
            })
        };
        Self::of(shared, watch, close)
    }

    fn of<S>(
        store: Arc<S>,
        watch: impl Fn(Writes) -> Watched + Send + Sync + 'static,
        close: impl Fn() -> Closing + Send + Sync + 'static,
    ) -> Self
    where
        S: KeyStore
            + AccountStore
            + SessionStore
            + GuessStore
            + EventStore
            + FarmStore
            + FarmObligations
            + ApplicationStore
            + CertificateStore
            + NumberStore
            + HistoryStore
            + ReceiptStore
            + 'static,
    {
        Self {
            keys: store.clone(),
            accounts: store.clone(),
            sessions: store.clone(),
            guesses: store.clone(),
            events: store.clone(),
            farms: store.clone(),
            obligations: store.clone(),
            applications: store.clone(),
            certificates: store.clone(),
            numbers: store.clone(),
            history: store.clone(),
            receipts: store,
            watch: Arc::new(watch),
            close: Arc::new(close),
        }
    }

    /// The same stores, whose writes are announced.
    pub(crate) fn announcing(self, writes: &Writes) -> Self {
        Self {
            accounts: announced(self.accounts, writes),
            sessions: announced(self.sessions, writes),
            farms: announced(self.farms, writes),
            applications: announced(self.applications, writes),
            certificates: announced(self.certificates, writes),
            ..self
        }
    }

    /// Tells of what others write, beside this process, for as long as it is watched.
    pub(crate) fn watch(&self, writes: Writes) -> Watched {
        (self.watch)(writes)
    }

    /// Finishes what is queued. Nothing can be asked of any port afterwards.
    pub(crate) async fn close(&self) -> Result<(), StoreError> {
        (self.close)().await
    }
}

fn announced<S: ?Sized>(store: Arc<S>, writes: &Writes) -> Arc<Invalidating<S>> {
    Arc::new(Invalidating::new(store, writes.clone()))
}
