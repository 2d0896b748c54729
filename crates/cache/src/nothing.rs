//! No cache.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::{
    Begun, Cache, Committed, Consistency, Doubt, Entry, Fill, Invalidations, Key, Life, Lookup,
    Tags, Unavailable,
};

/// Keeps nothing: every lookup misses, and there is nothing to invalidate.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nothing;

#[async_trait]
impl Cache for Nothing {
    async fn get(&self, _: &Key, _: &Tags, _: Consistency) -> Result<Lookup, Unavailable> {
        Ok(Lookup::Missing(None))
    }

    /// Nobody may fill: what is loaded is not kept.
    async fn begin_fill(&self, _: &Key, _: &Tags) -> Result<Begun, Unavailable> {
        Ok(Begun::InDoubt)
    }

    async fn commit(&self, _: Fill, _: Arc<Entry>, _: Life) -> Result<Committed, Unavailable> {
        Ok(Committed::LeaseLost)
    }

    async fn abandon(&self, _: Fill) -> Result<(), Unavailable> {
        Ok(())
    }

    async fn doubt(&self, tags: &Tags, _: Duration) -> Result<Doubt, Unavailable> {
        Ok(Doubt { tags: tags.clone(), mark: 0 })
    }

    async fn settle(&self, _: Doubt) -> Result<(), Unavailable> {
        Ok(())
    }

    async fn invalidate(&self, _: &Tags) -> Result<(), Unavailable> {
        Ok(())
    }

    fn subscribe(&self) -> Invalidations {
        Invalidations::none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{How, Loaded, Policy, ReadThrough, Writes};

    #[tokio::test]
    async fn nothing_is_kept_and_nothing_fails() {
        let replies = ReadThrough::<()>::new(Arc::new(Nothing), Arc::new(()), 8);
        let writes = Writes::new(Arc::new(Nothing), Arc::new(()), Duration::from_secs(30));
        let policy = Policy::fresh_for(Duration::from_mins(1));
        let (key, tags) = (Key::from_bytes([1; 16]), Tags::everything());
        let load = || async { Loaded::Keep(Entry::new(200, "text/plain", "\"1\"", "x").unwrap()) };

        for _ in 0..2 {
            assert_eq!(replies.serve(key, &tags, &policy, load).await.unwrap().how, How::Miss);
        }
        assert!(writes.begin(tags.clone()).await.settle().await);
        assert!(writes.invalidate(&tags).await);
    }
}
