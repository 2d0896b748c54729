//! Cases: guesses are counted, each of them, and taken back.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Barrier;

use super::sample::later;
use crate::{Backoff, Bucket, BucketKey, Charge, Charged, GuessStore, LONGEST_WINDOW, Refund};

/// The store of a case.
pub type Guesses = Arc<dyn GuessStore>;

const RULE: Backoff = Backoff::at_an_account();

fn key(number: u8) -> BucketKey {
    BucketKey([number; 32])
}

async fn guess(store: &Guesses, number: u8, at: Timestamp) -> Charged {
    let charge = Charge { key: key(number), backoff: RULE };
    store.charge(&[charge], at).await.unwrap().pop().unwrap()
}

/// Five guesses are free; the sixth has to wait, and is allowed once it has.
pub async fn guesses_beyond_the_free_ones_wait(store: Guesses) {
    let mut allowed = Vec::new();
    for second in [0, 0, 0, 0, 0, 0, 29, 30, 31] {
        allowed.push(guess(&store, 1, later(second)).await.allowed);
    }

    assert_eq!(allowed, [true, true, true, true, true, false, false, true, false]);
}

/// Every charge of a call is answered, in its place; buckets do not share guesses.
pub async fn buckets_are_charged_each_by_its_own_rule(store: Guesses) {
    for _ in 0..5 {
        guess(&store, 1, later(0)).await;
    }
    let network = Charge { key: key(2), backoff: Backoff::from_a_network() };
    let account = Charge { key: key(1), backoff: RULE };

    let charged = store.charge(&[network, account], later(1)).await.unwrap();

    assert_eq!(
        charged,
        [
            Charged { allowed: true, count: 1, began_at: later(1) },
            Charged { allowed: false, count: 6, began_at: later(0) },
        ]
    );
    assert_eq!(store.charge(&[], later(1)).await.unwrap(), []);
}

/// A window that has passed is followed by a new one.
pub async fn a_window_ends(store: Guesses) {
    for _ in 0..4 {
        guess(&store, 1, later(0)).await;
    }

    let charged = guess(&store, 1, later(900)).await;

    assert_eq!(charged, Charged { allowed: true, count: 1, began_at: later(900) });
}

/// What is taken back is not counted any more; of another window nothing is taken back.
pub async fn guesses_are_taken_back_from_their_window_alone(store: Guesses) {
    for _ in 0..5 {
        guess(&store, 1, later(0)).await;
    }
    let refund = Refund { key: key(1), began_at: later(0), count: 5 };

    store.refund(&[refund, Refund { key: key(9), ..refund }]).await.unwrap();
    let first = guess(&store, 1, later(1)).await;
    store.refund(&[refund]).await.unwrap();
    let second = guess(&store, 1, later(1)).await;

    assert_eq!((first.allowed, first.count), (true, 1));
    assert_eq!((second.allowed, second.count), (true, 2));
}

/// One guess that is taken back leaves the others, and their lock.
pub async fn a_lock_outlives_a_guess_that_is_taken_back(store: Guesses) {
    for _ in 0..6 {
        guess(&store, 1, later(0)).await;
    }
    let refund = Refund { key: key(1), began_at: later(0), count: 1 };

    store.refund(&[refund]).await.unwrap();

    let next = guess(&store, 1, later(1)).await;
    assert_eq!((next.allowed, next.count), (false, 6));
}

/// An emptied bucket is as good as new, its lock included.
pub async fn an_emptied_bucket_is_open(store: Guesses) {
    for number in [1, 2] {
        for _ in 0..6 {
            guess(&store, number, later(0)).await;
        }
    }

    store.empty(&[key(1), key(3)]).await.unwrap();

    assert!(guess(&store, 1, later(1)).await.allowed);
    assert!(!guess(&store, 2, later(1)).await.allowed);
}

/// What no rule needs any more is forgotten, and nothing else.
pub async fn old_buckets_are_forgotten(store: Guesses) {
    guess(&store, 1, later(0)).await;
    guess(&store, 2, later(10)).await;
    let day = later(0) + LONGEST_WINDOW;

    let early = store.prune(day - SignedDuration::from_secs(1)).await.unwrap();
    let on_time = store.prune(day).await.unwrap();

    assert_eq!((early, on_time), (0, 1));
    assert_eq!(guess(&store, 2, later(10)).await.count, 2);
}

/// Of 200 guesses at once every one is counted, and five are allowed.
pub async fn of_many_guesses_at_once_none_is_lost(store: Guesses) {
    let barrier = Arc::new(Barrier::new(200));
    let guesses: Vec<_> = (0..200)
        .map(|_| {
            let (store, barrier) = (Arc::clone(&store), Arc::clone(&barrier));
            tokio::spawn(async move {
                barrier.wait().await;
                guess(&store, 1, later(0)).await
            })
        })
        .collect();
    let mut charged = Vec::new();
    for guess in guesses {
        charged.push(guess.await.unwrap());
    }

    let mut counts: Vec<u32> = charged.iter().map(|charged| charged.count).collect();
    counts.sort_unstable();
    assert_eq!(counts, (1..=200).collect::<Vec<_>>());
    assert_eq!(charged.iter().filter(|charged| charged.allowed).count(), 5);
}

/// Guesses that are counted while others are taken back stay counted.
pub async fn of_guesses_and_refunds_at_once_nothing_is_lost(store: Guesses) {
    guess(&store, 1, later(0)).await;
    let barrier = Arc::new(Barrier::new(32));
    let tasks: Vec<_> = (0..32)
        .map(|number| {
            let (store, barrier) = (Arc::clone(&store), Arc::clone(&barrier));
            tokio::spawn(async move {
                barrier.wait().await;
                guess(&store, 1, later(0)).await;
                if number % 2 == 0 {
                    let refund = Refund { key: key(1), began_at: later(0), count: 1 };
                    store.refund(&[refund]).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }

    assert_eq!(guess(&store, 1, later(0)).await.count, 1 + 32 - 16 + 1);
}

/// A bucket that is begun and given up all the time, as that of an account to which many log in
/// rightly at once, takes every guess: each login takes back all that it knows of.
pub async fn of_guesses_that_begin_a_bucket_at_once_none_fails(store: Guesses) {
    let barrier = Arc::new(Barrier::new(32));
    let tasks: Vec<_> = (0..32)
        .map(|_| {
            let (store, barrier) = (Arc::clone(&store), Arc::clone(&barrier));
            tokio::spawn(async move {
                barrier.wait().await;
                for _ in 0..50 {
                    let Charged { began_at, count, .. } = guess(&store, 1, later(0)).await;
                    store.refund(&[Refund { key: key(1), began_at, count }]).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }

    assert_eq!(guess(&store, 1, later(0)).await.count, 1);
}

/// Any sequence of guesses and refunds comes to what the rule says.
pub async fn any_sequence_comes_to_what_the_rule_says(store: Guesses) {
    let mut expected: Option<Bucket> = None;
    let mut second = 0;
    for step in 0_i64..120 {
        // Steps that look like chance: short and long, now and then past a window.
        second += (step * 7_919) % 61 + if step % 17 == 0 { 700 } else { 0 };
        let charged = guess(&store, 1, later(second)).await;
        let (bucket, should) = Bucket::charge(expected, &RULE, later(second));
        assert_eq!(charged, should, "step {step}");
        expected = Some(bucket);
        if step % 5 == 0 {
            let count = u32::try_from(step % 3).unwrap() + 1;
            let refund = Refund { key: key(1), began_at: charged.began_at, count };
            store.refund(&[refund]).await.unwrap();
            expected = bucket.refund(&refund);
        }
    }
}
