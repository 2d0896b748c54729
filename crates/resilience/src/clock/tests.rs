use super::*;

#[test]
fn a_manual_clock_moves_when_it_is_moved_and_its_clones_with_it() {
    let clock = ManualClock::new();
    let same = clock.clone();

    clock.advance(Duration::from_millis(3));

    assert_eq!(same.now(), Moment::from_nanos(3_000_000));
    same.advance(Duration::MAX);
    assert_eq!(clock.now(), Moment::from_nanos(u64::MAX));
}

#[test]
fn moments_do_not_overflow() {
    let late = Moment::START.plus(Duration::MAX);

    assert_eq!(late.nanos(), u64::MAX);
    assert_eq!(Moment::START.since(late), Duration::ZERO);
    assert_eq!(late.since(late), Duration::ZERO);
}

#[test]
fn the_monotonic_clock_goes_on() {
    let clock = Monotonic::default();
    let before = clock.now();
    while clock.now() == before {}
    assert!(clock.now() > before);
}
