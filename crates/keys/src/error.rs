//! Why a key could not be used.

use gacp_store::StoreError;
use thiserror::Error;

/// Why a key could not be used.
#[derive(Debug, Error)]
pub enum KeyError {
    /// The text is not base64 of 32 bytes.
    #[error("master key is not base64 of 32 bytes")]
    MalformedMasterKey,
    /// The stored keys were wrapped by another master key, or were tampered with.
    #[error("stored keys do not open with this master key")]
    WrongMasterKey,
    /// The operating system gave no randomness.
    #[error("no randomness is available")]
    Randomness(#[source] getrandom::Error),
    /// The claims could not be signed.
    #[error("claims could not be signed")]
    Unsigned(#[source] jsonwebtoken::errors::Error),
    /// The token is not one that this key has signed for this use.
    #[error("token was not signed here for this use")]
    Untrusted,
    /// The bytes could not be sealed, or do not open with this key for this use.
    #[error("sealed bytes do not open with this key for this use")]
    Unsealed,
    /// The key store failed.
    #[error("key store failed")]
    Store(#[from] StoreError),
}
