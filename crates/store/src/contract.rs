//! What every adapter of [`HistoryStore`](crate::HistoryStore) and [`ReceiptStore`] must do.
//!
//! `ledger_contract!(async { … })` declares one test per case on a fresh store.
#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a failed setup must stop the test, and a case is there to panic"
)]

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Barrier;

use crate::{
    Claim, Fingerprint, Lease, RECEIPT_LEASE, RECEIPT_RETENTION, Receipt, ReceiptKey, ReceiptStore,
    StoredReply,
};

/// Declares one test per case of the receipt contract; `$fresh` is a future of an
/// `Arc<dyn ReceiptStore>` on an empty store.
#[macro_export]
macro_rules! receipt_store_contract {
    (@each $fresh:expr; $($case:ident)+) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            $crate::contract::$case($fresh.await).await;
        }
    )+};
    ($fresh:expr) => {
        $crate::receipt_store_contract! { @each $fresh;
            a_settled_reply_is_given_again
            another_body_under_the_same_key_is_refused
            a_running_request_holds_its_key
            a_lost_lease_neither_settles_nor_releases
            a_released_key_can_be_claimed_again
            a_reply_is_forgotten_after_its_retention
            of_many_claims_one_is_granted
        }
    };
}

const KEY: ReceiptKey = ReceiptKey([7; 32]);
const BODY: Fingerprint = Fingerprint([1; 32]);

fn now() -> Timestamp {
    "2026-01-05T02:00:00Z".parse().unwrap()
}

fn receipt(lease: u64) -> Receipt {
    let headers = vec![("etag".to_owned(), "\"1\"".to_owned())];
    let reply = StoredReply { status: 409, headers, body: "ไม่".as_bytes().to_vec() };
    Receipt { key: KEY, lease: Lease(lease), reply }
}

async fn claim(store: &dyn ReceiptStore, lease: u64, at: Timestamp) -> Claim {
    store.claim(&KEY, &BODY, Lease(lease), at).await.unwrap()
}

/// The first reply comes back whole, headers and Thai text included.
pub async fn a_settled_reply_is_given_again(store: Arc<dyn ReceiptStore>) {
    assert_eq!(claim(&*store, 1, now()).await, Claim::Granted);
    store.settle(&receipt(1)).await.unwrap();

    let again = claim(&*store, 2, now()).await;

    assert_eq!(again, Claim::Answered(receipt(1).reply));
}

/// One key stands for one body, while it runs and after.
pub async fn another_body_under_the_same_key_is_refused(store: Arc<dyn ReceiptStore>) {
    claim(&*store, 1, now()).await;
    let other = Fingerprint([2; 32]);
    let running = store.claim(&KEY, &other, Lease(2), now()).await.unwrap();
    store.settle(&receipt(1)).await.unwrap();

    let answered = store.claim(&KEY, &other, Lease(3), now()).await.unwrap();

    assert_eq!((running, answered), (Claim::Reused, Claim::Reused));
}

/// A second run waits for the first until the lease ends, then may take over.
pub async fn a_running_request_holds_its_key(store: Arc<dyn ReceiptStore>) {
    claim(&*store, 1, now()).await;
    let moment = SignedDuration::from_millis(1);

    let before_the_end = claim(&*store, 2, now() + RECEIPT_LEASE - moment).await;
    let after_the_end = claim(&*store, 3, now() + RECEIPT_LEASE).await;

    assert_eq!((before_the_end, after_the_end), (Claim::Running, Claim::Granted));
}

/// A run whose key was taken over can neither answer nor free it.
pub async fn a_lost_lease_neither_settles_nor_releases(store: Arc<dyn ReceiptStore>) {
    let later = now() + RECEIPT_LEASE;
    claim(&*store, 1, now()).await;
    claim(&*store, 2, later).await;

    store.settle(&receipt(1)).await.unwrap();
    store.release(&KEY, Lease(1)).await.unwrap();

    assert_eq!(claim(&*store, 3, later).await, Claim::Running);
}

/// A key given back is as if it had never been claimed.
pub async fn a_released_key_can_be_claimed_again(store: Arc<dyn ReceiptStore>) {
    claim(&*store, 1, now()).await;
    store.release(&KEY, Lease(1)).await.unwrap();

    assert_eq!(claim(&*store, 2, now()).await, Claim::Granted);
}

/// After its retention a key is free, pruned or not; pruning counts what it removes.
pub async fn a_reply_is_forgotten_after_its_retention(store: Arc<dyn ReceiptStore>) {
    claim(&*store, 1, now()).await;
    store.settle(&receipt(1)).await.unwrap();
    let end = now() + RECEIPT_RETENTION;
    let early = store.prune(end - SignedDuration::from_millis(1)).await.unwrap();

    let at_the_end = claim(&*store, 2, end).await;
    let late = store.prune(end + RECEIPT_RETENTION).await.unwrap();

    assert_eq!((early, at_the_end, late), (0, Claim::Granted, 1));
}

/// 32 runs of one request at once: one acts.
pub async fn of_many_claims_one_is_granted(store: Arc<dyn ReceiptStore>) {
    let barrier = Arc::new(Barrier::new(32));
    let runs: Vec<_> = (0..32)
        .map(|lease| {
            let (store, barrier) = (Arc::clone(&store), Arc::clone(&barrier));
            tokio::spawn(async move {
                barrier.wait().await;
                claim(&*store, lease, now()).await
            })
        })
        .collect();

    let mut granted = 0;
    for run in runs {
        match run.await.unwrap() {
            Claim::Granted => granted += 1,
            other => assert_eq!(other, Claim::Running),
        }
    }

    assert_eq!(granted, 1);
}
