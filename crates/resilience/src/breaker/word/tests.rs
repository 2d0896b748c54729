use super::*;

#[test]
fn a_new_word_is_closed_and_normal() {
    assert!(Word::NEW.lets_all_in());
    assert_eq!((Word::NEW.state(), Word::NEW.mode()), (State::Closed, Mode::Normal));
    assert_eq!((Word::NEW.streak(), Word::NEW.generation(), Word::NEW.tick()), (0, 0, 0));
}

#[test]
fn what_is_packed_is_unpacked() {
    let now = moment(77);
    let modes =
        [Mode::Normal, Mode::ForceClosed, Mode::ObserveOnly, Mode::Disabled, Mode::ForceOpen];
    for mode in modes {
        let closed = Word::NEW.restarted(mode, now);
        assert_eq!((closed.state(), closed.mode(), closed.streak()), (State::Closed, mode, 0));
        let counted = !matches!(mode, Mode::Disabled | Mode::ForceOpen);
        assert_eq!(closed.lets_all_in(), counted, "{mode:?}");

        let open = closed.opened(9, 1 << 38);
        assert_eq!((open.state(), open.mode(), open.streak()), (State::Open, mode, 9));
        assert_eq!((open.tick(), open.generation()), (1 << 38, 2));
        assert!(!open.lets_all_in());

        let half = open.half_opened(now);
        assert_eq!((half.state(), half.mode(), half.streak()), (State::HalfOpen, mode, 9));
        assert!(!half.lets_all_in());

        let closed = half.closed(now);
        assert_eq!((closed.state(), closed.mode(), closed.streak()), (State::Closed, mode, 9));
        assert_eq!((closed.tick(), closed.generation()), (77, 4));
    }
}

#[test]
fn nothing_spills_into_the_next_field() {
    let mut word = Word::NEW;
    for _ in 0..=0xffff {
        word = word.opened(u64::MAX, u64::MAX);
    }

    assert_eq!((word.generation(), word.streak(), word.tick()), (0, 15, (1 << 39) - 1));
    assert_eq!((word.state(), word.mode()), (State::Open, Mode::Normal));
}

#[test]
fn a_tick_begins_before_its_moments_and_ends_no_interval_early() {
    let tick_nanos = 1 << 20;
    let now = Moment::from_nanos(5 * tick_nanos + 3);

    assert_eq!(tick(now), 5);
    assert_eq!(tick_after(now, Duration::ZERO), 6);
    assert_eq!(tick_after(moment(5), Duration::from_nanos(tick_nanos)), 6);
    assert_eq!(tick_after(now, Duration::from_nanos(tick_nanos)), 7);
    assert_eq!(tick_after(now, Duration::MAX), 1 << 44);
}
