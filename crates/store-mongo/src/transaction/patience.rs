//! How long a change is tried.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// How long a transaction is tried again.
const DEADLINE: Duration = Duration::from_secs(5);

/// The longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_millis(128);

/// How long something is tried again, with waits that grow and that nobody shares.
pub(super) struct Patience {
    deadline: Instant,
    attempts: u32,
    /// When the attempt that is under way was begun.
    begun: Instant,
}

impl Patience {
    pub(super) fn from_now() -> Self {
        let begun = Instant::now();
        Self { deadline: begun + DEADLINE, attempts: 0, begun }
    }

    /// Waits before the next attempt; says whether there may be one. An attempt takes about as
    /// long as the one before: whoever has waited for a primary in vain does not wait again for
    /// an answer that would come too late.
    pub(super) async fn wait(&mut self) -> bool {
        let longest = Duration::from_millis(1 << self.attempts.min(7)).min(LONGEST_WAIT);
        self.attempts = self.attempts.saturating_add(1);
        // Without randomness everybody waits the longest: slower, and no less correct.
        let share = getrandom::u32().map_or(1.0, |random| f64::from(random) / f64::from(u32::MAX));
        let wait = longest.mul_f64(share);
        if Instant::now() + wait + self.begun.elapsed() >= self.deadline {
            return false;
        }
        sleep(wait).await;
        self.begun = Instant::now();
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connect::SERVER_SELECTION;

    /// How long attempts are made that take so long each.
    async fn tried(each: Duration) -> (u32, Duration) {
        let begun = Instant::now();
        let mut patience = Patience::from_now();
        loop {
            sleep(each).await;
            if !patience.wait().await {
                return (patience.attempts, begun.elapsed());
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn quick_attempts_are_made_until_the_deadline() {
        let (attempts, took) = tried(Duration::from_millis(1)).await;

        assert!(attempts > 30, "{attempts}");
        assert!(took + 2 * LONGEST_WAIT > DEADLINE && took <= DEADLINE, "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waited_for_a_primary_in_vain_does_not_wait_again() {
        let (attempts, took) = tried(SERVER_SELECTION).await;

        assert_eq!((attempts, took), (1, SERVER_SELECTION));
    }
}
