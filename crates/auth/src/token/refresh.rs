//! Refresh tokens: opaque to clients, authenticated before any store is asked.

use gacp_keys::{KeyError, MacKey, from_base64url, random_bytes, sha256, to_base64url};
use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{SessionId, TokenHash};

/// What every refresh token starts with, so that scanners of leaked secrets know one.
const PREFIX: &str = "grt_";

/// How much of the keyed hash a token carries: 128 bits.
const TAG_BYTES: usize = 16;

/// Family, generation and secret: everything but the tag.
const BODY_BYTES: usize = 16 + 8 + 32;

/// A refresh token: which session, the how-manieth, and the secret that makes it this one.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub(crate) struct RefreshToken {
    body: [u8; BODY_BYTES],
}

impl RefreshToken {
    /// The first token of a session.
    pub(crate) fn first(session: SessionId) -> Result<Self, KeyError> {
        Ok(Self::of(session, 0, &random_bytes::<32>()?))
    }

    fn of(session: SessionId, generation: u64, secret: &[u8; 32]) -> Self {
        let mut body = [0; BODY_BYTES];
        let generation = generation.to_be_bytes();
        let parts = session.uuid().into_bytes().into_iter().chain(generation).chain(*secret);
        body.iter_mut().zip(parts).for_each(|(to, from)| *to = from);
        Self { body }
    }

    /// Reads a token that was made here; anything else is nothing.
    pub(crate) fn parse(text: &str, mac: &MacKey) -> Option<Self> {
        let encoded = text.strip_prefix(PREFIX)?;
        // Longer text need not be decoded to be refused.
        if encoded.len() > 2 * (BODY_BYTES + TAG_BYTES) {
            return None;
        }
        let bytes = from_base64url(encoded)?;
        let (body, tag) = bytes.split_first_chunk::<BODY_BYTES>()?;
        let made_here = tag.len() == TAG_BYTES && mac.verify(&[b"refresh-token", body], tag);
        made_here.then_some(Self { body: *body })
    }

    /// The token as its client holds it.
    pub(crate) fn encode(&self, mac: &MacKey) -> String {
        let tag = mac.tag(&[b"refresh-token", &self.body]);
        let bytes = self.body.iter().chain(tag.iter().take(TAG_BYTES)).copied();
        format!("{PREFIX}{}", to_base64url(&bytes.collect::<Vec<u8>>()))
    }

    /// The token that replaces this one: always the same, so that it need not be stored to be
    /// given twice.
    pub(crate) fn successor(&self, mac: &MacKey) -> Self {
        let secret = mac.tag(&[b"successor", &self.body]);
        Self::of(self.session(), self.generation().saturating_add(1), &secret)
    }

    /// What is kept instead of the token.
    pub(crate) fn hash(&self) -> TokenHash {
        TokenHash(sha256(&self.body))
    }

    /// Whose token it is.
    pub(crate) fn session(&self) -> SessionId {
        let bytes = self.body.first_chunk().copied().unwrap_or_default();
        SessionId::from(Uuid::from_bytes(bytes))
    }

    /// How many tokens there were before.
    pub(crate) fn generation(&self) -> u64 {
        let rest = self.body.split_first_chunk::<16>().map(|(_, rest)| rest);
        let bytes = rest.and_then(|rest| rest.first_chunk()).copied().unwrap_or_default();
        u64::from_be_bytes(bytes)
    }
}

#[cfg(test)]
mod tests {
    use gacp_keys::{Keyring, MasterKey, MemoryKeys};
    use jiff::Timestamp;

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn keyring() -> Keyring {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let master = MasterKey::generate().unwrap();
        runtime.block_on(Keyring::open(&MemoryKeys::default(), &master, NOW)).unwrap()
    }

    #[test]
    fn a_token_is_read_as_what_it_was_written() {
        let ring = keyring();
        let session = SessionId::at(NOW);
        let token = RefreshToken::first(session).unwrap();

        let read = RefreshToken::parse(&token.encode(ring.refresh_mac()), ring.refresh_mac());

        assert!(read == Some(token.clone()));
        assert_eq!((token.session(), token.generation()), (session, 0));
    }

    #[test]
    fn a_successor_is_always_the_same_and_never_its_predecessor() {
        let (ring, other) = (keyring(), keyring());
        let token = RefreshToken::first(SessionId::at(NOW)).unwrap();

        let next = token.successor(ring.refresh_mac());

        assert!(next == token.successor(ring.refresh_mac()));
        assert!(next != token.successor(other.refresh_mac()));
        assert_eq!((next.session(), next.generation()), (token.session(), 1));
        assert_ne!(next.hash(), token.hash());
    }

    #[test]
    fn one_changed_letter_anywhere_is_noticed() {
        let ring = keyring();
        let text = RefreshToken::first(SessionId::at(NOW)).unwrap().encode(ring.refresh_mac());
        for index in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(RefreshToken::parse(&changed, ring.refresh_mac()).is_none(), "{index}");
        }
        for length in 0..text.len() {
            assert!(RefreshToken::parse(&text[..length], ring.refresh_mac()).is_none());
        }
        assert!(RefreshToken::parse(&format!("{text}A"), ring.refresh_mac()).is_none());
        assert!(RefreshToken::parse(&text, keyring().refresh_mac()).is_none());
    }
}
