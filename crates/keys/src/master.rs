//! The master key: wraps all the others and is the only one that comes from outside.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::seal::{Cipher, KEY_BYTES};
use crate::{KeyError, Purpose, random_bytes};

/// 32 bytes that wrap every stored key. Wiped from memory when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct MasterKey([u8; KEY_BYTES]);

impl MasterKey {
    /// Reads base64 of 32 bytes. Fails with [`KeyError::MalformedMasterKey`].
    pub fn from_base64(text: &str) -> Result<Self, KeyError> {
        let bytes = STANDARD.decode(text.trim()).map(Zeroizing::new);
        let bytes = bytes.map_err(|_malformed| KeyError::MalformedMasterKey)?;
        let key = bytes.as_slice().try_into();
        key.map(Self).map_err(|_length| KeyError::MalformedMasterKey)
    }

    /// Writes the form that [`from_base64`](Self::from_base64) reads.
    pub fn to_base64(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(self.0))
    }

    /// Makes a new master key. Fails with [`KeyError::Randomness`].
    pub fn generate() -> Result<Self, KeyError> {
        random_bytes().map(Self)
    }

    /// Wraps a key, bound to its purpose and name.
    pub(crate) fn wrap(
        &self,
        key: &[u8; KEY_BYTES],
        purpose: Purpose,
        kid: &str,
    ) -> Result<Vec<u8>, KeyError> {
        Cipher::new(&self.0).seal(key, &binding(purpose, kid))
    }

    /// Opens a wrapped key. Fails with [`KeyError::WrongMasterKey`].
    pub(crate) fn unwrap(
        &self,
        sealed: &[u8],
        purpose: Purpose,
        kid: &str,
    ) -> Result<Zeroizing<[u8; KEY_BYTES]>, KeyError> {
        let opened = Cipher::new(&self.0).open(sealed, &binding(purpose, kid));
        let opened = opened.ok_or(KeyError::WrongMasterKey)?;
        let key = opened.as_slice().try_into().map_err(|_length| KeyError::WrongMasterKey)?;
        Ok(Zeroizing::new(key))
    }
}

/// What a wrapped key belongs to. No purpose holds the separator, so two never read the same.
fn binding(purpose: Purpose, kid: &str) -> Vec<u8> {
    format!("{}/{kid}", purpose.as_str()).into_bytes()
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_master_key_reads_as_the_same() {
        let key = MasterKey::generate().unwrap();

        let read = MasterKey::from_base64(&format!("{}\n", *key.to_base64())).unwrap();

        assert_eq!(read.0, key.0);
    }

    #[test]
    fn anything_but_32_bytes_of_base64_is_refused() {
        let short = STANDARD.encode([1; 31]);
        let long = STANDARD.encode([1; 33]);
        for text in ["", "secret", short.as_str(), long.as_str()] {
            let outcome = MasterKey::from_base64(text);
            assert!(matches!(outcome, Err(KeyError::MalformedMasterKey)), "{text:?}");
        }
    }

    #[test]
    fn a_wrapped_key_opens_only_as_what_it_was_wrapped_as() {
        let master = MasterKey::generate().unwrap();
        let sealed = master.wrap(&[7; 32], Purpose::Cursor, "k1").unwrap();

        assert_eq!(*master.unwrap(&sealed, Purpose::Cursor, "k1").unwrap(), [7; 32]);
        for (purpose, kid) in [(Purpose::Device, "k1"), (Purpose::Cursor, "k2")] {
            let outcome = master.unwrap(&sealed, purpose, kid);
            assert!(matches!(outcome, Err(KeyError::WrongMasterKey)), "{purpose:?} {kid}");
        }
    }

    #[test]
    fn a_master_key_does_not_show_itself() {
        assert_eq!(format!("{:?}", MasterKey([42; 32])), "MasterKey(…)");
    }
}
