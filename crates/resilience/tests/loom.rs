//! Every interleaving of two or three threads on one breaker, and what each may see of the others:
//!
//! ```console
//! RUSTFLAGS="--cfg gacp_loom" CARGO_TARGET_DIR=target/loom \
//!     cargo test -p gacp-resilience --no-default-features --release --test loom
//! ```
//!
//! The flag is our own: `--cfg loom` would change tokio, too.
#![cfg(gacp_loom)]
#![expect(clippy::unwrap_used, reason = "a failed setup must stop the test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use gacp_resilience::breaker::{
    Breaker, Listener, Mode, Outcome, Settings, State, Transition, Window,
};
use gacp_resilience::clock::ManualClock;
use loom::thread;

const QUICK: Duration = Duration::from_millis(5);

/// Counts transitions, to each state. Its own atomics are not the checked ones.
#[derive(Default)]
struct Told {
    opened: AtomicUsize,
    half_opened: AtomicUsize,
    closed: AtomicUsize,
    stale: AtomicUsize,
    recorded: AtomicUsize,
}

impl Listener for Told {
    fn transition(&self, transition: &Transition) {
        let counter = match transition.to {
            State::Open => &self.opened,
            State::HalfOpen => &self.half_opened,
            State::Closed => &self.closed,
        };
        counter.fetch_add(1, Ordering::SeqCst);
    }

    fn stale(&self, _: Outcome) {
        self.stale.fetch_add(1, Ordering::SeqCst);
    }

    fn recorded(&self, _: Outcome, _: Duration) {
        self.recorded.fetch_add(1, Ordering::SeqCst);
    }
}

impl Told {
    fn transitions(&self) -> (usize, usize, usize) {
        let of = |counter: &AtomicUsize| counter.load(Ordering::SeqCst);
        (of(&self.opened), of(&self.half_opened), of(&self.closed))
    }

    fn outcomes(&self) -> (usize, usize) {
        (self.recorded.load(Ordering::SeqCst), self.stale.load(Ordering::SeqCst))
    }
}

struct World {
    breaker: Arc<Breaker>,
    clock: ManualClock,
    told: Arc<Told>,
}

const COUNT: Window = Window::Count { size: 2 };
const TIME: Window = Window::Time { length: Duration::from_secs(10) };

fn settings(window: Window) -> Settings {
    Settings { window, minimum: 2, probes: 2, successes: 2, seed: Some(1), ..Settings::default() }
}

fn world(window: Window) -> World {
    world_with(settings(window))
}

fn world_with(settings: Settings) -> World {
    let (clock, told) = (ManualClock::new(), Arc::new(Told::default()));
    let breaker = Breaker::observed(settings, Arc::new(clock.clone()), told.clone()).unwrap();
    World { breaker: Arc::new(breaker), clock, told }
}

impl World {
    fn call(&self, outcome: Outcome) {
        self.breaker.try_acquire().unwrap().record(outcome, QUICK);
    }

    /// Opens it and waits: it is due to be half-open.
    fn trip(&self) {
        self.call(Outcome::Failure);
        self.call(Outcome::Failure);
        self.clock.advance(Duration::from_secs(31));
    }

    fn half_open(window: Window) -> Self {
        let world = world(window);
        world.trip();
        drop(world.breaker.try_acquire().unwrap());
        world
    }

    fn spawn<T: 'static>(
        &self,
        what: impl FnOnce(&Breaker) -> T + 'static,
    ) -> thread::JoinHandle<T> {
        let breaker = Arc::clone(&self.breaker);
        thread::spawn(move || what(&breaker))
    }
}

fn fail(breaker: &Breaker) {
    if let Ok(permit) = breaker.try_acquire() {
        permit.record(Outcome::Failure, QUICK);
    }
}

/// Neither misses the other's failure, and one of them opens it.
#[test]
fn two_failures_at_once_open_it_once() {
    for window in [TIME, COUNT] {
        loom::model(move || {
            let world = world(window);
            let other = world.spawn(fail);
            fail(&world.breaker);
            other.join().unwrap();

            assert_eq!(world.breaker.state(), State::Open);
            assert_eq!(world.told.transitions(), (1, 0, 0));
        });
    }
}

/// Both find the bucket of ten seconds before, and take it over.
#[test]
fn no_count_is_lost_where_a_bucket_is_used_again() {
    loom::model(|| {
        let world = world(TIME);
        world.call(Outcome::Success);
        world.clock.advance(Duration::from_secs(10));
        let other =
            world.spawn(|breaker| breaker.try_acquire().unwrap().record(Outcome::Success, QUICK));
        world.call(Outcome::Success);
        other.join().unwrap();

        assert_eq!(world.breaker.snapshot().finished, 2);
    });
}

