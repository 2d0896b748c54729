use super::*;

#[test]
fn it_opens_when_too_many_fail_and_tells_it_once() {
    let world = world();
    world.calls(5, Outcome::Success);
    world.calls(4, Outcome::Failure);
    assert_eq!(world.breaker.state(), State::Closed);

    world.call(Outcome::Failure);

    assert_eq!(world.breaker.state(), State::Open);
    assert!(world.breaker.try_acquire().is_err());
    assert_eq!(
        world.diary.take(),
        ["Closed to Open: Failures { failures: 5, finished: 10 }", "rejected"]
    );
}

#[test]
fn fewer_than_the_minimum_tell_nothing() {
    let world = world();
    world.calls(9, Outcome::Failure);

    assert_eq!(world.breaker.state(), State::Closed);
}

#[test]
fn slow_calls_open_it_too() {
    let world = world_with(Settings { slow_percent: 60, ..Settings::default() });
    world.calls(4, Outcome::Success);
    for slow in 1..=6 {
        assert_eq!(world.breaker.state(), State::Closed, "before {slow}");
        let permit = world.breaker.try_acquire().unwrap();
        permit.record(Outcome::Success, Duration::from_secs(5));
    }

    assert_eq!(world.diary.take(), ["Closed to Open: Slowness { slow: 6, finished: 10 }"]);
}

#[test]
fn what_tells_nothing_is_not_counted() {
    let world = world();
    world.calls(5, Outcome::Failure);
    world.calls(50, Outcome::Ignore);
    drop(world.breaker.try_acquire());

    assert_eq!(world.breaker.snapshot().finished, 5);
    assert_eq!(world.diary.take(), ["cancelled"]);
}

#[test]
fn failures_are_forgotten() {
    let world = world();
    world.calls(9, Outcome::Failure);
    world.clock.advance(Duration::from_secs(10));
    world.calls(9, Outcome::Failure);

    assert_eq!(world.breaker.state(), State::Closed);
    assert_eq!(world.breaker.snapshot().failures, 9);
}

#[test]
fn a_window_of_count_needs_no_time() {
    let window = Window::Count { size: 20 };
    let world = world_with(Settings { window, ..Settings::default() });
    world.calls(1_000, Outcome::Success);
    world.calls(9, Outcome::Failure);
    assert_eq!(world.breaker.state(), State::Closed);

    world.call(Outcome::Failure);

    assert_eq!(world.diary.take(), ["Closed to Open: Failures { failures: 10, finished: 20 }"]);
}

#[test]
fn it_says_when_to_try_again() {
    let world = world();
    world.trip();
    let open = world.breaker.try_acquire().unwrap_err();
    let (shortest, longest) = (Duration::from_secs(24), Duration::from_millis(30_002));
    assert!((shortest..=longest).contains(&open.retry_after), "{open:?}");

    world.clock.advance(Duration::from_secs(4));

    let later = world.breaker.try_acquire().unwrap_err();
    assert_eq!(later.retry_after + Duration::from_secs(4), open.retry_after);
    let snapshot = world.breaker.snapshot();
    assert_eq!(snapshot.retry_after, Some(later.retry_after));
    assert_eq!((snapshot.rejected, snapshot.generation), (2, 1));
}

#[test]
fn each_time_in_a_row_it_is_open_for_twice_as_long() {
    let world = world();
    world.trip();
    for seconds in [30, 60, 120, 240, 300, 300] {
        let waited = world.wait();
        let longest = Duration::from_secs(seconds);
        assert!(waited <= longest + Duration::from_millis(2), "{waited:?} of {longest:?}");
        assert!(waited >= longest * 4 / 5, "{waited:?} of {longest:?}");
        world.call(Outcome::Failure);
    }
}

#[test]
fn a_closed_period_as_long_as_the_open_one_ends_the_row() {
    let world = world();
    let relapse = |closed_for: u64| {
        world.wait();
        world.calls(3, Outcome::Success);
        assert_eq!(world.breaker.state(), State::Closed);
        world.clock.advance(Duration::from_secs(closed_for));
        world.trip();
        world.breaker.try_acquire().unwrap_err().retry_after.as_secs()
    };
    world.trip();

    assert!((48..=60).contains(&relapse(29)), "in a row");
    assert!((96..=120).contains(&relapse(59)), "in a row");
    assert!((24..=30).contains(&relapse(121)), "not in a row");
}

#[test]
fn an_owned_permit_goes_along_with_a_task() {
    let world = world();
    let permits: Vec<_> = (0..10).map(|_| world.breaker.try_acquire_owned().unwrap()).collect();

    let task = std::thread::spawn(|| {
        for permit in permits {
            permit.record(Outcome::Failure, QUICK);
        }
    });

    task.join().unwrap();
    assert_eq!(world.breaker.state(), State::Open);
    assert!(world.breaker.try_acquire_owned().is_err());
}

#[test]
fn whoever_knows_the_time_can_say_it() {
    let world = world();
    let now = Moment::START.plus(Duration::from_mins(1));
    for _ in 0..10 {
        let permit = world.breaker.try_acquire_at(now).unwrap();
        permit.record_at(Outcome::Failure, QUICK, now);
    }

    assert!(world.breaker.try_acquire_at(now.plus(Duration::from_secs(23))).is_err());
    assert!(world.breaker.try_acquire_owned_at(now.plus(Duration::from_secs(31))).is_ok());
}
