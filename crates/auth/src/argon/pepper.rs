//! Peppers: keys that are no part of the database.

use std::fmt;

use gacp_keys::{Keyring, from_base64url};
use zeroize::Zeroizing;

use crate::Password;

/// What is mixed into passwords before they are hashed, so that somebody who stole the accounts
/// alone cannot even begin to guess. It is versioned: a hash names the key that it was made with
/// (`keyid` of its PHC string), and older ones go on working while their key is in the ring.
#[derive(Clone)]
pub struct Pepper {
    keyring: Keyring,
    applied: bool,
}

impl Pepper {
    /// New hashes are made with the newest key.
    pub fn applied(keyring: Keyring) -> Self {
        Self { keyring, applied: true }
    }

    /// New hashes are made without; those that were made with a key still work.
    pub fn retired(keyring: Keyring) -> Self {
        Self { keyring, applied: false }
    }

    /// The name of the key for new hashes, as they carry it; nothing when they are made without.
    pub(super) fn current(&self) -> Option<Vec<u8>> {
        let kid = self.keyring.pepper_mac().kid();
        from_base64url(kid).filter(|_| self.applied)
    }

    /// What is hashed instead of a password: its HMAC-SHA-256 under the key of this name.
    /// Nothing when there is no such key.
    pub(super) fn season(&self, password: &Password, name: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
        let kid = gacp_keys::to_base64url(name);
        let tag = self.keyring.pepper_mac().tag_by(&kid, &[password.as_bytes()]);
        tag.map(Zeroizing::new)
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pepper").field("applied", &self.applied).finish_non_exhaustive()
    }
}
