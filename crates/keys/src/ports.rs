//! Where keys are kept.

use std::fmt;

use async_trait::async_trait;
use gacp_store::StoreError;
use jiff::Timestamp;

use crate::Purpose;

/// A key as it is stored: only the master key opens it.
#[derive(Clone, PartialEq, Eq)]
pub struct WrappedKey {
    /// Names the key; for signing keys the thumbprint of its public half (RFC 7638).
    pub kid: String,
    /// What it is for.
    pub purpose: Purpose,
    /// XChaCha20-Poly1305 under the master key: nonce, then ciphertext and tag.
    pub sealed: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl fmt::Debug for WrappedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WrappedKey")
            .field("kid", &self.kid)
            .field("purpose", &self.purpose)
            .field("created_at", &self.created_at)
            .finish_non_exhaustive()
    }
}

/// Where wrapped keys are kept. Every implementation passes the `contract`.
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// Reads all keys, oldest first.
    async fn keys(&self) -> Result<Vec<WrappedKey>, StoreError>;

    /// Adds the first key of a purpose. When the purpose has a key already, nothing is added and
    /// nothing fails: of any number of concurrent calls one adds its key.
    async fn add_first(&self, key: &WrappedKey) -> Result<(), StoreError>;
}
