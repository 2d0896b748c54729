//! Keyed hashes.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use crate::generations::Generations;
use crate::seal::KEY_BYTES;

/// The block of SHA-256; HMAC fills shorter keys up to it with zeros (RFC 2104 §2).
const BLOCK_BYTES: usize = 64;

/// HMAC-SHA-256 under one key.
#[derive(Clone)]
pub(crate) struct Tagger(Hmac<Sha256>);

impl Tagger {
    pub(crate) fn new(key: &[u8; KEY_BYTES]) -> Self {
        let mut block = Zeroizing::new([0; BLOCK_BYTES]);
        block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
        Self(Hmac::new((&*block).into()))
    }

    fn tag(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut hash = self.0.clone();
        for part in parts {
            let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
            hash.update(&length.to_be_bytes());
            hash.update(part);
        }
        hash.finalize().into_bytes().into()
    }
}

/// HMAC-SHA-256 (RFC 2104) with the keys of one purpose.
pub struct MacKey {
    keys: Generations<Tagger>,
}

impl MacKey {
    pub(crate) fn new(keys: Generations<Tagger>) -> Self {
        Self { keys }
    }

    /// The tag of some parts under the newest key. Each part counts with its length, so that
    /// parts cannot flow into one another.
    pub fn tag(&self, parts: &[&[u8]]) -> [u8; 32] {
        self.keys.newest().key.tag(parts)
    }

    /// The name of the newest key.
    pub fn kid(&self) -> &str {
        &self.keys.newest().kid
    }

    /// The tag of some parts under the key of this name; nothing when there is none.
    pub fn tag_by(&self, kid: &str, parts: &[&[u8]]) -> Option<[u8; 32]> {
        self.keys.find(kid).map(|tagger| tagger.tag(parts))
    }

    /// The tags of some parts under every key, the newest first: what a record is found by while
    /// keys change.
    pub fn tags(&self, parts: &[&[u8]]) -> Vec<[u8; 32]> {
        self.keys.iter().rev().map(|dated| dated.key.tag(parts)).collect()
    }

    /// Whether any of the keys gives some parts this tag or one that starts with it, compared in
    /// constant time. A tag of fewer than 16 bytes (128 bits) proves nothing and is refused.
    pub fn verify(&self, parts: &[&[u8]], tag: &[u8]) -> bool {
        if !(16..=32).contains(&tag.len()) {
            return false;
        }
        let matches = self.keys.iter().map(|dated| {
            let expected = dated.key.tag(parts);
            expected.get(..tag.len()).map_or(Choice::from(0), |expected| expected.ct_eq(tag))
        });
        matches.fold(Choice::from(0), |found, matched| found | matched).into()
    }
}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MacKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generations::Dated;

    fn mac(keys: &[u8]) -> MacKey {
        let named = keys.iter().map(|byte| (byte.to_string(), Tagger::new(&[*byte; 32])));
        MacKey::new(Generations::of(named.map(Dated::at_once).collect()).unwrap())
    }

    #[test]
    fn a_tag_is_the_hmac_of_length_and_part() {
        let mut plain = Hmac::<Sha256>::new_from_slice(&[5; 32]).unwrap();
        plain.update(b"\0\0\0\0\0\0\0\x08Hi There");

        let tag: [u8; 32] = plain.finalize().into_bytes().into();

        assert_eq!(mac(&[5]).tag(&[b"Hi There"]), tag);
    }

    #[test]
    fn a_key_is_found_by_its_name() {
        let ring = mac(&[1, 2]);

        assert_eq!(ring.kid(), "2");
        assert_eq!(ring.tag_by("1", &[b"rice"]), Some(mac(&[1]).tag(&[b"rice"])));
        assert_eq!(ring.tag_by("3", &[b"rice"]), None);
    }

    #[test]
    fn parts_do_not_flow_into_one_another() {
        let mac = mac(&[1]);

        assert_ne!(mac.tag(&[b"ab", b"c"]), mac.tag(&[b"a", b"bc"]));
        assert_ne!(mac.tag(&[b"abc"]), mac.tag(&[b"abc", b""]));
    }

    #[test]
    fn a_tag_of_any_held_key_is_accepted_and_no_other() {
        let (before, after) = (mac(&[1]), mac(&[1, 2]));
        let tag = before.tag(&[b"rice"]);

        assert!(after.verify(&[b"rice"], &tag));
        assert!(after.verify(&[b"rice"], &tag[..16]));
        assert!(!after.verify(&[b"rice"], &tag[..15]));
        assert!(!after.verify(&[b"rice"], &[]));
        assert!(!after.verify(&[b"corn"], &tag));
        assert!(!mac(&[2]).verify(&[b"rice"], &tag));
        assert_eq!(after.tags(&[b"rice"]), [mac(&[2]).tag(&[b"rice"]), tag]);
    }
}
