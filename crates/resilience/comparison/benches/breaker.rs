//! What a call through a breaker costs, crate beside crate: `cargo xtask bench breaker`.
//!
//! With two threads it is the time of one call in either, while the other one calls, too.
#![expect(clippy::unwrap_used, reason = "a failed setup must stop the bench")]

use std::hint::black_box;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use criterion::Criterion;
use gacp_resilience::clock::{Clock, Monotonic};
use gacp_resilience_comparison::{Failsafe, Ours, OursTold, Recloser, Rival, Tower, Window};

/// So many calls are in the window before it is measured: 100 a second, for ten seconds.
const BEFORE: u64 = 1_000;
const WINDOWS: [(Window, &str); 2] = [(Window::Calls, "100 calls"), (Window::Time, "10 s")];
const THREADS: [(usize, &str); 2] = [(1, "1 thread"), (2, "2 threads")];

/// The same calls in so many threads at once; how long the slowest one took.
fn at_once<R: Rival>(threads: usize, breaker: &R, numbers: &Range<u64>, fail: bool) -> Taken {
    if threads == 1 {
        return taken(breaker, numbers.clone(), fail);
    }
    let barrier = Arc::new(Barrier::new(threads));
    let threads: Vec<_> = (0..threads)
        .map(|_| {
            let (breaker, barrier, numbers) = (breaker.clone(), barrier.clone(), numbers.clone());
            thread::spawn(move || {
                barrier.wait();
                taken(&breaker, numbers, fail)
            })
        })
        .collect();
    let all = threads.into_iter().map(|thread| thread.join().unwrap());
    all.fold(Taken::default(), |slowest, one| Taken {
        time: slowest.time.max(one.time),
        refused: slowest.refused + one.refused,
    })
}

#[derive(Default)]
struct Taken {
    time: Duration,
    refused: u64,
}

fn taken<R: Rival>(breaker: &R, numbers: Range<u64>, fail: bool) -> Taken {
    let began = Instant::now();
    let refused = black_box(breaker).calls(numbers, fail);
    Taken { time: began.elapsed(), refused }
}

/// So many calls of a closed breaker; now and then on a new one, where that matters.
fn closed_calls<R: Rival>(threads: usize, window: Window, fail: bool, times: u64) -> Duration {
    let (mut left, mut time) = (times, Duration::ZERO);
    while left > 0 {
        let now = left.min(R::AT_MOST);
        let breaker = R::closed(window).unwrap().unwrap();
        let before = breaker.calls(0..BEFORE, fail);
        let taken = at_once(threads, &breaker, &(BEFORE..BEFORE + now), fail);
        assert_eq!(before + taken.refused, 0, "{} stayed closed", R::NAME);
        left -= now;
        time += taken.time;
    }
    time
}

fn closed<R: Rival>(c: &mut Criterion) {
    for (window, length) in WINDOWS {
        if R::closed(window).unwrap().is_none() {
            continue;
        }
        for (fail, outcome) in [(false, "success"), (true, "failure")] {
            for (threads, so_many) in THREADS {
                c.benchmark_group(format!("closed, {outcome}, {length}, {so_many}"))
                    .bench_function(R::NAME, |b| {
                        b.iter_custom(|times| closed_calls::<R>(threads, window, fail, times));
                    });
            }
        }
    }
}

fn open<R: Rival>(c: &mut Criterion) {
    let breaker = R::open().unwrap();
    for (threads, so_many) in THREADS {
        c.benchmark_group(format!("open, reject, {so_many}")).bench_function(R::NAME, |b| {
            b.iter_custom(|times| {
                let taken = at_once(threads, &breaker, &(0..times), false);
                assert!(taken.refused % times == 0 && taken.refused > 0, "{} is open", R::NAME);
                taken.time
            });
        });
    }
}

fn all<R: Rival>(c: &mut Criterion) {
    closed::<R>(c);
    open::<R>(c);
}

/// What two readings of the clock cost alone, and around something that another thread can see.
fn clock(c: &mut Criterion) {
    let mut group = c.benchmark_group("clock");
    group.bench_function("1 Instant", |b| b.iter(Instant::now));
    group.bench_function("2 Instants", |b| b.iter(|| (Instant::now(), Instant::now())));
    let clock: Arc<dyn Clock> = Arc::new(Monotonic::new());
    group.bench_function("2 Moments", |b| b.iter(|| (clock.now(), clock.now())));
    let counter = AtomicU64::new(0);
    group.bench_function("1 compare-and-swap", |b| b.iter(|| add(&counter)));
    group.bench_function("2 Moments, 1 compare-and-swap", |b| {
        b.iter(|| {
            let began = clock.now();
            let ended = clock.now();
            add(&counter);
            (began, ended)
        });
    });
    group.finish();
}

fn add(counter: &AtomicU64) -> bool {
    let seen = counter.load(Ordering::Acquire);
    counter.compare_exchange_weak(seen, seen + 1, Ordering::AcqRel, Ordering::Acquire).is_ok()
}

fn main() {
    let mut criterion = Criterion::default()
        .measurement_time(Duration::from_secs(1))
        .warm_up_time(Duration::from_millis(300))
        .configure_from_args();
    clock(&mut criterion);
    all::<Ours>(&mut criterion);
    all::<OursTold>(&mut criterion);
    all::<Recloser>(&mut criterion);
    all::<Failsafe>(&mut criterion);
    all::<Tower>(&mut criterion);
    criterion.final_summary();
}
