//! A guarded store keeps the contract of every port, and its guard sees every call.
#![expect(clippy::unwrap_used, reason = "a failed setup must stop the test")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use gacp_auth::AccountStore;
use gacp_auth::contract::guesses::Guesses;
use gacp_auth::contract::{AuthFixture, sample};
use gacp_certifications::contract::CertificationFixture;
use gacp_farms::contract::FarmFixture;
use gacp_keys::KeyStore;
use gacp_resilience::gate::{Gate, Limits};
use gacp_resilience::retry::{Budget, Retries, RetryPolicy};
use gacp_store::{Change, HistoryStore, PageRequest, ReceiptStore, StoreError};
use gacp_store_guarded::{Guard, Guarded, Operation, Shield};
use gacp_store_sqlite::Sqlite;
use tempfile::TempDir;

/// Notes every call, and what became of it.
#[derive(Default)]
struct Diary(Mutex<Vec<(Operation, bool)>>);

impl Guard for Diary {
    async fn call<T: Send>(
        &self,
        operation: Operation,
        call: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        let outcome = call.await;
        self.0.lock().unwrap().push((operation, outcome.is_ok()));
        outcome
    }
}

/// Makes whatever it may make again twice: that a read changes nothing is on trial, too.
struct Twice;

impl Guard for Twice {
    async fn call<T: Send>(
        &self,
        _: Operation,
        call: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        call.await
    }

    async fn read<T: Send, F: Future<Output = Result<T, StoreError>> + Send>(
        &self,
        _: Operation,
        call: impl Fn() -> F + Send + Sync,
    ) -> Result<T, StoreError> {
        drop(call().await);
        call().await
    }
}

/// Refuses everything.
struct Closed;

impl Guard for Closed {
    async fn call<T: Send>(
        &self,
        _: Operation,
        _: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        Err(StoreError::Unavailable("closed".into()))
    }
}

/// A store whose file is already gone from its folder.
fn sqlite() -> Sqlite {
    let folder = TempDir::new().unwrap();
    Sqlite::open(&folder.path().join("gacp.sqlite")).unwrap()
}

/// A shield that many calls at once go through, as in a server.
fn shield() -> Shield {
    let limits = Limits { at_once: 16, waiting: 256, patience: Duration::from_secs(30) };
    let retries = Retries::new(RetryPolicy::default(), Budget::default());
    Shield::new(Gate::new(limits), retries, Arc::default(), Duration::from_secs(30))
}

/// What is on trial, from the inside out.
type Store = Guarded<Guarded<Guarded<Sqlite, Shield>, Twice>, Diary>;

fn guarded() -> Arc<Store> {
    let shielded = Guarded::new(sqlite(), shield());
    Arc::new(Guarded::new(Guarded::new(shielded, Twice), Diary::default()))
}

fn auth() -> AuthFixture {
    let store = guarded();
    AuthFixture {
        accounts: store.clone(),
        sessions: store.clone(),
        events: store.clone(),
        history: store.clone(),
        receipts: store,
    }
}

mod accounts {
    gacp_auth::account_store_contract!(async { super::auth() });
}

mod sessions {
    gacp_auth::session_store_contract!(async { super::auth() });
}

mod events {
    gacp_auth::event_store_contract!(async { super::auth() });
}

mod guesses {
    use super::*;

    gacp_auth::guess_store_contract!(async {
        let store: Guesses = guarded();
        store
    });
}

mod farms {
    use super::*;

    gacp_farms::farm_store_contract!(async {
        let store = guarded();
        FarmFixture { farms: store.clone(), history: store.clone(), receipts: store }
    });
}

mod certifications {
    use super::*;

    fn fixture() -> CertificationFixture {
        let store = guarded();
        CertificationFixture {
            applications: store.clone(),
            certificates: store.clone(),
            numbers: store.clone(),
            farms: store.clone(),
            obligations: store.clone(),
            history: store.clone(),
            receipts: store,
        }
    }

    gacp_certifications::application_store_contract!(async { fixture() });
    gacp_certifications::certificate_store_contract!(async { fixture() });
}

mod keys {
    use super::*;

    gacp_keys::key_store_contract!(async {
        let store: Arc<dyn KeyStore> = guarded();
        store
    });
}

mod receipts {
    use super::*;

    gacp_store::receipt_store_contract!(async {
        let store: Arc<dyn ReceiptStore> = guarded();
        store
    });
}

#[tokio::test]
async fn the_guard_sees_each_call_once_and_what_became_of_it() {
    let store = guarded();

    store.keys().await.unwrap();
    store.journal(None, &PageRequest::first(1)).await.unwrap();
    let account = sample::farmer(1);
    AccountStore::replace(&*store, &account, &Change::default()).await.unwrap_err();

    let seen = store.guard().0.lock().unwrap().clone();
    let call = |port, method, ok| (Operation { port, method }, ok);
    let expected = [
        call("keys", "keys", true),
        call("history", "journal", true),
        call("accounts", "replace", false),
    ];
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_guard_that_refuses_lets_nothing_happen() {
    let inside = sqlite();
    let store = Guarded::new(inside.clone(), Closed);

    let account = sample::farmer(1);
    let refused = store.create(&account, &Change::default()).await;

    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    assert!(inside.find_by_email(account.email()).await.unwrap().is_none());
}
