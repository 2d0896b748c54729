//! What a breaker does on its way allocates nothing, whichever window it has.
#![expect(clippy::unwrap_used, reason = "a failed setup must stop the test")]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use allocation_counter::measure;
use gacp_resilience::breaker::{Breaker, Listener, Mode, Outcome, Settings, State, Window};
use gacp_resilience::clock::ManualClock;

const QUICK: Duration = Duration::from_millis(5);

struct Silent;

impl Listener for Silent {}

fn call(breaker: &Breaker, outcome: Outcome) {
    breaker.try_acquire().unwrap().record(outcome, QUICK);
}

fn allocations(what: impl FnOnce()) -> u64 {
    measure(what).count_total
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| drop(black_box(Box::new(7)))), 1);
}

#[test]
fn nothing_is_allocated_on_any_way_through() {
    let windows = [Window::Time { length: Duration::from_secs(10) }, Window::Count { size: 100 }];
    for window in windows {
        let clock = ManualClock::new();
        let settings = Settings { window, ..Settings::default() };
        let breaker = Breaker::observed(settings, Arc::new(clock.clone()), Arc::new(Silent));
        let breaker = Arc::new(breaker.unwrap());

        let closed = allocations(|| {
            for _ in 0..1_000 {
                call(&breaker, Outcome::Success);
                call(&breaker, Outcome::Ignore);
                drop(breaker.try_acquire_owned());
                clock.advance(Duration::from_millis(7));
            }
        });
        let trip = allocations(|| {
            let early = breaker.try_acquire().unwrap();
            while breaker.state() == State::Closed {
                call(&breaker, Outcome::Failure);
            }
            early.record(Outcome::Success, QUICK);
        });
        assert_eq!(breaker.snapshot().stale, 1);
        let refused = allocations(|| {
            for _ in 0..1_000 {
                assert!(breaker.try_acquire().is_err());
            }
        });
        let recovery = allocations(|| {
            clock.advance(Duration::from_secs(31));
            for _ in 0..3 {
                call(&breaker, Outcome::Success);
            }
            black_box(breaker.snapshot());
            breaker.set_mode(Mode::ForceOpen);
        });

        assert_eq!(breaker.mode(), Mode::ForceOpen);
        assert_eq!([closed, trip, refused, recovery], [0; 4], "{window:?}");
    }
}
