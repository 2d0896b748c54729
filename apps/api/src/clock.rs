//! What time it is: the only place that asks the machine.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

const NANOS_PER_MILLISECOND: i32 = 1_000_000;

/// Tells the time in whole milliseconds, as it is stored and shown everywhere.
#[derive(Debug, Clone)]
pub struct Clock(Hands);

#[derive(Debug, Clone)]
enum Hands {
    System,
    /// Moved by tests; shared among clones.
    Manual(Arc<Mutex<Timestamp>>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Hands::System)
    }

    /// A clock that stands still until it is advanced, for tests.
    pub fn fixed(at: Timestamp) -> Self {
        Self(Hands::Manual(Arc::new(Mutex::new(at))))
    }

    /// Moves a fixed clock, and all of its clones; the machine's clock does not listen.
    pub fn advance(&self, by: SignedDuration) {
        if let Hands::Manual(at) = &self.0 {
            let mut at = lock(at);
            *at = at.saturating_add(by).unwrap_or(Timestamp::MAX);
        }
    }

    /// The present moment, rounded down to milliseconds.
    pub fn now(&self) -> Timestamp {
        let now = match &self.0 {
            Hands::System => system_now(),
            Hands::Manual(at) => *lock(at),
        };
        let beyond = now.subsec_nanosecond().rem_euclid(NANOS_PER_MILLISECOND);
        now.checked_sub(SignedDuration::from_nanos(beyond.into())).unwrap_or(now)
    }
}

#[expect(clippy::disallowed_methods, reason = "everything else takes the time from here")]
fn system_now() -> Timestamp {
    Timestamp::now()
}

fn lock(at: &Mutex<Timestamp>) -> MutexGuard<'_, Timestamp> {
    // A time is set in one assignment: there is no half-done state to fear.
    at.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_stands_still_and_moves_with_its_clones() {
        let clock = Clock::fixed("2026-01-05T02:00:00.123999Z".parse().unwrap());
        let clone = clock.clone();

        clone.advance(SignedDuration::from_secs(60));

        assert_eq!(clock.now().to_string(), "2026-01-05T02:01:00.123Z");
        let before_1970 = Clock::fixed("1969-12-31T23:59:59.999999Z".parse().unwrap());
        assert_eq!(before_1970.now().to_string(), "1969-12-31T23:59:59.999Z");
    }

    #[test]
    fn the_system_clock_shows_whole_milliseconds() {
        let now = Clock::system().now();

        assert_eq!(now.subsec_nanosecond() % 1_000_000, 0);
        assert!(now > Timestamp::UNIX_EPOCH);
    }
}