/// An outcome counts in the generation that it is of, or is stale: never in the next.
#[test]
fn an_outcome_does_not_leak_into_the_next_generation() {
    for window in [TIME, COUNT] {
        loom::model(move || {
            let world = world(window);
            world.call(Outcome::Success);
            let permit = world.breaker.try_acquire_owned().unwrap();
            let other = world.spawn(|breaker| {
                breaker.set_mode(Mode::ForceClosed);
                breaker.try_acquire().unwrap().record(Outcome::Success, QUICK);
            });
            permit.record(Outcome::Failure, QUICK);
            other.join().unwrap();

            let (snapshot, (recorded, stale)) = (world.breaker.snapshot(), world.told.outcomes());
            assert_eq!((snapshot.finished, snapshot.failures), (1, 0));
            assert_eq!(recorded + stale, 3);
            assert_eq!(usize::try_from(snapshot.stale).unwrap(), stale);
        });
    }
}

/// One of them opens it and the other one, who began before, succeeds: it stays open.
#[test]
fn a_success_at_the_trip_does_not_undo_it() {
    loom::model(|| {
        let world = world(COUNT);
        world.call(Outcome::Failure);
        let permit = world.breaker.try_acquire_owned().unwrap();
        let other = world.spawn(|breaker| breaker.set_mode(Mode::ObserveOnly));
        permit.record(Outcome::Failure, QUICK);
        other.join().unwrap();

        assert_eq!(
            (world.breaker.state(), world.breaker.mode()),
            (State::Closed, Mode::ObserveOnly)
        );
        let (opened, half_opened, closed) = world.told.transitions();
        assert!(opened <= 1 && half_opened == 0 && closed == 1);
    });
}

/// Two ask and one may: with three and two there are more interleavings than one can wait for.
#[test]
fn one_makes_it_half_open_and_no_more_than_may_are_let_through() {
    loom::model(|| {
        let world = world_with(Settings { probes: 1, successes: 1, ..settings(COUNT) });
        world.trip();
        let ask = |breaker: &Breaker| breaker.try_acquire().map(std::mem::forget).is_ok();
        let other = world.spawn(ask);
        let let_in = usize::from(ask(&world.breaker)) + usize::from(other.join().unwrap());

        assert_eq!(let_in, 1);
        assert_eq!(world.told.transitions(), (1, 1, 0));
    });
}

/// Neither misses the other's success, and one of them closes it.
#[test]
fn two_probes_that_succeed_at_once_close_it_once() {
    loom::model(|| {
        let world = World::half_open(COUNT);
        let succeed = |breaker: &Breaker| {
            breaker.try_acquire().unwrap().record(Outcome::Success, QUICK);
        };
        let other = world.spawn(succeed);
        world.breaker.try_acquire().unwrap().record(Outcome::Success, QUICK);
        other.join().unwrap();

        assert_eq!(world.breaker.state(), State::Closed);
        assert_eq!(world.told.transitions(), (1, 1, 1));
    });
}

#[test]
fn of_a_success_and_a_failure_at_once_the_failure_opens_it() {
    loom::model(|| {
        let world = World::half_open(COUNT);
        let (one, two) = (world.breaker.try_acquire().unwrap(), world.breaker.try_acquire_owned());
        let other = thread::spawn(move || two.unwrap().record(Outcome::Failure, QUICK));
        one.record(Outcome::Success, QUICK);
        other.join().unwrap();

        assert_eq!(world.breaker.state(), State::Open);
        assert_eq!(world.told.transitions(), (2, 1, 0));
    });
}

/// A place that was given back is there for the next one, and is not given to two.
#[test]
fn a_place_that_is_given_back_goes_to_one() {
    loom::model(|| {
        let world = World::half_open(COUNT);
        std::mem::forget(world.breaker.try_acquire().unwrap());
        let probe = world.breaker.try_acquire_owned().unwrap();
        let ask = |breaker: &Breaker| breaker.try_acquire().map(std::mem::forget).is_ok();
        let other = world.spawn(ask);
        let dropped = thread::spawn(move || drop(probe));
        let let_in = usize::from(other.join().unwrap());
        dropped.join().unwrap();

        let let_in = let_in + usize::from(ask(&world.breaker)) + usize::from(ask(&world.breaker));
        assert_eq!(let_in, 1);
    });
}

/// The place of a probe that took too long goes to one of two, and its own outcome is stale.
#[test]
fn a_place_that_is_given_up_goes_to_one() {
    loom::model(|| {
        let world = World::half_open(COUNT);
        let hung = world.breaker.try_acquire_owned().unwrap();
        std::mem::forget(world.breaker.try_acquire().unwrap());
        world.clock.advance(Duration::from_millis(10_002));
        let again = world.breaker.try_acquire().map(std::mem::forget);
        assert!(again.is_ok(), "the first place");
        let ask = |breaker: &Breaker| breaker.try_acquire().map(std::mem::forget).is_ok();
        let other = world.spawn(ask);
        let late = thread::spawn(move || hung.record(Outcome::Failure, QUICK));
        let let_in = usize::from(ask(&world.breaker)) + usize::from(other.join().unwrap());
        late.join().unwrap();

        assert_eq!(let_in, 1, "the second place");
        assert_eq!(world.breaker.state(), State::HalfOpen);
        assert_eq!(world.told.outcomes().1, 1);
    });
}
