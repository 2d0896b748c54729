use gacp_resilience::breaker::{Settings, State, Window};
use gacp_resilience::deadline::Deadline;
use gacp_resilience::gate::Limits;
use gacp_resilience::retry::{Budget, RetryPolicy};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::*;

mod retries;

const FIND: Operation = Operation { port: "farms", method: "find" };
const LIMIT: Duration = Duration::from_secs(5);

/// One call at once, and a breaker that opens after four of which half failed.
fn shield() -> Shield {
    let limits = Limits { at_once: 1, waiting: 1, patience: Duration::from_secs(1) };
    let settings =
        Settings { window: Window::Count { size: 4 }, minimum: 4, ..Settings::default() };
    let breaker = Arc::new(Breaker::new(settings).unwrap());
    let retries = Retries::new(RetryPolicy::default(), Budget::default());
    Shield::new(Gate::new(limits), retries, breaker, LIMIT)
}

fn unavailable() -> Result<(), StoreError> {
    Err(StoreError::Unavailable("gone".into()))
}

async fn hangs() -> Result<(), StoreError> {
    std::future::pending().await
}

fn refused(outcome: &Result<(), StoreError>) -> Option<Refused> {
    Refused::behind(outcome.as_ref().unwrap_err())
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_is_left_alone() {
    let shield = shield();
    for _ in 0..4 {
        let outcome = shield.call(FIND, async { unavailable() }).await;
        assert_eq!(refused(&outcome), None, "it was asked");
    }

    let outcome = shield.call(FIND, async { unreachable!("it is left alone") }).await;

    assert!(matches!(refused(&outcome), Some(Refused::Open(_))), "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn answers_that_a_store_gives_are_no_failures() {
    let shield = shield();
    let answers: [fn() -> StoreError; 5] = [
        || StoreError::Stale,
        || StoreError::Duplicate { key: "email" },
        || StoreError::Contended("conflict".into()),
        || StoreError::Full("disk".into()),
        || StoreError::Corrupt("document".into()),
    ];
    for answer in answers.iter().cycle().take(50) {
        let outcome = shield.call(FIND, async { Err::<(), _>(answer()) }).await;
        assert!(outcome.is_err());
    }

    assert_eq!(shield.breaker.state(), State::Closed);
    assert!(shield.call(FIND, async { Ok(()) }).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_store_that_hangs_is_waited_for_no_longer_than_the_limit_and_fails_by_it() {
    let shield = shield();
    for _ in 0..4 {
        let began = Instant::now();
        let outcome = shield.call(FIND, hangs()).await;
        assert_eq!(refused(&outcome), Some(Refused::Unanswered(LIMIT)));
        assert_eq!(began.elapsed(), LIMIT);
    }

    assert_eq!(shield.breaker.state(), State::Open);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_shortens_the_wait_and_is_no_failure_of_the_store() {
    let shield = shield();
    let short = Duration::from_millis(200);
    for _ in 0..8 {
        let outcome = Deadline::within(short).scope(shield.call(FIND, hangs())).await;
        assert_eq!(refused(&outcome), Some(Refused::Unanswered(short)));
    }
    assert_eq!(shield.breaker.state(), State::Closed);

    let over = Deadline::within(Duration::ZERO);
    let outcome = over.scope(shield.call(FIND, async { unreachable!("too late to ask") })).await;

    assert_eq!(refused(&outcome), Some(Refused::Late));
}

#[tokio::test(start_paused = true)]
async fn whom_the_bulkhead_refuses_the_breaker_does_not_see() {
    let shield = shield();
    let (end, ends) = oneshot::channel::<()>();
    let first = tokio::spawn({
        let shield = shield.clone();
        async move { shield.call(FIND, async { ends.await.map_err(|_gone| StoreError::Stale) }).await }
    });
    tokio::task::yield_now().await;
    for _ in 0..4 {
        let outcome = shield.call(FIND, async { unreachable!("it has no place") }).await;
        assert_eq!(refused(&outcome), Some(Refused::Crowded));
    }

    end.send(()).unwrap();

    assert!(first.await.unwrap().is_ok());
    assert_eq!(shield.breaker.snapshot().finished, 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_the_store_goes_on_with_holds_its_place() {
    let shield = shield();
    let (end, ends) = oneshot::channel::<()>();
    let call = async {
        let work = carry::along(async move { ends.await.unwrap() });
        tokio::spawn(work).await.map_err(|_gone| StoreError::Stale)
    };

    let outcome = shield.call(FIND, call).await;

    assert_eq!(refused(&outcome), Some(Refused::Unanswered(LIMIT)));
    assert_eq!(shield.bulkhead.occupancy().inside, 1, "the store is still at it");
    end.send(()).unwrap();
    while shield.bulkhead.occupancy().inside > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_nobody_waits_for_counts_if_it_took_too_long() {
    let shield = shield();
    for late in [false, true] {
        let (end, ends) = oneshot::channel::<()>();
        let caller = tokio::spawn({
            let shield = shield.clone();
            let call = async {
                let work = carry::along(async move { ends.await.unwrap() });
                tokio::spawn(work).await.map_err(|_gone| StoreError::Stale)
            };
            async move { shield.call(FIND, call).await }
        });
        tokio::task::yield_now().await;
        caller.abort();
        assert!(caller.await.is_err());
        if late {
            tokio::time::advance(LIMIT).await;
        }
        end.send(()).unwrap();
        while shield.bulkhead.occupancy().inside > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(shield.breaker.snapshot().failures, u64::from(late));
    }
}
