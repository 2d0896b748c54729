//! Authenticated encryption of what must be read again.

use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::generations::Generations;
use crate::{KeyError, from_base64url, random_bytes, to_base64url};

/// The length of every symmetric key and of every Ed25519 seed.
pub(crate) const KEY_BYTES: usize = 32;

/// XChaCha20-Poly1305's nonce: long enough to be drawn at random for every message
/// (draft-irtf-cfrg-xchacha §1).
const NONCE_BYTES: usize = 24;

/// XChaCha20-Poly1305 with the nonce in front of the ciphertext.
pub(crate) struct Cipher(XChaCha20Poly1305);

impl Cipher {
    pub(crate) fn new(key: &[u8; KEY_BYTES]) -> Self {
        Self(XChaCha20Poly1305::new(key.into()))
    }

    pub(crate) fn seal(&self, plain: &[u8], aad: &[u8]) -> Result<Vec<u8>, KeyError> {
        let nonce = random_bytes::<NONCE_BYTES>()?;
        let encrypted = self.0.encrypt(&XNonce::from(nonce), Payload { msg: plain, aad });
        // The cipher refuses nothing but messages of 256 GiB and more.
        let encrypted = encrypted.map_err(|_too_long| KeyError::Unsealed)?;
        Ok([nonce.as_slice(), &encrypted].concat())
    }

    pub(crate) fn open(&self, sealed: &[u8], aad: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, encrypted) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let opened = self.0.decrypt(&XNonce::from(*nonce), Payload { msg: encrypted, aad });
        opened.ok().map(Zeroizing::new)
    }
}

/// Sealed bytes and the name of the key that opens them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// Names the key.
    pub kid: String,
    /// Nonce, then ciphertext and tag; base64url where it is written as text.
    #[serde(serialize_with = "write_bytes", deserialize_with = "read_bytes")]
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealed").field("kid", &self.kid).finish_non_exhaustive()
    }
}

fn write_bytes<S: serde::Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&to_base64url(bytes))
}

fn read_bytes<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(from)?;
    from_base64url(&text).ok_or_else(|| serde::de::Error::custom("not base64url"))
}

/// Seals and opens with the keys of one purpose.
pub struct Sealer {
    keys: Generations<Cipher>,
}

impl Sealer {
    pub(crate) fn new(keys: Generations<Cipher>) -> Self {
        Self { keys }
    }

    /// Seals bytes with the newest key, bound to `aad`, which must be given again to open them.
    pub fn seal(&self, plain: &[u8], aad: &[u8]) -> Result<Sealed, KeyError> {
        let newest = self.keys.newest();
        Ok(Sealed { kid: newest.kid.clone(), bytes: newest.key.seal(plain, aad)? })
    }

    /// Opens sealed bytes. Fails with [`KeyError::Unsealed`] when key, `aad` or bytes are others.
    pub fn open(&self, sealed: &Sealed, aad: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let cipher = self.keys.find(&sealed.kid).ok_or(KeyError::Unsealed)?;
        cipher.open(&sealed.bytes, aad).ok_or(KeyError::Unsealed)
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generations::Dated;

    fn sealer() -> Sealer {
        let keys = [("old", [1; 32]), ("new", [2; 32])];
        let keys = keys.map(|(kid, key)| Dated::at_once((kid.to_owned(), Cipher::new(&key))));
        Sealer::new(Generations::of(keys.into()).unwrap())
    }

    #[test]
    fn what_is_sealed_opens_for_the_same_use_only() {
        let sealed = sealer().seal("๑๒๓".as_bytes(), b"somchai").unwrap();

        assert_eq!(sealed.kid, "new");
        assert_eq!(*sealer().open(&sealed, b"somchai").unwrap(), "๑๒๓".as_bytes());
        let outcome = sealer().open(&sealed, b"malee");
        assert!(matches!(outcome, Err(KeyError::Unsealed)), "{outcome:?}");
    }

    #[test]
    fn what_an_older_key_sealed_still_opens() {
        let bytes = Cipher::new(&[1; 32]).seal(b"rice", b"").unwrap();

        let opened = sealer().open(&Sealed { kid: "old".to_owned(), bytes }, b"").unwrap();

        assert_eq!(*opened, b"rice");
    }

    #[test]
    fn one_changed_bit_anywhere_is_noticed() {
        let sealed = sealer().seal(b"rice", b"").unwrap();
        for index in 0..sealed.bytes.len() {
            let mut changed = sealed.clone();
            changed.bytes[index] ^= 1;
            assert!(sealer().open(&changed, b"").is_err(), "byte {index}");
        }
        for length in 0..sealed.bytes.len() {
            let cut = Sealed { kid: "new".to_owned(), bytes: sealed.bytes[..length].to_vec() };
            assert!(sealer().open(&cut, b"").is_err(), "length {length}");
        }
    }

    #[test]
    fn sealed_bytes_keep_through_their_text_form() {
        let sealed = sealer().seal(b"rice", b"").unwrap();

        let text = serde_json::to_string(&sealed).unwrap();

        assert_eq!(serde_json::from_str::<Sealed>(&text).unwrap(), sealed);
        assert!(serde_json::from_str::<Sealed>(r#"{"kid":"new","bytes":"+"}"#).is_err());
    }
}
