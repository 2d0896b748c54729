use super::*;

#[test]
fn forced_open_it_refuses_everybody_until_it_is_normal_again() {
    let world = world();
    let before = world.breaker.try_acquire().unwrap();
    world.breaker.set_mode(Mode::ForceOpen);
    world.clock.advance(Duration::from_hours(1));

    let open = world.breaker.try_acquire().unwrap_err();
    before.record(Outcome::Failure, QUICK);

    assert_eq!(open.retry_after, Duration::from_secs(30));
    world.breaker.set_mode(Mode::Normal);
    world.call(Outcome::Success);
    assert_eq!(
        world.diary.take(),
        [
            "Closed to Closed: Mode(ForceOpen)",
            "rejected",
            "stale Failure",
            "Closed to Closed: Mode(Normal)"
        ]
    );
}

#[test]
fn forced_closed_it_counts_and_does_not_open() {
    let world = world();
    world.breaker.set_mode(Mode::ForceClosed);

    world.calls(100, Outcome::Failure);

    let snapshot = world.breaker.snapshot();
    assert_eq!((snapshot.state, snapshot.mode), (State::Closed, Mode::ForceClosed));
    assert_eq!((snapshot.finished, snapshot.failures), (100, 100));
    world.breaker.set_mode(Mode::Normal);
    world.call(Outcome::Failure);
    assert_eq!(world.breaker.state(), State::Closed, "it began anew");
}

#[test]
fn disabled_it_does_nothing() {
    let world = world();
    world.breaker.set_mode(Mode::Disabled);
    world.diary.take();

    world.calls(100, Outcome::Failure);
    drop(world.breaker.try_acquire());

    assert_eq!(world.breaker.snapshot().finished, 0);
    assert_eq!(world.diary.take(), [""; 0]);
}

#[test]
fn observing_it_tells_what_it_would_do_and_refuses_nobody() {
    let world = world();
    world.breaker.set_mode(Mode::ObserveOnly);
    world.diary.take();
    world.trip();

    world.calls(2, Outcome::Success);
    world.clock.advance(Duration::from_secs(31));
    let probes: Vec<_> = (0..5).map(|_| world.breaker.try_acquire().unwrap()).collect();
    world.call(Outcome::Failure);
    for probe in probes.into_iter().take(3) {
        probe.record(Outcome::Success, QUICK);
    }

    assert_eq!(world.breaker.snapshot().rejected, 3);
    assert_eq!(
        world.diary.take(),
        [
            "Closed to Open: Failures { failures: 10, finished: 10 }",
            "rejected",
            "rejected",
            "Open to HalfOpen: Waited",
            "rejected",
            "HalfOpen to Closed: Recovered",
            "cancelled",
            "cancelled",
        ]
    );
}

#[test]
fn a_mode_ends_what_was_before() {
    let world = world();
    world.trip();

    world.breaker.set_mode(Mode::ForceClosed);
    world.breaker.set_mode(Mode::ForceClosed);
    world.breaker.set_mode(Mode::Normal);

    assert_eq!(world.breaker.snapshot().generation, 3, "the same mode again is no change");
    assert_eq!(world.breaker.state(), State::Closed);
    world.trip();
    assert!(world.wait() <= Duration::from_millis(30_002), "not in a row");
}

#[test]
fn a_default_breaker_works() {
    let breaker = Breaker::default();

    breaker.try_acquire().unwrap().record(Outcome::Failure, QUICK);

    assert_eq!(breaker.snapshot().failures, 1);
    assert_eq!(breaker.settings().minimum, 10);
    assert!(format!("{breaker:?}").contains("failures: 1"));
}
