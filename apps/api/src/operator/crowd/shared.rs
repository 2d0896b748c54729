//! One hash for all who share a password: to hash it once more for each would only cost time.

use std::sync::Arc;

use async_trait::async_trait;
use gacp_auth::{HashError, Password, PasswordHash, PasswordHasher};
use tokio::sync::Mutex;

/// Puts the remembering hasher around another.
pub(super) fn around(inner: Arc<dyn PasswordHasher>) -> Arc<dyn PasswordHasher> {
    Arc::new(Shared { inner, latest: Mutex::new(None) })
}

struct Shared {
    inner: Arc<dyn PasswordHasher>,
    latest: Mutex<Option<(Password, PasswordHash)>>,
}

#[async_trait]
impl PasswordHasher for Shared {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HashError> {
        let mut latest = self.latest.lock().await;
        if let Some((known, hash)) = &*latest
            && known.as_bytes() == password.as_bytes()
        {
            return Ok(hash.clone());
        }
        let hash = self.inner.hash(password).await?;
        *latest = Some((password.clone(), hash.clone()));
        Ok(hash)
    }

    async fn verify(&self, password: &Password, hash: &PasswordHash) -> Result<bool, HashError> {
        self.inner.verify(password, hash).await
    }

    async fn verify_nothing(&self, password: &Password) -> Result<(), HashError> {
        self.inner.verify_nothing(password).await
    }

    fn is_outdated(&self, hash: &PasswordHash) -> bool {
        self.inner.is_outdated(hash)
    }
}
