//! What a write does for the cache, so that nobody reads what it has made wrong.

use std::sync::Arc;
use std::time::Duration;

use crate::{Cache, Doubt, Event, Observer, Tags};

/// What writes tell the cache. It never fails: a write does not depend on a cache.
///
/// Before the write, what it is about to change is marked ([`begin`](Self::begin)); after it, and before it is
/// acknowledged, the mark is replaced ([`Pending::settle`]). Where the mark cannot be set the write goes on
/// all the same, and so it does where the entries cannot be made invalid; both are events, and what
/// holds then is what else the caller does about it.
#[derive(Clone)]
pub struct Writes {
    cache: Arc<dyn Cache>,
    observer: Arc<dyn Observer>,
    lasting: Duration,
}

/// A write that is under way. It may be moved into a task of its own. When it is dropped without
/// [`settle`](Self::settle), because the write was dropped or has panicked, its tags stay in doubt for as
/// long as the mark lasts.
#[must_use = "what was marked stays in doubt until it is settled"]
pub struct Pending {
    writes: Writes,
    tags: Tags,
    doubt: Option<Doubt>,
}

impl Writes {
    /// Writes that take less than `lasting`, from their mark to their invalidation.
    pub fn new(cache: Arc<dyn Cache>, observer: Arc<dyn Observer>, lasting: Duration) -> Self {
        Self { cache, observer, lasting }
    }

    /// Marks what is about to be written.
    pub async fn begin(&self, tags: Tags) -> Pending {
        let doubt = self.cache.doubt(&tags, self.lasting).await.ok();
        if doubt.is_none() {
            self.observer.saw(Event::DoubtNotSet);
        }
        Pending { writes: self.clone(), tags, doubt }
    }

    /// Makes entries invalid that something else than a write of this process has made wrong, or a
    /// write of which nobody knew what it would change. Whether they are.
    pub async fn invalidate(&self, tags: &Tags) -> bool {
        self.tell(self.cache.invalidate(tags).await.is_ok())
    }

    fn tell(&self, is_done: bool) -> bool {
        self.observer.saw(if is_done { Event::Invalidated } else { Event::NotInvalidated });
        is_done
    }
}

impl Pending {
    /// The write is done, or has failed: what was made before it is invalid now. Whether it is.
    pub async fn settle(self) -> bool {
        let Self { writes, tags, doubt } = self;
        match doubt {
            Some(doubt) => writes.tell(writes.cache.settle(doubt).await.is_ok()),
            None => writes.invalidate(&tags).await,
        }
    }
}
