use super::*;

fn fault(change: impl FnOnce(&mut Settings)) -> Option<Nonsense> {
    let mut settings = Settings::default();
    change(&mut settings);
    settings.check().err()
}

#[test]
fn the_default_is_the_plans_profile() {
    let Settings { minimum, failure_percent, slow_after, open_base, .. } = Settings::default();

    assert_eq!(Settings::default().check(), Ok(()));
    assert_eq!((minimum, failure_percent), (10, 50));
    assert_eq!((slow_after, open_base), (Duration::from_secs(5), Duration::from_secs(30)));
}

#[test]
fn nonsense_is_refused() {
    assert_eq!(fault(|it| it.minimum = 0), Some(Nonsense::Minimum(0)));
    assert_eq!(fault(|it| it.minimum = 1_000_001), Some(Nonsense::Minimum(1_000_001)));
    assert_eq!(fault(|it| it.window = Window::Count { size: 9 }), Some(Nonsense::Minimum(10)));
    assert_eq!(fault(|it| it.window = Window::Count { size: 0 }), Some(Nonsense::Size(0)));
    let long = 10_001;
    assert_eq!(fault(|it| it.window = Window::Count { size: long }), Some(Nonsense::Size(long)));
    for length in [Duration::from_millis(999), Duration::from_secs(601)] {
        assert_eq!(fault(|it| it.window = Window::Time { length }), Some(Nonsense::Length(length)));
    }
    for percent in [0, 101] {
        assert_eq!(fault(|it| it.failure_percent = percent), Some(Nonsense::Percent(percent)));
        assert_eq!(fault(|it| it.slow_percent = percent), Some(Nonsense::Percent(percent)));
    }
    assert_eq!(fault(|it| it.slow_after = Duration::ZERO), Some(Nonsense::SlowAfter));
    for (probes, successes) in [(0, 0), (5, 0), (5, 6), (33, 3)] {
        let found = fault(|it| (it.probes, it.successes) = (probes, successes));
        assert_eq!(found, Some(Nonsense::Probes { probes, successes }));
    }
    for ttl in [Duration::from_millis(9), Duration::from_hours(25)] {
        assert_eq!(fault(|it| it.probe_ttl = ttl), Some(Nonsense::ProbeTtl(ttl)));
    }
}

#[test]
fn an_interval_can_grow_to_its_cap() {
    let open = |base, cap| fault(|it| (it.open_base, it.open_cap) = (base, cap));
    let (ms, s) = (Duration::from_millis, Duration::from_secs);

    assert_eq!(open(ms(10), ms(10)), None);
    assert_eq!(open(ms(10), ms(163_840)), None);
    for (base, cap) in [(ms(9), s(1)), (s(2), s(1)), (s(1), s(86_401)), (ms(10), ms(163_841))] {
        assert_eq!(open(base, cap), Some(Nonsense::Open { base, cap }));
    }
}

#[test]
fn intervals_double_up_to_the_cap() {
    let settings = Settings::default();
    let seconds: Vec<_> = (1..=6).map(|streak| settings.interval(streak).as_secs()).collect();

    assert_eq!(seconds, [30, 60, 120, 240, 300, 300]);
    assert_eq!(settings.interval(15).as_secs(), 300);
}

#[test]
fn jitter_shortens_by_at_most_a_fifth() {
    let interval = Duration::from_secs(10);

    assert_eq!(jittered(interval, 0), interval);
    assert_eq!(jittered(interval, u64::MAX / 2).as_millis(), 9_000);
    assert!(jittered(interval, u64::MAX) > Duration::from_secs(8));
    assert!(jittered(interval, u64::MAX) < Duration::from_millis(8_001));
}
