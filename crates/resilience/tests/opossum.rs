//! What opossum 10, the breaker of the plan's sketch, gets wrong, and what is right: a test each.
#![expect(clippy::unwrap_used, reason = "a failed setup must stop the test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use gacp_resilience::breaker::{Breaker, Listener, Open, Outcome, Settings, State, Transition};
use gacp_resilience::clock::ManualClock;
use gacp_resilience::gate::{Gate, Limits};
use gacp_resilience::timeout::detach;

const QUICK: Duration = Duration::from_millis(5);

#[derive(Default)]
struct Transitions(AtomicUsize);

impl Listener for Transitions {
    fn transition(&self, _: &Transition) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

fn breaker(settings: Settings) -> (Breaker, ManualClock, Arc<Transitions>) {
    let (clock, transitions) = (ManualClock::new(), Arc::new(Transitions::default()));
    let breaker = Breaker::observed(settings, Arc::new(clock.clone()), transitions.clone());
    (breaker.unwrap(), clock, transitions)
}

fn calls(breaker: &Breaker, times: u32, outcome: Outcome) {
    for _ in 0..times {
        breaker.try_acquire().unwrap().record(outcome, QUICK);
    }
}

/// opossum counts what its own bulkhead rejects as failures of the dependency: a burst opens it.
/// Here whoever is not let in does not come to the breaker.
#[tokio::test(start_paused = true)]
async fn o1_rejections_of_the_bulkhead_do_not_open_the_breaker_of_a_healthy_dependency() {
    let (breaker, _, transitions) = breaker(Settings::default());
    let bulkhead = Gate::new(Limits { at_once: 2, waiting: 0, patience: Duration::from_secs(1) });
    let breaker = Arc::new(breaker);
    let mut tasks = Vec::new();
    for _ in 0..100 {
        let (breaker, bulkhead) = (Arc::clone(&breaker), bulkhead.clone());
        tasks.push(tokio::spawn(async move {
            let Ok(_inside) = bulkhead.enter().await else { return false };
            let permit = breaker.try_acquire().unwrap();
            tokio::time::sleep(QUICK).await;
            permit.record(Outcome::Success, QUICK);
            true
        }));
    }
    let mut served = 0;
    for task in tasks {
        served += usize::from(task.await.unwrap());
    }

    assert_eq!(served, 2, "98 of 100 were rejected");
    let snapshot = breaker.snapshot();
    assert_eq!((snapshot.state, snapshot.finished, snapshot.failures), (State::Closed, 2, 0));
    assert_eq!(transitions.0.load(Ordering::SeqCst), 0);
}

/// opossum closes a half-open breaker when a call ends well that began before it opened: it tells
/// how the dependency was then. Here only a probe closes it.
#[test]
fn o2_a_success_that_began_before_the_trip_does_not_close_a_half_open_breaker() {
    let (breaker, clock, _) = breaker(Settings::default());
    let early: Vec<_> = (0..10).map(|_| breaker.try_acquire().unwrap()).collect();
    calls(&breaker, 10, Outcome::Failure);
    clock.advance(Duration::from_secs(31));
    let probe = breaker.try_acquire().unwrap();
    assert_eq!(breaker.state(), State::HalfOpen);

    for permit in early {
        permit.record(Outcome::Success, QUICK);
    }

    assert_eq!(breaker.state(), State::HalfOpen);
    assert_eq!(breaker.snapshot().stale, 10);
    probe.record(Outcome::Success, QUICK);
    calls(&breaker, 2, Outcome::Success);
    assert_eq!(breaker.state(), State::Closed);
}

/// opossum lets one probe through and waits for it, for ever if it has to. Here a probe is given up.
#[test]
fn o3_probes_that_never_end_do_not_wedge_it() {
    let (breaker, clock, _) = breaker(Settings::default());
    calls(&breaker, 10, Outcome::Failure);
    clock.advance(Duration::from_secs(31));
    let hung: Vec<_> = (0..5).map(|_| breaker.try_acquire().unwrap()).collect();
    let Open { retry_after } = breaker.try_acquire().unwrap_err();
    assert!(retry_after < Duration::from_millis(10_010), "the time of a probe");

    clock.advance(retry_after);
    calls(&breaker, 3, Outcome::Success);

    assert_eq!(breaker.state(), State::Closed);
    drop(hung);
}

/// opossum divides by the calls that began: what is in flight counts like a success. Here what
/// ended is what counts.
#[test]
fn o4_calls_in_flight_do_not_dilute_the_failures() {
    let (breaker, _, _) = breaker(Settings { minimum: 40, ..Settings::default() });
    let in_flight: Vec<_> = (0..100).map(|_| breaker.try_acquire().unwrap()).collect();

    calls(&breaker, 40, Outcome::Failure);

    assert_eq!(breaker.state(), State::Open, "40 of 40 finished calls failed");
    drop(in_flight);
}

/// opossum opens above the threshold, so that 100 % never open it. Here the threshold opens it.
#[test]
fn o5_exactly_the_threshold_opens_it() {
    let (half, _, _) = breaker(Settings::default());
    calls(&half, 5, Outcome::Success);
    calls(&half, 4, Outcome::Failure);
    assert_eq!(half.state(), State::Closed, "4 of 9, and fewer than the minimum");
    calls(&half, 1, Outcome::Failure);
    assert_eq!(half.state(), State::Open, "5 of 10");

    let (all, _, _) = breaker(Settings { failure_percent: 100, ..Settings::default() });
    calls(&all, 10, Outcome::Failure);
    assert_eq!(all.state(), State::Open, "10 of 10");
}

/// opossum gives the place in its bulkhead back at the timeout, while the call goes on: a capacity of
/// two let twelve run. Here the place is held until the call really ends.
#[tokio::test(start_paused = true)]
async fn o6_no_more_calls_run_at_once_than_there_are_places_though_they_time_out() {
    let bulkhead = Gate::new(Limits { at_once: 2, waiting: 0, patience: Duration::from_secs(1) });
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut timed_out = 0;
    for _ in 0..12 {
        let (running, most) = (Arc::clone(&running), Arc::clone(&most));
        let call = async move {
            most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_mins(1)).await;
            running.fetch_sub(1, Ordering::SeqCst);
        };
        if let Ok(pass) = bulkhead.enter().await {
            timed_out += usize::from(detach(QUICK, pass, call).await.is_err());
        }
    }

