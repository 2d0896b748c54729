//! failsafe: a moving average over time behind a lock; it knows no window of calls, only failures
//! in a row.

use std::iter::Repeat;
use std::ops::Range;
use std::thread;
use std::time::Duration;

use ::failsafe::failure_policy::{SuccessRateOverTimeWindow, success_rate_over_time_window};
use ::failsafe::{CircuitBreaker, Config, Error, StateMachine, backoff};

use super::{Fault, OPEN, Rival, Window, reply};

type Policy = SuccessRateOverTimeWindow<Repeat<Duration>>;

/// A breaker of failsafe's.
#[derive(Debug, Clone)]
pub struct Failsafe(StateMachine<Policy, ()>);

fn breaker(success_rate: f64, window: Duration) -> Failsafe {
    let policy = success_rate_over_time_window(success_rate, 1, window, backoff::constant(OPEN));
    Failsafe(Config::new().failure_policy(policy).build())
}

impl Rival for Failsafe {
    const NAME: &str = "failsafe 1.3";

    fn closed(window: Window) -> Result<Option<Self>, Fault> {
        // It opens below the rate, so never.
        Ok((window == Window::Time).then(|| breaker(0.0, Duration::from_secs(10))))
    }

    fn open() -> Result<Self, Fault> {
        let window = Duration::from_secs(1);
        let breaker = breaker(1.0, window);
        // It does not open before it is as old as its window.
        thread::sleep(window + Duration::from_millis(100));
        breaker.0.on_error();
        Ok(breaker)
    }

    fn calls(&self, numbers: Range<u64>, fail: bool) -> u64 {
        let mut refused = 0;
        for nth in numbers {
            if matches!(self.0.call(|| reply(nth, fail)), Err(Error::Rejected)) {
                refused += 1;
            }
        }
        refused
    }
}
