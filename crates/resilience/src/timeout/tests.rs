use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::sync::oneshot;
use tokio::time::{Instant, advance, sleep};

use super::*;

const SECOND: Duration = Duration::from_secs(1);

/// Who still has one, besides the test.
fn holders(held: &Arc<()>) -> usize {
    Arc::strong_count(held) - 1
}

#[tokio::test(start_paused = true)]
async fn cancelled_work_is_dropped_with_what_it_has() {
    let held = Arc::new(());
    let work = {
        let held = Arc::clone(&held);
        async move {
            sleep(SECOND * 2).await;
            drop(held);
        }
    };

    assert_eq!(cancel(SECOND, work).await, Err(TimedOut));

    assert_eq!(holders(&held), 0);
    assert_eq!(cancel(SECOND, async { 7 }).await, Ok(7));
}

#[tokio::test(start_paused = true)]
async fn work_that_ends_in_time_lets_go_at_once() {
    let held = Arc::new(());
    let late = Arc::new(AtomicU32::new(0));
    let work = async {
        sleep(SECOND).await;
        7
    };

    let told = Arc::clone(&late);
    let on_late = move |result| {
        told.fetch_add(result, Ordering::SeqCst);
    };
    let done = detach_then(SECOND * 2, Arc::clone(&held), work, on_late).await;

    assert_eq!(done, Ok(7));
    assert_eq!(holders(&held), 0);
    sleep(SECOND * 9).await;
    assert_eq!(late.load(Ordering::SeqCst), 0);
}

#[tokio::test(start_paused = true)]
async fn detached_work_goes_on_and_holds_what_it_has() {
    let held = Arc::new(());
    let (done, is_done) = oneshot::channel();
    let began = Instant::now();
    let work = async {
        sleep(SECOND * 3).await;
        7
    };

    let on_late = move |result| done.send((result, Instant::now())).unwrap();
    let outcome = detach_then(SECOND, Arc::clone(&held), work, on_late).await;

    assert_eq!((outcome, began.elapsed()), (Err(TimedOut), SECOND));
    sleep(SECOND).await;
    assert_eq!(holders(&held), 1);
    let (result, at) = is_done.await.unwrap();
    assert_eq!((result, at - began), (7, SECOND * 3));
    tokio::task::yield_now().await;
    assert_eq!(holders(&held), 0);
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_leaves_detaches_it() {
    let held = Arc::new(());
    let (done, is_done) = oneshot::channel();
    let work = async move {
        sleep(SECOND).await;
        done.send(()).unwrap();
    };
    let caller = tokio::spawn(detach(SECOND * 9, Arc::clone(&held), work));
    tokio::task::yield_now().await;

    caller.abort();
    assert!(caller.await.is_err());

    assert_eq!(holders(&held), 1);
    is_done.await.unwrap();
    tokio::task::yield_now().await;
    assert_eq!(holders(&held), 0);
}

#[tokio::test(start_paused = true)]
async fn work_that_panics_lets_go() {
    let held = Arc::new(());
    let in_time = tokio::spawn(detach(SECOND, Arc::clone(&held), async { panic!("no") }));
    assert!(in_time.await.unwrap_err().is_panic());
    assert_eq!(holders(&held), 0);

    let late = async {
        sleep(SECOND * 2).await;
        panic!("no");
    };
    assert_eq!(detach(SECOND, Arc::clone(&held), late).await, Err(TimedOut));
    assert_eq!(holders(&held), 1);
    advance(SECOND * 2).await;
    tokio::task::yield_now().await;
    assert_eq!(holders(&held), 0);
}
