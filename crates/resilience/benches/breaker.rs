//! What a breaker costs a call: `cargo bench -p gacp-resilience`.
//!
//! `bare` is told the time, `clocked` reads the clock before and after, as whoever wants to know
//! how long a call took does anyway. With two threads it is the time of one call in either.
#![expect(clippy::unwrap_used, reason = "a failed setup must stop the bench")]

use std::hint::black_box;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use criterion::Criterion;
use gacp_resilience::breaker::{Breaker, Mode, Outcome, Settings, Window};
use gacp_resilience::clock::{Clock, Moment, Monotonic};
use gacp_resilience::retry::{Allowance, Budget};

const WINDOWS: [(&str, Window); 2] = [
    ("time 10 s", Window::Time { length: Duration::from_secs(10) }),
    ("count 100", Window::Count { size: 100 }),
];
const QUICK: Duration = Duration::from_millis(5);
/// So much later is the next call.
const PACE: Duration = Duration::from_nanos(100);
/// Of so many calls one succeeds, so that the breaker stays closed when all others fail.
const SUCCEEDS: u64 = 50;

fn breaker(window: Window) -> Breaker {
    // Only if every single one fails it opens.
    Breaker::new(Settings { window, failure_percent: 100, ..Settings::default() }).unwrap()
}

fn bare(breaker: &Breaker, outcome: Outcome, now: Moment) {
    if let Ok(permit) = breaker.try_acquire_at(now) {
        permit.record_at(outcome, QUICK, now);
    }
}

fn clocked(breaker: &Breaker, outcome: Outcome) {
    let began = breaker.now();
    if let Ok(permit) = breaker.try_acquire_at(began) {
        let ended = breaker.now();
        permit.record_at(outcome, ended.since(began), ended);
    }
}

/// So many calls one after the other.
fn calls(times: u64, mut call: impl FnMut(Outcome, Moment), outcome: Outcome) {
    let mut now = Moment::START;
    for nth in 0..times {
        now = now.plus(PACE);
        call(if nth % SUCCEEDS == 0 { Outcome::Success } else { outcome }, now);
    }
}

/// The same in two threads at once; how long the slower one took.
fn in_two(times: u64, breaker: &Arc<Breaker>, call: fn(&Breaker, u64)) -> Duration {
    let barrier = Arc::new(Barrier::new(2));
    let threads = [(); 2].map(|()| {
        let (breaker, barrier) = (Arc::clone(breaker), Arc::clone(&barrier));
        thread::spawn(move || {
            barrier.wait();
            let began = Instant::now();
            call(&breaker, times);
            began.elapsed()
        })
    });
    threads.map(|thread| thread.join().unwrap()).into_iter().max().unwrap()
}

fn closed(c: &mut Criterion) {
    for (name, window) in WINDOWS {
        let mut group = c.benchmark_group(format!("closed, {name}"));
        for outcome in [Outcome::Success, Outcome::Failure] {
            let breaker = Arc::new(breaker(window));
            group.bench_function(format!("{outcome:?}, bare"), |b| {
                b.iter_custom(|times| {
                    let began = Instant::now();
                    calls(times, |outcome, now| bare(black_box(&breaker), outcome, now), outcome);
                    began.elapsed()
                });
            });
            breaker.set_mode(Mode::ForceClosed);
            breaker.set_mode(Mode::Normal);
            group.bench_function(format!("{outcome:?}, clocked"), |b| {
                b.iter_custom(|times| {
                    let began = Instant::now();
                    calls(times, |outcome, _| clocked(black_box(&breaker), outcome), outcome);
                    began.elapsed()
                });
            });
            assert_eq!(breaker.snapshot().rejected, 0, "it stayed closed");
        }
        let breaker = Arc::new(breaker(window));
        group.bench_function("Success, bare, 2 threads", |b| {
            b.iter_custom(|times| {
                in_two(times, &breaker, |breaker, times| {
                    calls(times, |outcome, now| bare(breaker, outcome, now), Outcome::Success);
                })
            });
        });
        group.bench_function("Success, clocked, 2 threads", |b| {
            b.iter_custom(|times| {
                in_two(times, &breaker, |breaker, times| {
                    calls(times, |outcome, _| clocked(breaker, outcome), Outcome::Success);
                })
            });
        });
        group.finish();
    }
}

fn open(c: &mut Criterion) {
    let breaker = Arc::new(breaker(WINDOWS.last().unwrap().1));
    for _ in 0..10 {
        clocked(&breaker, Outcome::Failure);
    }
    let mut group = c.benchmark_group("open");
    let now = breaker.now();
    group.bench_function("bare", |b| b.iter(|| breaker.try_acquire_at(black_box(now)).is_err()));
    breaker.set_mode(Mode::ForceOpen);
    group.bench_function("clocked", |b| b.iter(|| breaker.try_acquire().is_err()));
    group.bench_function("clocked, 2 threads", |b| {
        b.iter_custom(|times| {
            in_two(times, &breaker, |breaker, times| {
                for _ in 0..times {
                    black_box(breaker.try_acquire().is_err());
                }
            })
        });
    });
    group.finish();
}

fn beside(c: &mut Criterion) {
    let mut group = c.benchmark_group("beside");
    let clock = Monotonic::new();
    group.bench_function("a clock", |b| b.iter(|| clock.now()));
    let budget = Budget::new(Allowance::default());
    group.bench_function("a request of a budget", |b| {
        b.iter(|| {
            budget.request();
            budget.try_retry(Moment::START)
        });
    });
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default()
        .measurement_time(Duration::from_secs(2))
        .warm_up_time(Duration::from_millis(500))
        .configure_from_args();
    closed(&mut criterion);
    open(&mut criterion);
    beside(&mut criterion);
    criterion.final_summary();
}
