//! Until when it is worth to work for somebody: he will not wait for longer.
//!
//! Whoever takes a request sets it, and whatever is done for the request looks at it: how long a
//! query may take, whether a retry still helps. It goes along with the task; a task of its own
//! (`tokio::spawn`) has none, unless it is given one.
//!
//! ```
//! use std::time::Duration;
//!
//! use gacp_resilience::deadline::{self, Deadline};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let request = async { deadline::at_most(Duration::from_secs(5)) };
//! let limit = Deadline::within(Duration::from_secs(2)).scope(request).await;
//! assert!(limit <= Duration::from_secs(2));
//! assert_eq!(deadline::at_most(Duration::from_secs(5)), Duration::from_secs(5));
//! # }
//! ```

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::task_local;
use tokio::time::Instant;

task_local! {
    static CURRENT: Option<Deadline>;
}

/// So long from now no time comes: a year. (`Instant` cannot say "never".)
const FAR: Duration = Duration::from_hours(24 * 365);

/// A moment after which nobody waits any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

impl Deadline {
    /// At a moment.
    pub const fn at(moment: Instant) -> Self {
        Self(moment)
    }

    /// So long from now.
    pub fn within(time: Duration) -> Self {
        Self(Instant::now() + time.min(FAR))
    }

    /// When it is.
    pub const fn moment(self) -> Instant {
        self.0
    }

    /// How long it is until then: nothing once it is over.
    pub fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// Whether it is over.
    pub fn is_over(self) -> bool {
        self.remaining().is_zero()
    }

    /// Works with this deadline, or with the one around it if that is earlier: scopes only
    /// shorten. It does not end the work; what the work waits for does.
    pub const fn scope<F: Future>(self, work: F) -> Scoped<F> {
        Scoped { own: self, earlier: None, work }
    }
}

pin_project! {
    /// Work with a deadline ([`Deadline::scope`]). An `async` block in its place would have room for
    /// the work twice.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Scoped<F> {
        own: Deadline,
        // Known once it is polled: then it is where it works.
        earlier: Option<Deadline>,
        #[pin]
        work: F,
    }
}

impl<F: Future> Future for Scoped<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let own = *this.own;
        let earlier = this.earlier.get_or_insert_with(|| current().map_or(own, |it| it.min(own)));
        CURRENT.sync_scope(Some(*earlier), || this.work.poll(context))
    }
}

/// The deadline of this task, if it has one.
pub fn current() -> Option<Deadline> {
    CURRENT.try_with(|deadline| *deadline).ok().flatten()
}

/// Works with the deadline of the task that calls this, if that has one, wherever it is polled.
pub(crate) fn along<F: Future>(work: F) -> impl Future<Output = F::Output> {
    CURRENT.scope(current(), work)
}

/// How long it is until the deadline of this task, if it has one.
pub fn remaining() -> Option<Duration> {
    current().map(Deadline::remaining)
}

/// A limit, or what remains until the deadline of this task if that is less.
pub fn at_most(limit: Duration) -> Duration {
    remaining().map_or(limit, |remaining| remaining.min(limit))
}

#[cfg(test)]
mod tests;
