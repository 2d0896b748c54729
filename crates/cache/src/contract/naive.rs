//! The cache that everybody writes first.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use super::{
    Arc, Begun, Cache, Committed, Consistency, Duration, Entry, Epochs, Fill, Found, Key, LIFE,
    Life, Lookup, Tags,
};
use crate::{Doubt, Invalidations, Unavailable};

/// Keeps what was loaded, and deletes what is written: whoever loads before a write and stores
/// after the deletion leaves for everybody what the write replaced. What the harness of this
/// module must find.
#[derive(Debug, Default)]
pub struct DeleteOnWrite(Mutex<HashMap<Key, (Tags, Arc<Entry>)>>);

impl DeleteOnWrite {
    fn delete(&self, tags: &Tags) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, (of, _)| !of.iter().any(|tag| tags.iter().any(|other| other == tag)));
    }
}

#[async_trait]
impl Cache for DeleteOnWrite {
    async fn get(&self, key: &Key, _: &Tags, _: Consistency) -> Result<Lookup, Unavailable> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(kept.get(key).map_or(Lookup::Missing(None), |(_, entry)| {
            let (entry, epochs) = (Arc::clone(entry), Epochs::from_iter([]));
            Lookup::Found(Found { entry, epochs, age: Duration::ZERO, life: LIFE })
        }))
    }

    async fn begin_fill(&self, key: &Key, tags: &Tags) -> Result<Begun, Unavailable> {
        let epochs = Epochs::from_iter([]);
        let fill = Fill { key: *key, tags: tags.clone(), epochs, lease: 0 };
        Ok(Begun::Leased { fill, filled: false })
    }

    async fn commit(
        &self,
        fill: Fill,
        entry: Arc<Entry>,
        _: Life,
    ) -> Result<Committed, Unavailable> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(fill.key, (fill.tags, entry));
        Ok(Committed::Stored)
    }

    async fn abandon(&self, _: Fill) -> Result<(), Unavailable> {
        Ok(())
    }

    async fn doubt(&self, tags: &Tags, _: Duration) -> Result<Doubt, Unavailable> {
        Ok(Doubt { tags: tags.clone(), mark: 0 })
    }

    async fn settle(&self, doubt: Doubt) -> Result<(), Unavailable> {
        self.delete(&doubt.tags);
        Ok(())
    }

    async fn invalidate(&self, tags: &Tags) -> Result<(), Unavailable> {
        self.delete(tags);
        Ok(())
    }

    fn subscribe(&self) -> Invalidations {
        Invalidations::none()
    }
}