    assert_eq!(timed_out, 2);
    assert_eq!(most.load(Ordering::SeqCst), 2);
    assert_eq!(running.load(Ordering::SeqCst), 2, "they go on");
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(running.load(Ordering::SeqCst), 0);
    assert!(bulkhead.enter().await.is_ok());
}

/// A refusal is a copy of a number, and a failure among a million outcomes is counted like one
/// among ten: neither is a matter of how much there was before. What they cost is told by
/// `cargo bench -p gacp-resilience`, that they allocate nothing by `tests/allocations.rs`.
#[test]
fn o7_what_a_refusal_and_a_failure_cost_does_not_grow() {
    fn is_copy<T: Copy>(_: T) {}
    let (breaker, clock, transitions) = breaker(Settings::default());
    calls(&breaker, 1_000_000, Outcome::Success);
    calls(&breaker, 999_999, Outcome::Failure);
    assert_eq!(breaker.state(), State::Closed);
    let size = size_of::<Breaker>();
    assert!(size < 1_024, "all there is to look at: {size} bytes");

    calls(&breaker, 1, Outcome::Failure);
    let refused = breaker.try_acquire().unwrap_err();
    is_copy(refused);
    for _ in 0..1_000_000 {
        assert_eq!(breaker.try_acquire().unwrap_err(), refused);
    }

    assert_eq!(breaker.snapshot().rejected, 1_000_001);
    clock.advance(Duration::from_secs(31));
    assert!(breaker.try_acquire().is_ok());
    assert_eq!(transitions.0.load(Ordering::SeqCst), 2);
}
