//! The breaker does what a naive one does that keeps a list of everything: whatever happens, in
//! whatever order, on both kinds of windows.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed setup must stop the test"
)]

mod naive;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use gacp_resilience::breaker::{
    Breaker, Listener, Mode, Open, Outcome, Permit, Settings, Transition, Window,
};
use gacp_resilience::clock::ManualClock;
use naive::{Naive, Told};
use proptest::prelude::*;

/// The breaker's precision (2²⁰ ns): settings and steps are multiples of it.
const TICK: Duration = Duration::from_nanos(1 << 20);

#[derive(Debug, Clone)]
enum Step {
    Acquire,
    /// How the call ends that was let through as the nth of those that are in flight.
    Record(usize, Outcome, Duration),
    Cancel(usize),
    Advance(u32),
    SetMode(Mode),
}

fn outcomes() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        4 => Just(Outcome::Success),
        4 => Just(Outcome::Failure),
        1 => Just(Outcome::Ignore),
    ]
}

fn modes() -> impl Strategy<Value = Mode> {
    prop_oneof![
        6 => Just(Mode::Normal),
        1 => Just(Mode::ForceClosed),
        1 => Just(Mode::ObserveOnly),
        1 => Just(Mode::Disabled),
        1 => Just(Mode::ForceOpen),
    ]
}

fn steps() -> impl Strategy<Value = Step> {
    // Shorter than a bucket, as long as an open interval or a probe, longer than the window.
    let ticks = prop_oneof![6 => 1..100_u32, 3 => 100..2_000_u32, 1 => 2_000..30_000_u32];
    let elapsed = prop_oneof![3 => Just(Duration::ZERO), 1 => Just(TICK * 10)];
    prop_oneof![
        12 => Just(Step::Acquire),
        10 => (0..8_usize, outcomes(), elapsed).prop_map(|(nth, outcome, it)| Step::Record(nth, outcome, it)),
        1 => (0..8_usize).prop_map(Step::Cancel),
        4 => ticks.prop_map(Step::Advance),
        1 => modes().prop_map(Step::SetMode),
    ]
}

fn settings() -> impl Strategy<Value = Settings> {
    let window = prop_oneof![
        (1..8_u32).prop_map(|n| Window::Time { length: TICK * 1_000 * n }),
        (8..40_u32).prop_map(|size| Window::Count { size }),
    ];
    let percents = (1..=100_u32, 1..=100_u32);
    let open = (10..400_u32, 1..40_u32);
    let probes = (1..5_u32).prop_flat_map(|probes| (Just(probes), 1..=probes));
    (window, 1..8_u32, percents, open, probes, 10..2_000_u32, any::<u64>()).prop_map(
        |(window, minimum, percents, open, (probes, successes), ttl, seed)| Settings {
            window,
            minimum,
            failure_percent: percents.0,
            slow_percent: percents.1,
            slow_after: TICK * 10,
            open_base: TICK * open.0,
            open_cap: TICK * open.0 * open.1,
            probes,
            successes,
            probe_ttl: TICK * ttl,
            seed: Some(seed),
        },
    )
}

/// Writes down what it hears.
#[derive(Default)]
struct Diary(Mutex<Vec<Told>>);

impl Diary {
    fn write(&self, told: Told) {
        self.0.lock().unwrap().push(told);
    }
}

impl Listener for Diary {
    fn transition(&self, it: &Transition) {
        self.write(Told::Transition(*it));
    }

    fn rejected(&self, open: Open) {
        self.write(Told::Rejected(open));
    }

    fn recorded(&self, outcome: Outcome, _: Duration) {
        self.write(Told::Recorded(outcome));
    }

    fn stale(&self, outcome: Outcome) {
        self.write(Told::Stale(outcome));
    }

    fn cancelled(&self) {
        self.write(Told::Cancelled);
    }
}

/// Both breakers, the clock of one and the time of the other, and what is in flight through both.
struct Worlds<'a> {
    breaker: &'a Breaker,
    clock: &'a ManualClock,
    diary: &'a Diary,
    naive: Naive,
    in_flight: Vec<(Permit<'a>, usize)>,
}

impl Worlds<'_> {
    fn take(&mut self, step: &Step) -> Result<(), TestCaseError> {
        match step {
            Step::Acquire => match (self.breaker.try_acquire(), self.naive.acquire()) {
                (Ok(permit), Ok(call)) => {
                    prop_assert_eq!(permit.is_probe(), self.naive.is_probe(call));
                    self.in_flight.push((permit, call));
                }
                (Err(one), Err(other)) => prop_assert_eq!(one, other),
                (one, other) => prop_assert!(false, "{one:?}, and the naive one {other:?}"),
            },
            Step::Record(nth, outcome, elapsed) if *nth < self.in_flight.len() => {
                let (permit, call) = self.in_flight.remove(*nth);
                permit.record(*outcome, *elapsed);
                self.naive.record(call, *outcome, *elapsed);
            }
            Step::Cancel(nth) if *nth < self.in_flight.len() => {
                let (permit, call) = self.in_flight.remove(*nth);
                drop(permit);
                self.naive.cancel(call);
            }
            Step::Record(..) | Step::Cancel(_) => {}
            Step::Advance(ticks) => {
                self.clock.advance(TICK * *ticks);
                self.naive.now += u64::from(*ticks);
            }
            Step::SetMode(mode) => {
                self.breaker.set_mode(*mode);
                self.naive.set_mode(*mode);
            }
        }
        self.agree()
    }

    fn agree(&mut self) -> Result<(), TestCaseError> {
        let told = std::mem::take(&mut *self.diary.0.lock().unwrap());
        prop_assert_eq!(told, std::mem::take(&mut self.naive.told));
        prop_assert_eq!(self.breaker.snapshot(), self.naive.snapshot());
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 10_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn it_does_what_a_naive_one_does(
        settings in settings(),
        steps in prop::collection::vec(steps(), 1..100),
    ) {
        let (clock, diary) = (ManualClock::new(), Arc::new(Diary::default()));
        let breaker = Breaker::observed(settings, Arc::new(clock.clone()), diary.clone()).unwrap();
        let naive = Naive::new(settings);
        let mut worlds =
            Worlds { breaker: &breaker, clock: &clock, diary: &diary, naive, in_flight: vec![] };
        for step in &steps {
            worlds.take(step)?;
        }
    }
}
