//! What ours makes of the cases.

mod cost;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Result;
use gacp_resilience::breaker::{Breaker, Listener, Outcome, Settings, State, Transition};
use gacp_resilience::clock::ManualClock;
use gacp_resilience::gate::{Gate, Limits};
use gacp_resilience::timeout::detach;
use tokio::time::sleep;

use super::case::Finding;

const QUICK: Duration = Duration::from_millis(5);
/// Longer than it is open at first.
const OPEN: Duration = Duration::from_secs(31);

/// Plays all of them.
pub(super) fn play() -> Result<Vec<Finding>> {
    eprintln!("playing with ours");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    Ok(vec![
        runtime.block_on(o1())?,
        o2()?,
        o3()?,
        o4()?,
        o5()?,
        runtime.block_on(o6()),
        cost::figures()?.finding(),
    ])
}

struct Deaf;

impl Listener for Deaf {
    fn transition(&self, _: &Transition) {}
}

fn breaker(settings: Settings) -> Result<(Breaker, ManualClock)> {
    let clock = ManualClock::new();
    Ok((Breaker::observed(settings, Arc::new(clock.clone()), Arc::new(Deaf))?, clock))
}

/// Calls one after the other; how many were let through.
fn calls(breaker: &Breaker, times: u32, outcome: Outcome) -> u32 {
    let mut let_through = 0;
    for _ in 0..times {
        if let Ok(permit) = breaker.try_acquire() {
            permit.record(outcome, QUICK);
            let_through += 1;
        }
    }
    let_through
}

fn name(state: State) -> &'static str {
    match state {
        State::Closed => "closed",
        State::Open => "open",
        State::HalfOpen => "half-open",
    }
}

fn bulkhead() -> Gate {
    Gate::new(Limits { at_once: 2, waiting: 0, patience: Duration::from_secs(1) })
}

async fn o1() -> Result<Finding> {
    let (breaker, bulkhead) = (Arc::new(breaker(Settings::default())?.0), bulkhead());
    let mut tasks = Vec::new();
    for _ in 0..100 {
        let (breaker, bulkhead) = (Arc::clone(&breaker), bulkhead.clone());
        tasks.push(tokio::spawn(async move {
            let Ok(_inside) = bulkhead.enter().await else { return 0 };
            let Ok(permit) = breaker.try_acquire() else { return 0 };
            sleep(QUICK).await;
            permit.record(Outcome::Success, QUICK);
            1
        }));
    }
    let mut served = 0;
    for task in tasks {
        served += task.await?;
    }
    let state = breaker.state();
    let saw = format!("{}; {served} served, no call failed", name(state));
    Ok(Finding::new("O1", state == State::Closed && served >= 2, saw))
}

fn o2() -> Result<Finding> {
    let (breaker, clock) = breaker(Settings::default())?;
    let early = (0..10).map(|_| breaker.try_acquire()).collect::<Result<Vec<_>, _>>()?;
    calls(&breaker, 11, Outcome::Failure);
    let tripped = breaker.state();
    clock.advance(OPEN);
    let probe = breaker.try_acquire()?;
    let before = breaker.state();
    for permit in early {
        permit.record(Outcome::Success, QUICK);
    }
    let after = breaker.state();
    probe.record(Outcome::Success, QUICK);
    calls(&breaker, 2, Outcome::Success);
    let probed = breaker.state();
    let states = [tripped, before, after, probed];
    let right = states == [State::Open, State::HalfOpen, State::HalfOpen, State::Closed];
    let [tripped, before, after, probed] = states.map(name);
    let saw = format!("{tripped}, {before}, then {after}; {probed} after 3 probes");
    Ok(Finding::new("O2", right, saw))
}

fn o3() -> Result<Finding> {
    let (breaker, clock) = breaker(Settings::default())?;
    calls(&breaker, 10, Outcome::Failure);
    clock.advance(OPEN);
    let hung = (0..5).map(|_| breaker.try_acquire()).collect::<Result<Vec<_>, _>>()?;
    // For as long as it says: the time of a probe, and up to a tick of its clock.
    let waits = breaker.try_acquire().err().map(|refused| refused.retry_after);
    clock.advance(waits.unwrap_or_default());
    let asked = calls(&breaker, 100, Outcome::Success);
    let state = breaker.state();
    drop(hung);
    let saw = format!("{}; {asked} of 100 later calls let through", name(state));
    let right = waits.is_some() && state == State::Closed && asked == 100;
    Ok(Finding::new("O3", right, saw))
}

fn o4() -> Result<Finding> {
    let (breaker, _) = breaker(Settings { minimum: 40, ..Settings::default() })?;
    let in_flight = (0..100).map(|_| breaker.try_acquire()).collect::<Result<Vec<_>, _>>()?;
    let failed = calls(&breaker, 40, Outcome::Failure);
    let state = breaker.state();
    drop(in_flight);
    let saw = format!("{} after {failed} failures of 40", name(state));
    Ok(Finding::new("O4", state == State::Open && failed == 40, saw))
}

fn o5() -> Result<Finding> {
    let (half, _) = breaker(Settings::default())?;
    calls(&half, 5, Outcome::Success);
    calls(&half, 4, Outcome::Failure);
    let below = half.state();
    calls(&half, 1, Outcome::Failure);
    let (all, _) = breaker(Settings { failure_percent: 100, ..Settings::default() })?;
    calls(&all, 10, Outcome::Failure);
    let states = [below, half.state(), all.state()];
    let right = states == [State::Closed, State::Open, State::Open];
    let [_, first, second] = states.map(name);
    let saw = format!("{first} at 5 of 10 and 50 %, {second} at 10 of 10 and 100 %");
    Ok(Finding::new("O5", right, saw))
}

async fn o6() -> Finding {
    let bulkhead = bulkhead();
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    for _ in 0..12 {
        let (running, most) = (Arc::clone(&running), Arc::clone(&most));
        let work = async move {
            most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            sleep(100 * QUICK).await;
            running.fetch_sub(1, Ordering::SeqCst);
        };
        if let Ok(pass) = bulkhead.enter().await {
            // Whether it took too long is what the case says.
            let _ = detach(QUICK, pass, work).await;
        }
    }
    let most = most.load(Ordering::SeqCst);
    Finding::new("O6", most == 2, format!("{most} at once"))
}
