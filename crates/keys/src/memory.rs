//! The reference adapter: keys in memory.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use gacp_store::StoreError;

use crate::{KeyStore, WrappedKey};

/// Keys in memory.
#[derive(Debug, Default)]
pub struct MemoryKeys {
    keys: Mutex<Vec<Link>>,
}

/// A key in the chain of its purpose.
#[derive(Debug)]
struct Link {
    key: WrappedKey,
    /// The name of the one before, also when that is gone.
    follows: Option<String>,
}

impl Link {
    fn is_after(&self, kid: &str) -> bool {
        self.follows.as_deref() == Some(kid)
    }
}

impl MemoryKeys {
    fn lock(&self) -> MutexGuard<'_, Vec<Link>> {
        // The only changes under the lock are one push and one removal: nothing is left half done.
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl KeyStore for MemoryKeys {
    async fn keys(&self) -> Result<Vec<WrappedKey>, StoreError> {
        let mut keys: Vec<_> = self.lock().iter().map(|link| link.key.clone()).collect();
        keys.sort_by_key(|key| key.created_at);
        Ok(keys)
    }

    async fn add_first(&self, key: &WrappedKey) -> Result<(), StoreError> {
        let mut links = self.lock();
        if links.iter().all(|link| link.key.purpose != key.purpose) {
            links.push(Link { key: key.clone(), follows: None });
        }
        Ok(())
    }

    async fn add_next(&self, key: &WrappedKey, after: &str) -> Result<(), StoreError> {
        let mut links = self.lock();
        if !links.iter().any(|link| link.is_after(after)) {
            links.push(Link { key: key.clone(), follows: Some(after.to_owned()) });
        }
        Ok(())
    }

    async fn retire(&self, kid: &str) -> Result<bool, StoreError> {
        let mut links = self.lock();
        let is_followed = links.iter().any(|link| link.is_after(kid));
        let is_oldest = |link: &Link| !links.iter().any(|other| link.is_after(&other.key.kid));
        let found = links.iter().position(|link| link.key.kid == kid && is_oldest(link));
        let Some(place) = found.filter(|_| is_followed) else { return Ok(false) };
        links.remove(place);
        Ok(true)
    }
}
