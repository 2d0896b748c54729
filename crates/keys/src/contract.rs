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
            a_key_is_followed_by_one
            of_many_next_keys_one_is_kept
            of_many_rotations_one_makes_a_key
            the_oldest_key_goes_once_it_is_followed
            what_followed_a_key_that_is_gone_is_still_the_one_that_did
            a_purpose_is_never_left_without_a_key
        }
    };
}

fn now() -> Timestamp {
    "2026-01-05T02:00:00.123456Z".parse().unwrap()
}

fn key(purpose: Purpose, kid: &str) -> WrappedKey {
    // Every byte value once: nothing in between may take the bytes for text.
    let sealed = (0..=u8::MAX).collect();
    let active_from = now() + SignedDuration::from_micros(1);
    WrappedKey { kid: kid.to_owned(), purpose, sealed, created_at: now(), active_from }
}

/// The key that was made so many seconds later.
fn later(seconds: i64, kid: &str) -> WrappedKey {
    let created_at = now() + SignedDuration::from_secs(seconds);
    WrappedKey { created_at, active_from: created_at, ..key(Purpose::AccessToken, kid) }
}

async fn kids(store: &dyn KeyStore) -> Vec<String> {
    store.keys().await.unwrap().into_iter().map(|key| key.kid).collect()
}

/// Does the same 32 times at once, and returns what came of each.
async fn at_once<T, F>(run: impl Fn(usize) -> F + Send) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let barrier = Arc::new(Barrier::new(32));
    let runs: Vec<_> = (0..32)
        .map(|number| {
            let (barrier, run) = (Arc::clone(&barrier), run(number));
            tokio::spawn(async move {
                barrier.wait().await;
                run.await
            })
        })
        .collect();
    let mut outcomes = Vec::new();
    for run in runs {
        outcomes.push(run.await.unwrap());
    }
    outcomes
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
    let kept = at_once(|run| {
        let store = Arc::clone(&store);
        async move {
            store.add_first(&key(Purpose::Cursor, &format!("k{run}"))).await.unwrap();
            store.keys().await.unwrap()
        }
    });

    let kept = kept.await;

    assert_eq!(kept.first().map(Vec::len), Some(1));
    assert!(kept.windows(2).all(|pair| pair.first() == pair.last()), "{kept:?}");
}

/// 32 processes start at once on an empty store: all of them trust one another's tokens.
pub async fn keyrings_opened_at_once_hold_the_same_keys(store: Arc<dyn KeyStore>) {
    let master = MasterKey::generate().unwrap();
    let rings = at_once(|_| {
        let (store, master) = (Arc::clone(&store), master.clone());
        async move { Keyring::open(&*store, &master, now()).await.unwrap() }
    });

    let held = rings.await.into_iter().map(|ring| {
        let (tokens, certificates) = (ring.access_token_signer(), ring.certificate_signer());
        (tokens.jwks().clone(), certificates.jwks().clone(), ring.refresh_mac().tag(&[b"x"]))
    });

    let held: Vec<_> = held.collect();
    assert_eq!(store.keys().await.unwrap().len(), Purpose::ALL.len());
    assert!(held.windows(2).all(|pair| pair.first() == pair.last()));
}

/// A key that is followed gets no second follower, and nobody is told off.
pub async fn a_key_is_followed_by_one(store: Arc<dyn KeyStore>) {
    store.add_first(&later(0, "a")).await.unwrap();
    store.add_next(&later(1, "b"), "a").await.unwrap();

    store.add_next(&later(2, "other"), "a").await.unwrap();
    store.add_next(&later(3, "c"), "b").await.unwrap();

    assert_eq!(store.keys().await.unwrap(), [later(0, "a"), later(1, "b"), later(3, "c")]);
}

/// 32 processes add a key to follow the same one: one key is there, for all of them.
pub async fn of_many_next_keys_one_is_kept(store: Arc<dyn KeyStore>) {
    store.add_first(&later(0, "a")).await.unwrap();

    let kept = at_once(|run| {
        let store = Arc::clone(&store);
        async move {
            store.add_next(&later(1, &format!("k{run}")), "a").await.unwrap();
            kids(&*store).await
        }
    });

    let kept = kept.await;
    assert_eq!(kept.first().map(Vec::len), Some(2));
    assert!(kept.windows(2).all(|pair| pair.first() == pair.last()), "{kept:?}");
}

/// 32 processes rotate at once: one key is made, and all tell of the same.
pub async fn of_many_rotations_one_makes_a_key(store: Arc<dyn KeyStore>) {
    let master = MasterKey::generate().unwrap();
    Keyring::open(&*store, &master, now()).await.unwrap();

    let told = at_once(|_| {
        let (store, master) = (Arc::clone(&store), master.clone());
        async move {
            let ring = Keyring::open(&*store, &master, now()).await.unwrap();
            ring.rotate(&*store, now()).await.unwrap()
        }
    });

    let told = told.await;
    assert_eq!(store.keys().await.unwrap().len(), Purpose::ALL.len() + 1);
    assert!(told.windows(2).all(|pair| pair.first() == pair.last()), "{told:?}");
}

/// Keys go in their order: one that follows another stays, and goes once it is the oldest.
pub async fn the_oldest_key_goes_once_it_is_followed(store: Arc<dyn KeyStore>) {
    store.add_first(&later(0, "a")).await.unwrap();
    store.add_next(&later(1, "b"), "a").await.unwrap();
    store.add_next(&later(2, "c"), "b").await.unwrap();

    assert!(!store.retire("b").await.unwrap());
    assert_eq!(kids(&*store).await, ["a", "b", "c"]);
    assert!(store.retire("a").await.unwrap());
    assert!(!store.retire("a").await.unwrap());
    assert_eq!(kids(&*store).await, ["b", "c"]);
    assert!(store.retire("b").await.unwrap());
    assert_eq!(kids(&*store).await, ["c"]);
}

/// Whoever learns late that a key was followed adds nothing, even if that key is gone by now; nor
/// does who takes the purpose for one without keys.
pub async fn what_followed_a_key_that_is_gone_is_still_the_one_that_did(store: Arc<dyn KeyStore>) {
    store.add_first(&later(0, "a")).await.unwrap();
    store.add_next(&later(1, "b"), "a").await.unwrap();
    assert!(store.retire("a").await.unwrap());

    store.add_next(&later(2, "late"), "a").await.unwrap();
    store.add_first(&later(3, "first")).await.unwrap();

    assert_eq!(kids(&*store).await, ["b"]);
}

/// 32 processes remove both keys of a purpose at once: the newest stays.
pub async fn a_purpose_is_never_left_without_a_key(store: Arc<dyn KeyStore>) {
    store.add_first(&later(0, "a")).await.unwrap();
    store.add_next(&later(1, "b"), "a").await.unwrap();

    let removed = at_once(|run| {
        let store = Arc::clone(&store);
        async move { store.retire(if run % 2 == 0 { "a" } else { "b" }).await.unwrap() }
    });

    let removed = removed.await.into_iter().filter(|removed| *removed).count();
    assert_eq!((removed, kids(&*store).await), (1, vec!["b".to_owned()]));
}
