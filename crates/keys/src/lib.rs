//! Keys: made once, kept wrapped in the store, the same in every process.
//!
//! A [`Keyring`] holds the keys of each [`Purpose`]: Ed25519 pairs that sign ([`Signer`]), keys of
//! keyed hashes ([`MacKey`]) and keys that seal what must be read again ([`Sealer`]). They live in
//! a [`KeyStore`], each wrapped by the [`MasterKey`], which alone comes from outside. A key is
//! reachable only through the getter of its purpose, so it cannot serve another one.
//!
//! The keys of access tokens follow one another while processes run ([`Keyring::rotate`],
//! [`Keyring::reread`], [`Keyring::prune`]): each is published for a while before it signs, and
//! stays until the last token that it signed is accepted nowhere.
//!
//! The crate does no I/O but for the operating system's randomness, knows no clock, and does not
//! judge claims: who may use a token, and until when, is the business of whoever verifies it.
//!
//! ```
//! use std::collections::BTreeMap;
//!
//! use gacp_keys::{Keyring, MasterKey, MemoryKeys};
//! use jiff::Timestamp;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), gacp_keys::KeyError> {
//! let master = MasterKey::generate()?;
//! let keyring = Keyring::open(&MemoryKeys::default(), &master, Timestamp::UNIX_EPOCH).await?;
//!
//! let signer = keyring.access_token_signer();
//! let claims = BTreeMap::from([("sub".to_owned(), "somchai".to_owned())]);
//! let token = signer.sign("at+jwt", &claims, Timestamp::UNIX_EPOCH)?;
//! let read: BTreeMap<String, String> = signer.verify("at+jwt", &token)?;
//! assert_eq!(read, claims);
//! assert!(signer.verify::<BTreeMap<String, String>>("JWT", &token).is_err());
//! # Ok(())
//! # }
//! ```
#![deny(clippy::future_not_send)]

mod bytes;
#[cfg(feature = "contract")]
pub mod contract;
mod error;
mod generations;
mod mac;
mod master;
mod memory;
mod ports;
mod purpose;
mod ring;
mod rotation;
mod seal;
mod signer;

pub use bytes::{from_base64url, random_bytes, sha256, to_base64url};
pub use error::KeyError;
pub use mac::MacKey;
pub use master::MasterKey;
pub use memory::MemoryKeys;
pub use ports::{KeyStore, WrappedKey};
pub use purpose::{Purpose, UnknownPurpose};
pub use ring::Keyring;
pub use rotation::{PUBLISHED_AHEAD, Succession};
pub use seal::{Sealed, Sealer};
pub use signer::{Jwk, JwkSet, Signer};
