//! What goes along with work into a task of its own.
//!
//! Work that must not be dropped half-way is spawned, and then its caller may leave it alone. The
//! deadline of the caller still tells how long it is worth, and what the caller held for it, a
//! place in a bulkhead above all, is held until it ends.
//!
//! ```
//! use std::sync::Arc;
//!
//! use gacp_resilience::carry;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let place = Arc::new(());
//! let driver = async { tokio::spawn(carry::along(tokio::task::yield_now())) };
//!
//! let task = carry::with(place.clone(), driver).await;
//!
//! assert_eq!(Arc::strong_count(&place), 2, "the task holds it");
//! task.await.unwrap();
//! assert_eq!(Arc::strong_count(&place), 1, "it has ended");
//! # }
//! ```

use std::any::Any;
use std::sync::Arc;

use tokio::task_local;

use crate::deadline;

/// Something that is held until work ends, whatever it is.
pub type Held = Arc<dyn Any + Send + Sync>;

task_local! {
    static HELD: Option<Held>;
}

/// Works with this in hand, beside what is in hand already.
pub async fn with<F: Future>(more: Held, work: F) -> F::Output {
    let all = match held() {
        Some(before) => Arc::new((before, more)),
        None => more,
    };
    HELD.scope(Some(all), work).await
}

/// What this task has in hand, if anything: for work that is no future.
pub fn held() -> Option<Held> {
    HELD.try_with(Clone::clone).ok().flatten()
}

/// The same work, with the deadline of the task that calls this, and with what that has in hand.
pub fn along<F: Future>(work: F) -> impl Future<Output = F::Output> {
    HELD.scope(held(), deadline::along(work))
}

#[cfg(test)]
mod tests {
    use std::task::Poll;
    use std::time::Duration;

    use super::*;
    use crate::deadline::Deadline;

    /// The deadline, and whether something is held, where it is polled.
    fn seen() -> impl Future<Output = (Option<Duration>, bool)> {
        std::future::poll_fn(|_| Poll::Ready((deadline::remaining(), held().is_some())))
    }

    #[tokio::test(start_paused = true)]
    async fn a_spawned_task_knows_the_deadline_and_holds_what_is_held() {
        let place = Arc::new("place");
        let request = async {
            let bare = tokio::spawn(seen()).await.unwrap();
            let nested = async { tokio::spawn(along(seen())).await.unwrap() };
            (bare, tokio::spawn(along(nested)).await.unwrap())
        };

        let within = Deadline::within(Duration::from_secs(3)).scope(with(place.clone(), request));
        let (bare, carried) = within.await;

        assert_eq!(bare, (None, false));
        assert_eq!(carried, (Some(Duration::from_secs(3)), true));
        assert_eq!(Arc::strong_count(&place), 1);
    }

    #[tokio::test]
    async fn what_is_in_hand_already_stays_there() {
        let (outer, inner) = (Arc::new("outer"), Arc::new("inner"));
        let work = async { held() };

        let both = with(outer.clone(), with(inner.clone(), work)).await;

        assert_eq!((Arc::strong_count(&outer), Arc::strong_count(&inner)), (2, 2));
        drop(both);
        assert_eq!((Arc::strong_count(&outer), Arc::strong_count(&inner)), (1, 1));
    }
}
