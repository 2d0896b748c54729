use tokio::sync::Barrier;

use super::*;

pub(super) fn limits(at_once: usize, waiting: usize) -> Limits {
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

#[test]
fn absurd_limits_are_bounded() {
    let limits = Limits { at_once: 0, waiting: usize::MAX, patience: Duration::MAX };

    let gate = Gate::new(limits);

    assert_eq!(gate.limits().at_once, 1);
    assert_eq!(gate.limits().waiting, usize::MAX - 1);
}

#[tokio::test(start_paused = true)]
async fn the_urgent_go_first_and_take_the_place_of_the_least_urgent() {
    let gate = Gate::new(limits(1, 2));
    let inside = gate.enter().await.unwrap();
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let comes = |priority| {
        let (gate, tell) = (gate.clone(), tell.clone());
        tokio::spawn(async move {
            let pass = gate.enter_as(priority).await;
            tell.send((priority, pass.as_ref().map(drop).map_err(|why| *why))).unwrap();
        })
    };
    for priority in [Priority::Low, Priority::Normal, Priority::Critical] {
        comes(priority);
        tokio::task::yield_now().await;
    }
    assert_eq!(told.recv().await.unwrap(), (Priority::Low, Err(Rejected::Full)));

    drop(inside);

    assert_eq!(told.recv().await.unwrap(), (Priority::Critical, Ok(())));
    assert_eq!(told.recv().await.unwrap(), (Priority::Normal, Ok(())));
}
