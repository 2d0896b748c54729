//! Trying again, for async work.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::observer::Nobody;
use super::{Backoff, Budget, GivenUp, Observer};
use crate::clock::Moment;
use crate::deadline::Deadline;
use crate::random::{Random, seed};

/// Whether work is tried again. That is a promise: the work may happen twice. Whatever may have
/// been done already, and is not idempotent, is [`Done`](Self::Done).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// This is how it ended.
    Done,
    /// Trying again may help, and does no harm.
    Retry {
        /// Not before so long, says who failed: an open breaker, a `Retry-After`.
        after: Option<Duration>,
    },
}

/// How often and when work is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// So many retries come after the first attempt, at most.
    pub retries: u32,
    /// The waits before them.
    pub backoff: Backoff,
    /// Where their jitter comes from: without a seed all have their own.
    pub seed: Option<u64>,
}

impl Default for RetryPolicy {
    /// Two retries.
    fn default() -> Self {
        Self { retries: 2, backoff: Backoff::default(), seed: None }
    }
}

/// The retries of everything that is asked of one dependency.
pub struct Retries {
    policy: RetryPolicy,
    budget: Budget,
    random: Random,
    began: Instant,
    observer: Arc<dyn Observer>,
}

impl Retries {
    /// Retries out of a budget, which nobody observes. One budget has one `Retries`: its clock
    /// begins now.
    pub fn new(policy: RetryPolicy, budget: Budget) -> Self {
        Self::observed(policy, budget, Arc::new(Nobody))
    }

    /// The same, and who sees what becomes of them.
    pub fn observed(policy: RetryPolicy, budget: Budget, observer: Arc<dyn Observer>) -> Self {
        let random = Random::new(seed(policy.seed));
        Self { policy, budget, random, began: Instant::now(), observer }
    }

    /// Works, and tries again while the verdict is to, the budget allows it, and the wait ends
    /// before the deadline (that of this task: [`current`](crate::deadline::current)). The reply is
    /// that of the last attempt. `attempt` is told how many there were before.
    pub async fn run<R, F: Future<Output = R>>(
        &self,
        deadline: Option<Deadline>,
        mut attempt: impl FnMut(u32) -> F,
        verdict: impl Fn(&R) -> Verdict,
    ) -> R {
        self.budget.request();
        let mut before = 0;
        loop {
            let reply = attempt(before).await;
            let Verdict::Retry { after } = verdict(&reply) else { return reply };
            match self.wait(before, after, deadline) {
                Ok(wait) => {
                    drop(reply);
                    sleep(wait).await;
                }
                Err(why) => {
                    self.observer.given_up(why);
                    return reply;
                }
            }
            self.observer.retried();
            before += 1;
        }
    }

    /// How long to wait before the nth retry, or why there is none.
    fn wait(
        &self,
        nth: u32,
        after: Option<Duration>,
        deadline: Option<Deadline>,
    ) -> Result<Duration, GivenUp> {
        if nth >= self.policy.retries {
            return Err(GivenUp::Exhausted);
        }
        // Those who are told to come back at one moment come a little later, each on his own.
        let jitter = self.policy.backoff.wait(nth, self.random.next());
        let wait = after.unwrap_or_default().saturating_add(jitter);
        if deadline.is_some_and(|deadline| wait >= deadline.remaining()) {
            return Err(GivenUp::TooLate);
        }
        // What the deadline leaves no time for is not taken from the others.
        let now = Moment::START.plus(self.began.elapsed());
        if self.budget.try_retry(now) { Ok(wait) } else { Err(GivenUp::OverBudget) }
    }
}

impl fmt::Debug for Retries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retries").field("policy", &self.policy).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
