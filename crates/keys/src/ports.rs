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
    /// From when it signs, seals or tags. What it made is accepted whenever that was.
    pub active_from: Timestamp,
}

impl fmt::Debug for WrappedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WrappedKey")
            .field("kid", &self.kid)
            .field("purpose", &self.purpose)
            .field("created_at", &self.created_at)
            .field("active_from", &self.active_from)
            .finish_non_exhaustive()
    }
}

/// Where wrapped keys are kept: of each purpose a chain, in which every key but the first follows
/// another and none is followed by two. Every implementation passes the `contract`.
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// Reads all keys, oldest first.
    async fn keys(&self) -> Result<Vec<WrappedKey>, StoreError>;

    /// Adds the first key of a purpose. When the purpose has a key already, nothing is added and
    /// nothing fails: of any number of concurrent calls one adds its key.
    async fn add_first(&self, key: &WrappedKey) -> Result<(), StoreError>;

    /// Adds a key to follow the one of its purpose that bears the name `after`. When that was
    /// followed before, even if it is gone by now, nothing is added and nothing fails: of any
    /// number of concurrent calls one adds its key.
    async fn add_next(&self, key: &WrappedKey, after: &str) -> Result<(), StoreError>;

    /// Removes a key that is the oldest of its purpose and that another one follows; says whether
    /// it did. Any other key stays, and nothing fails: a purpose is never left without one.
    async fn retire(&self, kid: &str) -> Result<bool, StoreError>;
}
