use super::*;

const MS: Duration = Duration::from_millis(1);

#[test]
fn the_bound_doubles_up_to_the_cap() {
    let backoff = Backoff { base: MS * 100, cap: MS * 1_000 };
    let longest = |nth| backoff.wait(nth, u64::MAX).as_millis();

    let waits: Vec<_> = [0, 1, 2, 3, 4, 31, 32, u32::MAX].map(longest).into();
    assert_eq!(waits, [99, 199, 399, 799, 999, 999, 999, 999]);
}

#[test]
fn a_wait_is_anywhere_below_its_bound() {
    let backoff = Backoff { base: MS * 100, cap: MS * 1_000 };

    assert_eq!(backoff.wait(0, 0), Duration::ZERO);
    assert_eq!(backoff.wait(0, u64::MAX / 2).as_millis(), 49);
    assert_eq!(Backoff { base: Duration::MAX, cap: Duration::MAX }.wait(9, 0), Duration::ZERO);
}
