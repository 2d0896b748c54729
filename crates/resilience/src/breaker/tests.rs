mod modes;
mod probing;
mod tripping;

use std::sync::Mutex;
use std::time::Duration;

use super::*;
use crate::clock::ManualClock;

const QUICK: Duration = Duration::from_millis(5);

/// Keeps what it hears.
#[derive(Default)]
struct Diary(Mutex<Vec<String>>);

impl Diary {
    fn write(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Listener for Diary {
    fn transition(&self, transition: &Transition) {
        let Transition { from, to, cause, .. } = transition;
        self.write(format!("{from:?} to {to:?}: {cause:?}"));
    }

    fn rejected(&self, _: Open) {
        self.write("rejected".into());
    }

    fn stale(&self, outcome: Outcome) {
        self.write(format!("stale {outcome:?}"));
    }

    fn cancelled(&self) {
        self.write("cancelled".into());
    }
}

struct World {
    breaker: Arc<Breaker>,
    clock: ManualClock,
    diary: Arc<Diary>,
}

/// The plan's profile.
fn world() -> World {
    world_with(Settings::default())
}

fn world_with(settings: Settings) -> World {
    let (clock, diary) = (ManualClock::new(), Arc::new(Diary::default()));
    let breaker = Breaker::observed(
        Settings { seed: Some(1), ..settings },
        Arc::new(clock.clone()),
        diary.clone(),
    );
    World { breaker: Arc::new(breaker.unwrap()), clock, diary }
}

impl World {
    fn call(&self, outcome: Outcome) {
        self.breaker.try_acquire().unwrap().record(outcome, QUICK);
    }

    fn calls(&self, times: usize, outcome: Outcome) {
        for _ in 0..times {
            self.call(outcome);
        }
    }

    fn trip(&self) {
        self.calls(10, Outcome::Failure);
        assert_eq!(self.breaker.state(), State::Open);
    }

    /// Waits until an open breaker lets somebody through.
    fn wait(&self) -> Duration {
        let refused = self.breaker.try_acquire().unwrap_err();
        self.clock.advance(refused.retry_after);
        refused.retry_after
    }
}
