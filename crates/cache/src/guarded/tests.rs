use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::Tag;

/// Counts who asks, and never answers.
#[derive(Default)]
struct Out {
    asked: AtomicU32,
    told: AtomicU32,
}

impl Out {
    fn gone<T>(calls: &AtomicU32) -> Result<T, Unavailable> {
        calls.fetch_add(1, Ordering::SeqCst);
        Err(Unavailable("gone".into()))
    }
}

#[async_trait]
impl Cache for Arc<Out> {
    async fn get(&self, _: &Key, _: &Tags, _: Consistency) -> Result<Lookup, Unavailable> {
        Out::gone(&self.asked)
    }
    async fn begin_fill(&self, _: &Key, _: &Tags) -> Result<Begun, Unavailable> {
        Out::gone(&self.asked)
    }
    async fn commit(&self, _: Fill, _: Arc<Entry>, _: Life) -> Result<Committed, Unavailable> {
        Out::gone(&self.asked)
    }
    async fn abandon(&self, _: Fill) -> Result<(), Unavailable> {
        Out::gone(&self.asked)
    }
    async fn doubt(&self, _: &Tags, _: Duration) -> Result<Doubt, Unavailable> {
        Out::gone(&self.told)
    }
    async fn settle(&self, _: Doubt) -> Result<(), Unavailable> {
        Out::gone(&self.told)
    }
    async fn invalidate(&self, _: &Tags) -> Result<(), Unavailable> {
        Out::gone(&self.told)
    }
    fn subscribe(&self) -> Invalidations {
        Invalidations::none()
    }
}

#[tokio::test]
async fn a_cache_that_is_out_is_not_asked_for_long_and_told_of_every_write() {
    let out = Arc::new(Out::default());
    let cache = Guarded::new(Arc::clone(&out), Arc::<Breaker>::default());
    let (key, tags) = (Key::from_bytes([1; 16]), Tags::of([Tag::of("farm", "7")]));

    for _ in 0..100 {
        assert!(cache.get(&key, &tags, Consistency::Checked).await.is_err());
        assert!(cache.begin_fill(&key, &tags).await.is_err());
    }
    let asked = out.asked.load(Ordering::SeqCst);
    for mark in 0..100 {
        assert!(cache.doubt(&tags, Duration::from_secs(1)).await.is_err());
        assert!(cache.settle(Doubt { tags: tags.clone(), mark }).await.is_err());
        assert!(cache.invalidate(&tags).await.is_err());
    }

    assert_eq!(asked, 10);
    assert_eq!(out.told.load(Ordering::SeqCst), 300);
}
