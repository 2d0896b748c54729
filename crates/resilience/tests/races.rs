//! Thirty-two threads behind a barrier, again and again.
#![expect(clippy::unwrap_used, reason = "a failed setup must stop the test")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use gacp_resilience::breaker::{
    Breaker, Listener, Outcome, OwnedPermit, Settings, State, Transition, Window,
};
use gacp_resilience::clock::ManualClock;

const THREADS: usize = 32;
const ROUNDS: usize = 100;
const QUICK: Duration = Duration::from_millis(5);

#[derive(Default)]
struct Told {
    opened: AtomicUsize,
    half_opened: AtomicUsize,
    closed: AtomicUsize,
}

impl Listener for Told {
    fn transition(&self, transition: &Transition) {
        let counter = match transition.to {
            State::Open => &self.opened,
            State::HalfOpen => &self.half_opened,
            State::Closed => &self.closed,
        };
        counter.fetch_add(1, Ordering::SeqCst);
    }
}

impl Told {
    fn transitions(&self) -> [usize; 3] {
        [&self.opened, &self.half_opened, &self.closed].map(|it| it.load(Ordering::SeqCst))
    }
}

fn breaker(window: Window) -> (Arc<Breaker>, ManualClock, Arc<Told>) {
    let (clock, told) = (ManualClock::new(), Arc::new(Told::default()));
    let settings = Settings { window, ..Settings::default() };
    let breaker = Breaker::observed(settings, Arc::new(clock.clone()), told.clone());
    (Arc::new(breaker.unwrap()), clock, told)
}

fn windows() -> [Window; 2] {
    [Window::Time { length: Duration::from_secs(10) }, Window::Count { size: 100 }]
}

/// Runs it in all threads at once.
fn at_once<T: Send + 'static>(what: impl Fn() -> T + Send + Sync + 'static) -> Vec<T> {
    let (what, barrier) = (Arc::new(what), Arc::new(Barrier::new(THREADS)));
    let threads: Vec<_> = (0..THREADS)
        .map(|_| {
            let (what, barrier) = (Arc::clone(&what), Arc::clone(&barrier));
            thread::spawn(move || {
                barrier.wait();
                what()
            })
        })
        .collect();
    threads.into_iter().map(|thread| thread.join().unwrap()).collect()
}

fn trip(breaker: &Breaker) {
    while breaker.state() != State::Open {
        if let Ok(permit) = breaker.try_acquire() {
            permit.record(Outcome::Failure, QUICK);
        }
    }
}

#[test]
fn of_many_that_fail_at_once_one_opens_it() {
    for window in windows() {
        for _ in 0..ROUNDS {
            let (breaker, _, told) = breaker(window);
            let failing = Arc::clone(&breaker);
            at_once(move || {
                for _ in 0..4 {
                    if let Ok(permit) = failing.try_acquire() {
                        permit.record(Outcome::Failure, QUICK);
                    }
                }
            });

            assert_eq!(breaker.state(), State::Open);
            assert_eq!(told.transitions(), [1, 0, 0]);
        }
    }
}

#[test]
fn of_many_that_ask_at_once_as_many_are_let_through_as_there_are_probes() {
    for _ in 0..ROUNDS {
        let (breaker, clock, told) = breaker(windows()[0]);
        trip(&breaker);
        clock.advance(Duration::from_secs(31));
        let asked = Arc::clone(&breaker);

        let let_in = at_once(move || asked.try_acquire_owned().ok());

        let probes: Vec<OwnedPermit> = let_in.into_iter().flatten().collect();
        assert_eq!(probes.len(), 5);
        assert_eq!(told.transitions(), [1, 1, 0]);
        drop(probes);
    }
}

/// Probes come, go, and are cancelled; never are there more at once than there may be.
#[test]
fn never_more_probes_at_once_than_there_are_places() {
    for _ in 0..ROUNDS {
        let (breaker, clock, _) = breaker(windows()[0]);
        trip(&breaker);
        clock.advance(Duration::from_secs(31));
        let (asked, inside) = (Arc::clone(&breaker), Arc::new(AtomicUsize::new(0)));

        let most = at_once(move || {
            let mut most = 0;
            for _ in 0..20 {
                if let Ok(probe) = asked.try_acquire() {
                    most = most.max(inside.fetch_add(1, Ordering::SeqCst) + 1);
                    thread::yield_now();
                    inside.fetch_sub(1, Ordering::SeqCst);
                    drop(probe);
                }
            }
            most
        });

        assert!(most.iter().all(|most| (0..=5).contains(most)), "{most:?}");
        assert!(most.iter().any(|most| *most > 0));
        assert_eq!(breaker.state(), State::HalfOpen);
    }
}

#[test]
fn of_many_probes_that_succeed_at_once_one_closes_it() {
    for _ in 0..ROUNDS {
        let (breaker, clock, told) = breaker(windows()[0]);
        trip(&breaker);
        clock.advance(Duration::from_secs(31));
        let asked = Arc::clone(&breaker);

        at_once(move || {
            if let Ok(permit) = asked.try_acquire() {
                permit.record(Outcome::Success, QUICK);
            }
        });

        // Those that are let through after it closed are no probes.
        assert_eq!(breaker.state(), State::Closed);
        assert_eq!(told.transitions(), [1, 1, 1]);
    }
}

#[test]
fn none_of_many_outcomes_at_once_is_lost() {
    let (breaker, _, _) = breaker(windows()[0]);
    let counted = Arc::clone(&breaker);

    at_once(move || {
        for nth in 0..1_000 {
            let outcome = if nth % 4 == 0 { Outcome::Failure } else { Outcome::Success };
            // Successes first: it must not open in between.
            let permit = counted.try_acquire().unwrap();
            permit.record(if nth < 4 { Outcome::Success } else { outcome }, QUICK);
        }
    });

    let snapshot = breaker.snapshot();
    assert_eq!((snapshot.finished, snapshot.failures), (32_000, 32 * 249));
}
