use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Barrier;

use super::super::tests::limits;
use super::super::{Failed, Gate, Limits, Occupancy, Rejected};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_more_work_at_once_than_it_lets_in() {
    let gate = Gate::new(Limits { patience: Duration::from_mins(1), ..limits(2, 32) });
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let barrier = Arc::new(Barrier::new(32));
    let tasks: Vec<_> = (0..32)
        .map(|_| {
            let (gate, barrier) = (gate.clone(), Arc::clone(&barrier));
            let (now, most) = (Arc::clone(&now), Arc::clone(&most));
            tokio::spawn(async move {
                barrier.wait().await;
                let work = move || {
                    let inside = now.fetch_add(1, Ordering::SeqCst) + 1;
                    most.fetch_max(inside, Ordering::SeqCst);
                    std::thread::sleep(Duration::from_millis(2));
                    now.fetch_sub(1, Ordering::SeqCst);
                };
                gate.run(work).await
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }

    assert_eq!(most.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn work_that_panics_gives_its_place_back() {
    let gate = Gate::new(limits(1, 0));

    let outcome = gate.run(|| panic!("no")).await;

    assert!(matches!(outcome, Err(Failed::Aborted)));
    assert_eq!(gate.run(|| 7).await.unwrap(), 7);
}

#[tokio::test]
async fn work_goes_on_when_its_caller_leaves_and_holds_its_place() {
    let gate = Gate::new(Limits { patience: Duration::ZERO, ..limits(1, 0) });
    let (done, is_done) = std::sync::mpsc::channel::<()>();
    let caller = tokio::spawn({
        let gate = gate.clone();
        async move { gate.run(move || is_done.recv()).await.map(drop) }
    });
    while gate.occupancy().inside == 0 {
        tokio::task::yield_now().await;
    }
    caller.abort();
    assert!(caller.await.is_err());

    assert_eq!(gate.enter().await.unwrap_err(), Rejected::Full);
    done.send(()).unwrap();
    while gate.occupancy().inside > 0 {
        tokio::task::yield_now().await;
    }
    assert!(gate.enter().await.is_ok());
}

#[tokio::test]
async fn a_thread_goes_on_with_what_waits() {
    let gate = Gate::new(Limits { patience: Duration::from_mins(1), ..limits(1, 8) });
    let (go, may_go) = std::sync::mpsc::channel::<()>();
    let thread = || std::thread::current().id();
    let first = tokio::spawn({
        let gate = gate.clone();
        async move { gate.run(move || may_go.recv().map(|()| thread())).await }
    });
    while gate.occupancy().inside == 0 {
        tokio::task::yield_now().await;
    }
    let others: Vec<_> = (0..8)
        .map(|_| {
            let gate = gate.clone();
            tokio::spawn(async move { gate.run(thread).await })
        })
        .collect();
    while gate.occupancy().waiting < 8 {
        tokio::task::yield_now().await;
    }

    go.send(()).unwrap();

    let first = first.await.unwrap().unwrap().unwrap();
    for other in others {
        assert_eq!(other.await.unwrap().unwrap(), first);
    }
}

#[tokio::test]
async fn work_that_panics_lets_in_who_waits() {
    let gate = Gate::new(Limits { patience: Duration::from_mins(1), ..limits(1, 2) });
    let (go, may_go) = std::sync::mpsc::channel::<()>();
    let panics = tokio::spawn({
        let gate = gate.clone();
        async move {
            let work = move || {
                may_go.recv().unwrap();
                panic!("no");
            };
            gate.run(work).await
        }
    });
    while gate.occupancy().inside == 0 {
        tokio::task::yield_now().await;
    }
    let works = tokio::spawn({
        let gate = gate.clone();
        async move { gate.run(|| 7).await }
    });
    let enters = tokio::spawn({
        let gate = gate.clone();
        async move { gate.enter().await.map(drop) }
    });
    while gate.occupancy().waiting < 2 {
        tokio::task::yield_now().await;
    }

    go.send(()).unwrap();

    assert!(matches!(panics.await.unwrap(), Err::<(), _>(Failed::Aborted)));
    assert_eq!(works.await.unwrap().unwrap(), 7);
    enters.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn work_that_waits_for_too_long_or_for_nobody_is_not_done() {
    let gate = Gate::new(limits(1, 2));
    let inside = gate.enter().await.unwrap();
    let done = Arc::new(AtomicUsize::new(0));
    let work = || {
        let (gate, done) = (gate.clone(), Arc::clone(&done));
        async move { gate.run(move || done.fetch_add(1, Ordering::SeqCst)).await }
    };
    let leaves = tokio::spawn(work());
    tokio::task::yield_now().await;
    leaves.abort();
    assert!(leaves.await.is_err());

    let late = work().await;

    assert!(matches!(late, Err(Failed::Rejected(Rejected::TooLate))));
    assert_eq!(gate.occupancy(), Occupancy { inside: 1, waiting: 0 });
    drop(inside);
    assert_eq!(gate.occupancy(), Occupancy { inside: 0, waiting: 0 });
    assert_eq!(done.load(Ordering::SeqCst), 0);
}

#[test]
fn what_waits_when_the_runtime_ends_is_told_and_leaves_the_gate_open() {
    let gate = Gate::new(Limits { patience: Duration::from_mins(1), ..limits(1, 8) });
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let inside = runtime.block_on(gate.enter()).unwrap();
    let mut works: Vec<_> = (0..8).map(|_| Box::pin(gate.run(|| ()))).collect();
    runtime.block_on(async {
        for work in &mut works {
            assert!(polled(work).await.is_none());
        }
    });
    assert_eq!(gate.occupancy(), Occupancy { inside: 1, waiting: 8 });

    runtime.shutdown_background();
    drop(inside);

    assert_eq!(gate.occupancy(), Occupancy { inside: 0, waiting: 0 });
}

/// What it is ready with, if it is.
async fn polled<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    std::future::poll_fn(|context| match std::pin::Pin::new(&mut *future).poll(context) {
        std::task::Poll::Ready(done) => std::task::Poll::Ready(Some(done)),
        std::task::Poll::Pending => std::task::Poll::Ready(None),
    })
    .await
}
