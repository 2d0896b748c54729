use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Barrier;

use super::*;

fn limits(at_once: usize, waiting: usize) -> Limits {
    Limits { at_once, waiting, patience: Duration::from_secs(1) }
}

#[derive(Default)]
struct Diary(Mutex<Vec<String>>);

impl Diary {
    fn write(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }
}

impl Observer for Diary {
    fn entered(&self, waited: Duration) {
        self.write(format!("entered after {waited:?}"));
    }

    fn left(&self, inside: Duration) {
        self.write(format!("left after {inside:?}"));
    }

    fn rejected(&self, why: Rejected) {
        self.write(format!("{why:?}"));
    }
}

#[tokio::test(start_paused = true)]
async fn what_finds_no_place_is_shed_at_once() {
    let gate = Gate::new(limits(1, 1));
    let inside = gate.enter().await.unwrap();
    let waits = tokio::spawn({
        let gate = gate.clone();
        async move { gate.enter().await.is_ok() }
    });
    tokio::task::yield_now().await;
    assert_eq!(gate.occupancy(), Occupancy { inside: 1, waiting: 1 });
    let before = Instant::now();

    let shed = gate.enter().await;

    assert_eq!(shed.unwrap_err(), Rejected::Full);
    assert_eq!(before.elapsed(), Duration::ZERO);
    drop(inside);
    assert!(waits.await.unwrap());
    assert_eq!(gate.occupancy(), Occupancy { inside: 0, waiting: 0 });
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_longer_than_the_patience() {
    let gate = Gate::new(limits(1, 1));
    let inside = gate.enter().await.unwrap();
    let before = Instant::now();

    let shed = gate.enter().await;

    assert_eq!(shed.unwrap_err(), Rejected::TooLate);
    assert_eq!(before.elapsed(), Duration::from_secs(1));
    drop(inside);
    assert!(gate.enter().await.is_ok(), "whoever gave up keeps no place");
}

#[tokio::test(start_paused = true)]
async fn whoever_would_have_to_wait_for_too_long_is_shed_at_once() {
    let gate = Gate::new(limits(1, 100));
    for _ in 0..64 {
        let inside = gate.enter().await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        drop(inside);
    }
    let _inside = gate.enter().await.unwrap();
    let waiters: Vec<_> = (0..20)
        .map(|_| {
            let gate = gate.clone();
            tokio::spawn(async move {
                let arrived = Instant::now();
                (gate.enter().await.map(drop), arrived.elapsed())
            })
        })
        .collect();
    let mut outcomes = Vec::new();
    for waiter in waiters {
        outcomes.push(waiter.await.unwrap());
    }

    // Half of the patience is five times what work takes: six wait, behind the one inside.
    let at_once = outcomes.iter().filter(|it| **it == (Err(Rejected::Full), Duration::ZERO));
    assert_eq!(at_once.count(), 14);
    // Whoever is inside does not leave, and work takes longer than it did: patience ends.
    let late = (Err(Rejected::TooLate), Duration::from_secs(1));
    assert_eq!(outcomes.iter().filter(|it| **it == late).count(), 6);
}

#[test]
fn a_tempo_forgets() {
    let tempo = Tempo::default();
    assert_eq!(tempo.average(), Duration::ZERO);
    tempo.note(Duration::from_millis(80));
    assert_eq!(tempo.average(), Duration::from_millis(80));
    for _ in 0..100 {
        tempo.note(Duration::from_millis(16));
    }
    let average = tempo.average().as_millis();
    assert!((15..=17).contains(&average), "{average}");
}

#[tokio::test(start_paused = true)]
async fn whoever_leaves_while_he_waits_keeps_no_place() {
    let gate = Gate::new(limits(1, 1));
    let inside = gate.enter().await.unwrap();
    let waits = tokio::spawn({
        let gate = gate.clone();
        async move { gate.enter().await.map(drop) }
    });
    tokio::task::yield_now().await;

    waits.abort();
    assert!(waits.await.is_err());

    assert_eq!(gate.occupancy(), Occupancy { inside: 1, waiting: 0 });
    drop(inside);
    assert!(gate.enter().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn an_observer_sees_waits_work_and_rejections() {
    let diary = Arc::new(Diary::default());
    let gate = Gate::observed(limits(1, 1), diary.clone());
    let inside = gate.enter().await.unwrap();
    let waits = tokio::spawn({
        let gate = gate.clone();
        async move { gate.enter().await.map(drop) }
    });
    tokio::task::yield_now().await;
    assert!(gate.enter().await.is_err());

    tokio::time::sleep(Duration::from_millis(300)).await;
    drop(inside);
    waits.await.unwrap().unwrap();

    let lines = diary.0.lock().unwrap().clone();
    assert_eq!(
        lines,
        ["entered after 0ns", "Full", "left after 300ms", "entered after 300ms", "left after 0ns"]
    );
}

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

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_at_once_as_many_are_shed_as_have_no_place() {
    let gate = Gate::new(limits(2, 3));
    let (barrier, gone) = (Arc::new(Barrier::new(32)), Arc::new(Barrier::new(32)));
    let tasks: Vec<_> = (0..32)
        .map(|_| {
            let (gate, barrier, gone) = (gate.clone(), Arc::clone(&barrier), Arc::clone(&gone));
            tokio::spawn(async move {
                barrier.wait().await;
                let outcome = gate.enter().await;
                let shed = matches!(outcome, Err(Rejected::Full));
                // Those inside stay until those without a place have gone, or lost patience.
                let _ = tokio::time::timeout(Duration::from_millis(200), gone.wait()).await;
                shed
            })
        })
        .collect();
    let mut shed = 0;
    for task in tasks {
        shed += usize::from(task.await.unwrap());
    }

    assert_eq!(shed, 27);
}

#[tokio::test]
async fn work_that_panics_gives_its_place_back() {
    let gate = Gate::new(limits(1, 0));

    let outcome = gate.run(|| panic!("no")).await;

    assert!(matches!(outcome, Err(Failed::Aborted(_))));
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

#[test]
fn absurd_limits_are_bounded() {
    let limits = Limits { at_once: 0, waiting: usize::MAX, patience: Duration::MAX };

    let gate = Gate::new(limits);

    assert_eq!(gate.limits().at_once, 1);
    assert_eq!(gate.limits().waiting, Semaphore::MAX_PERMITS - 1);
}
