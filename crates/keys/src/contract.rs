//! What every adapter of [`KeyStore`] must do.
//!
//! `key_store_contract!(async { … })` declares one test per case on a fresh store.
#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a failed setup must stop the test, and a case is there to panic"
)]

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Barrier;

use crate::{KeyStore, Keyring, MasterKey, Purpose, WrappedKey};

/// Declares one test per case of the key-store contract; `$fresh` is a future of an
/// `Arc<dyn KeyStore>` on an empty store.
#[macro_export]
macro_rules! key_store_contract {
    (@each $fresh:expr; $($case:ident)+) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            $crate::contract::$case($fresh.await).await;
        }
    )+};
    ($fresh:expr) => {
        $crate::key_store_contract! { @each $fresh;
            a_new_store_holds_no_keys
            a_key_is_kept_whole
            a_purpose_keeps_its_first_key
            keys_are_read_oldest_first
            of_many_first_keys_one_is_kept
            keyrings_opened_at_once_hold_the_same_keys
        }
    };
}

fn now() -> Timestamp {
    "2026-01-05T02:00:00.123456Z".parse().unwrap()
}

fn key(purpose: Purpose, kid: &str) -> WrappedKey {
    // Every byte value once: nothing in between may take the bytes for text.
    let sealed = (0..=u8::MAX).collect();
    WrappedKey { kid: kid.to_owned(), purpose, sealed, created_at: now() }
}

/// Nothing is there before something is added.
pub async fn a_new_store_holds_no_keys(store: Arc<dyn KeyStore>) {
    assert_eq!(store.keys().await.unwrap(), []);
}

/// Name, purpose, bytes and time of every purpose's key come back.
pub async fn a_key_is_kept_whole(store: Arc<dyn KeyStore>) {
    let added = Purpose::ALL.map(|purpose| key(purpose, purpose.as_str()));
    for key in &added {
        store.add_first(key).await.unwrap();
    }

    let mut kept = store.keys().await.unwrap();

    kept.sort_by_key(|key| key.purpose);
    assert_eq!(kept, added);
}

/// A purpose that has a key gets no second one, and nobody is told off.
pub async fn a_purpose_keeps_its_first_key(store: Arc<dyn KeyStore>) {
    store.add_first(&key(Purpose::Cursor, "first")).await.unwrap();

    store.add_first(&key(Purpose::Cursor, "second")).await.unwrap();

    assert_eq!(store.keys().await.unwrap(), [key(Purpose::Cursor, "first")]);
}

/// The order is that of creation, whatever the order of arrival.
pub async fn keys_are_read_oldest_first(store: Arc<dyn KeyStore>) {
    for (purpose, seconds) in [(Purpose::Device, 2), (Purpose::Cursor, 0), (Purpose::RefreshMac, 1)]
    {
        let created_at = now() + SignedDuration::from_secs(seconds);
        let key = WrappedKey { created_at, ..key(purpose, purpose.as_str()) };
        store.add_first(&key).await.unwrap();
    }

    let order: Vec<_> = store.keys().await.unwrap().iter().map(|key| key.purpose).collect();

    assert_eq!(order, [Purpose::Cursor, Purpose::RefreshMac, Purpose::Device]);
}

/// 32 processes add the first key of one purpose at once: one key is there, for all of them.
pub async fn of_many_first_keys_one_is_kept(store: Arc<dyn KeyStore>) {
    let barrier = Arc::new(Barrier::new(32));
    let runs: Vec<_> = (0..32)
        .map(|run| {
            let (store, barrier) = (Arc::clone(&store), Arc::clone(&barrier));
            tokio::spawn(async move {
                barrier.wait().await;
                store.add_first(&key(Purpose::Cursor, &format!("k{run}"))).await.unwrap();
                store.keys().await.unwrap()
            })
        })
        .collect();

    let kept = {
        let mut seen = Vec::new();
        for run in runs {
            seen.push(run.await.unwrap());
        }
        seen
    };

    assert_eq!(kept.first().map(Vec::len), Some(1));
    assert!(kept.windows(2).all(|pair| pair.first() == pair.last()), "{kept:?}");
}

/// 32 processes start at once on an empty store: all of them trust one another's tokens.
pub async fn keyrings_opened_at_once_hold_the_same_keys(store: Arc<dyn KeyStore>) {
    let master = MasterKey::generate().unwrap();
    let barrier = Arc::new(Barrier::new(32));
    let runs: Vec<_> = (0..32)
        .map(|_| {
            let (store, barrier) = (Arc::clone(&store), Arc::clone(&barrier));
            let master = master.clone();
            tokio::spawn(async move {
                barrier.wait().await;
                Keyring::open(&*store, &master, now()).await.unwrap()
            })
        })
        .collect();

    let mut rings = Vec::new();
    for run in runs {
        let ring = run.await.unwrap();
        rings.push((
            ring.access_token_signer().jwks(),
            ring.certificate_signer().jwks(),
            ring.refresh_mac().tag(&[b"x"]),
        ));
    }

    assert_eq!(store.keys().await.unwrap().len(), Purpose::ALL.len());
    assert!(rings.windows(2).all(|pair| pair.first() == pair.last()));
}
