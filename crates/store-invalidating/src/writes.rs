//! A write, with what it makes wrong in doubt for as long as it lasts.

use std::sync::{Arc, Mutex, PoisonError};

use gacp_cache::{Pending, Tags, Writes};
use gacp_resilience::carry;
use gacp_store::StoreError;
use tokio::runtime::Handle;

/// Lets a store write what these tags stand for. A success is not told before they are invalid.
pub(crate) async fn announced<T>(
    writes: &Writes,
    tags: Tags,
    write: impl Future<Output = Result<T, StoreError>> + Send,
) -> Result<T, StoreError> {
    let ending = Arc::new(Ending::of(writes.begin(tags).await));
    let outcome = carry::with(ending.clone(), write).await;
    if outcome.is_ok() {
        ending.happen().await;
    }
    // After a failure the store may still be at it, and holds the ending until it is done.
    outcome
}

/// What is left to do when a write is over: at the latest when nobody holds this any more.
struct Ending {
    pending: Mutex<Option<Pending>>,
    runtime: Handle,
}

impl Ending {
    fn of(pending: Pending) -> Self {
        Self { pending: Mutex::new(Some(pending)), runtime: Handle::current() }
    }

    fn take(&self) -> Option<Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    async fn happen(&self) {
        if let Some(pending) = self.take() {
            pending.settle().await;
        }
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        if let Some(pending) = self.take() {
            // Not where it is dropped: that may be a thread of the store.
            self.runtime.spawn(pending.settle());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use gacp_cache::{Begun, Cache as _, InProcess, Key, Scope, Tag};
    use tokio::sync::oneshot;
    use tokio::time::sleep;

    use super::*;

    /// Whether something may be kept that is made of what is written.
    async fn may_be_kept(cache: &InProcess, tags: &Tags) -> bool {
        let key = Key::of("/", "GET", Scope::Public).key();
        match cache.begin_fill(&key, tags).await.unwrap() {
            Begun::Leased { fill, .. } => {
                cache.abandon(fill).await.unwrap();
                true
            }
            Begun::Taken | Begun::InDoubt => false,
        }
    }

    #[tokio::test]
    async fn a_write_whose_caller_left_is_in_doubt_until_the_store_is_done() {
        let cache = Arc::new(InProcess::of_bytes(1 << 20));
        let writes = Writes::new(cache.clone(), Arc::new(()), Duration::from_mins(1));
        let tags = Tags::of([Tag::of("farm", "7")]);
        let (end, ended) = oneshot::channel::<()>();
        let (tell, is_at_it) = oneshot::channel();
        // As adapters do: the work is a task of its own, which takes along what is in hand.
        let write = async {
            let work = tokio::spawn(carry::along(async move {
                tell.send(()).unwrap();
                ended.await.unwrap();
            }));
            work.await.unwrap();
            Ok(())
        };
        let call = {
            let (writes, tags) = (writes.clone(), tags.clone());
            tokio::spawn(async move { announced(&writes, tags, write).await })
        };
        is_at_it.await.unwrap();

        call.abort();
        assert!(call.await.unwrap_err().is_cancelled());
        sleep(Duration::from_millis(20)).await;
        assert!(!may_be_kept(&cache, &tags).await, "the store is still at it");

        end.send(()).unwrap();
        while !may_be_kept(&cache, &tags).await {
            sleep(Duration::from_millis(1)).await;
        }
    }

    #[tokio::test]
    async fn a_write_that_fails_leaves_nothing_in_doubt() {
        let cache = Arc::new(InProcess::of_bytes(1 << 20));
        let writes = Writes::new(cache.clone(), Arc::new(()), Duration::from_mins(1));
        let tags = Tags::of([Tag::of("farm", "7")]);

        let outcome: Result<(), _> =
            announced(&writes, tags.clone(), async { Err(StoreError::Stale) }).await;

        assert!(matches!(outcome, Err(StoreError::Stale)));
        while !may_be_kept(&cache, &tags).await {
            sleep(Duration::from_millis(1)).await;
        }
    }
}
