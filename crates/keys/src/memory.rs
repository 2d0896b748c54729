//! The reference adapter: keys in memory.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use gacp_store::StoreError;

use crate::{KeyStore, WrappedKey};

/// Keys in memory.
#[derive(Debug, Default)]
pub struct MemoryKeys {
    keys: Mutex<Vec<WrappedKey>>,
}

impl MemoryKeys {
    fn lock(&self) -> MutexGuard<'_, Vec<WrappedKey>> {
        // The only change under the lock is one push: nothing is left half done.
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl KeyStore for MemoryKeys {
    async fn keys(&self) -> Result<Vec<WrappedKey>, StoreError> {
        let mut keys = self.lock().clone();
        keys.sort_by_key(|key| key.created_at);
        Ok(keys)
    }

    async fn add_first(&self, key: &WrappedKey) -> Result<(), StoreError> {
        let mut keys = self.lock();
        if keys.iter().all(|held| held.purpose != key.purpose) {
            keys.push(key.clone());
        }
        Ok(())
    }
}
