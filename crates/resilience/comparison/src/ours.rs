//! gacp-resilience, the crate that is compared.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use gacp_resilience::breaker::{Breaker, Outcome, Settings};
use gacp_resilience::clock::Moment;

use super::{Fault, OPEN, Rival, Window, reply};

const QUICK: Duration = Duration::from_millis(5);
/// So much later is the next call, where the breaker is told the time.
const PACE: u64 = 100;

/// Ours, with the clock read before and after the call, as whoever wants to know how long it took
/// does anyway.
#[derive(Debug, Clone)]
pub struct Ours(Arc<Breaker>);

/// Ours, told the time: the breaker alone.
#[derive(Debug, Clone)]
pub struct OursTold(Arc<Breaker>);

fn closed(window: Window) -> Result<Arc<Breaker>, Fault> {
    use gacp_resilience::breaker::Window as Outcomes;
    let window = match window {
        Window::Calls => Outcomes::Count { size: 100 },
        Window::Time => Outcomes::Time { length: Duration::from_secs(10) },
    };
    // Only if every single one fails it opens.
    let settings = Settings { window, failure_percent: 100, ..Settings::default() };
    Ok(Arc::new(Breaker::new(settings)?))
}

fn open() -> Result<Arc<Breaker>, Fault> {
    let settings = Settings { minimum: 1, open_base: OPEN, open_cap: OPEN, ..Settings::default() };
    let breaker = Breaker::new(settings)?;
    breaker.try_acquire()?.record(Outcome::Failure, QUICK);
    Ok(Arc::new(breaker))
}

fn outcome(reply: Result<(), ()>) -> Outcome {
    if reply.is_ok() { Outcome::Success } else { Outcome::Failure }
}

impl Rival for Ours {
    const NAME: &str = "ours";

    fn closed(window: Window) -> Result<Option<Self>, Fault> {
        closed(window).map(Self).map(Some)
    }

    fn open() -> Result<Self, Fault> {
        open().map(Self)
    }

    fn calls(&self, numbers: Range<u64>, fail: bool) -> u64 {
        let breaker = &*self.0;
        let mut refused = 0;
        for nth in numbers {
            let began = breaker.now();
            if let Ok(permit) = breaker.try_acquire_at(began) {
                let outcome = outcome(reply(nth, fail));
                let ended = breaker.now();
                permit.record_at(outcome, ended.since(began), ended);
            } else {
                refused += 1;
            }
        }
        refused
    }
}

impl Rival for OursTold {
    const NAME: &str = "ours, told the time";

    fn closed(window: Window) -> Result<Option<Self>, Fault> {
        closed(window).map(Self).map(Some)
    }

    fn open() -> Result<Self, Fault> {
        open().map(Self)
    }

    fn calls(&self, numbers: Range<u64>, fail: bool) -> u64 {
        let breaker = &*self.0;
        let mut refused = 0;
        for nth in numbers {
            let now = Moment::from_nanos(nth * PACE);
            if let Ok(permit) = breaker.try_acquire_at(now) {
                permit.record_at(outcome(reply(nth, fail)), QUICK, now);
            } else {
                refused += 1;
            }
        }
        refused
    }
}
