//! What a call costs, measured as it is of opossum: both read the clock before and after.

use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use gacp_resilience::breaker::{Breaker, Outcome, Settings, State};

use crate::compare::breaker::figures::{EXTENT, Extent, Figures};

pub(super) fn figures() -> Result<Figures> {
    let Extent { few, many, rejects, .. } = EXTENT;
    let closed = Breaker::new(Settings::default())?;
    calls(&closed, rejects, Outcome::Success);
    let success = nanos_each(rejects, || calls(&closed, rejects, Outcome::Success));
    let open = Breaker::new(Settings { open_base: Duration::from_mins(5), ..Settings::default() })?;
    calls(&open, 10, Outcome::Failure);
    let reject = nanos_each(rejects, || calls(&open, rejects, Outcome::Success));
    if (closed.state(), open.state()) != (State::Closed, State::Open) {
        bail!("what was measured is neither closed nor open");
    }
    let (few, many) = (failure_among(few)?, failure_among(many)?);
    Ok(Figures { success, reject, few, many })
}

/// Of a failure that comes after so many successes.
fn failure_among(samples: u32) -> Result<f64> {
    let mut each = Vec::new();
    for _ in 0..EXTENT.rounds {
        // Only if every single one fails it opens.
        let breaker = Breaker::new(Settings { failure_percent: 100, ..Settings::default() })?;
        calls(&breaker, samples, Outcome::Success);
        let failures = EXTENT.failures;
        each.push(nanos_each(failures, || calls(&breaker, failures, Outcome::Failure)));
        if breaker.state() != State::Closed {
            bail!("it was to stay closed");
        }
    }
    each.sort_by(f64::total_cmp);
    Ok(each.get(each.len() / 2).copied().unwrap_or(f64::NAN))
}

fn calls(breaker: &Breaker, times: u32, outcome: Outcome) {
    for _ in 0..times {
        let began = breaker.now();
        if let Ok(permit) = black_box(breaker).try_acquire_at(began) {
            let ended = breaker.now();
            permit.record_at(black_box(outcome), ended.since(began), ended);
        }
    }
}

fn nanos_each(times: u32, work: impl FnOnce()) -> f64 {
    let began = Instant::now();
    work();
    began.elapsed().as_secs_f64() * 1e9 / f64::from(times)
}
