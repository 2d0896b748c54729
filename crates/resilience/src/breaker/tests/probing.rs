use super::*;

/// Half-open, with nobody through.
fn half_open() -> World {
    let world = world();
    world.trip();
    world.wait();
    drop(world.breaker.try_acquire());
    assert_eq!(world.breaker.state(), State::HalfOpen);
    world.diary.take();
    world
}

#[test]
fn so_many_are_let_through_and_no_more() {
    let world = half_open();
    let probes: Vec<_> = (0..5).map(|_| world.breaker.try_acquire().unwrap()).collect();
    assert!(probes.iter().all(Permit::is_probe));

    let open = world.breaker.try_acquire().unwrap_err();

    let (ttl, tick) = (Duration::from_secs(10), Duration::from_millis(2));
    assert!((ttl..=ttl + tick).contains(&open.retry_after), "{open:?}");
}

#[test]
fn enough_successes_close_it() {
    let world = half_open();
    world.calls(2, Outcome::Success);
    assert_eq!(world.breaker.state(), State::HalfOpen);

    world.call(Outcome::Success);

    assert_eq!(world.breaker.state(), State::Closed);
    assert_eq!(world.diary.take(), ["HalfOpen to Closed: Recovered"]);
    assert_eq!(world.breaker.snapshot().finished, 0, "probes are not in the window");
}

#[test]
fn a_success_keeps_its_place() {
    let world = half_open();
    world.calls(2, Outcome::Success);
    let probes: Vec<_> = (0..3).map(|_| world.breaker.try_acquire().unwrap()).collect();

    assert!(world.breaker.try_acquire().is_err(), "five in a cycle");
    drop(probes);
}

#[test]
fn a_failure_opens_it_again() {
    let world = half_open();
    world.calls(2, Outcome::Success);
    let other = world.breaker.try_acquire().unwrap();

    world.call(Outcome::Failure);
    other.record(Outcome::Success, QUICK);

    assert_eq!(world.breaker.state(), State::Open);
    assert_eq!(world.diary.take(), ["HalfOpen to Open: ProbeFailed", "stale Success"]);
    world.wait();
    world.calls(2, Outcome::Success);
    assert_eq!(world.breaker.state(), State::HalfOpen, "successes of the cycle before are void");
}

#[test]
fn a_slow_success_opens_it_again() {
    let world = half_open();
    let slow = world.breaker.try_acquire().unwrap();

    slow.record(Outcome::Success, Duration::from_secs(5));

    assert_eq!(world.diary.take(), ["HalfOpen to Open: ProbeSlow"]);
}

#[test]
fn cancelled_and_ignored_probes_leave_their_places() {
    let world = half_open();
    for _ in 0..50 {
        drop(world.breaker.try_acquire().unwrap());
        world.call(Outcome::Ignore);
    }

    let probes: Vec<_> = (0..5).map(|_| world.breaker.try_acquire().unwrap()).collect();
    assert_eq!(probes.len(), 5);
    assert_eq!(world.breaker.state(), State::HalfOpen);
}

#[test]
fn a_probe_that_hangs_is_given_up_and_its_outcome_is_stale() {
    let world = half_open();
    let hung: Vec<_> = (0..5).map(|_| world.breaker.try_acquire().unwrap()).collect();
    world.wait();
    let others: Vec<_> = (0..5).map(|_| world.breaker.try_acquire().unwrap()).collect();
    world.diary.take();

    for permit in hung {
        permit.record(Outcome::Failure, QUICK);
    }
    assert_eq!(world.diary.take(), ["stale Failure"; 5]);
    assert_eq!(world.breaker.state(), State::HalfOpen);
    assert!(world.breaker.try_acquire().is_err(), "their places are those of others");

    world.diary.take();
    for permit in others {
        permit.record(Outcome::Success, QUICK);
    }
    assert_eq!(
        world.diary.take(),
        ["HalfOpen to Closed: Recovered", "stale Success", "stale Success"]
    );
}

#[test]
fn a_probe_that_is_given_up_and_not_replaced_does_not_count_either() {
    let world = half_open();
    let hung = world.breaker.try_acquire().unwrap();
    world.clock.advance(Duration::from_secs(11));

    hung.record(Outcome::Failure, QUICK);

    assert_eq!(world.breaker.state(), State::HalfOpen);
    assert_eq!(world.breaker.snapshot().stale, 1);
}

#[test]
fn a_panic_cancels() {
    let world = half_open();
    for _ in 0..9 {
        let call = std::panic::AssertUnwindSafe(|| {
            let _permit = world.breaker.try_acquire().unwrap();
            std::panic::resume_unwind(Box::new("no"));
        });
        assert!(std::panic::catch_unwind(call).is_err());
    }

    assert_eq!(world.diary.take(), ["cancelled"; 9]);
    assert!(world.breaker.try_acquire().is_ok());
}
