//! Device tokens: a device that logged in before is known again.

use gacp_keys::{KeyError, MacKey, from_base64url, random_bytes, to_base64url};

/// What every device token starts with.
const PREFIX: &str = "gdt_";

/// The length of a device's id.
const ID_BYTES: usize = 16;

/// How much of the keyed hash a token carries: 128 bits.
const TAG_BYTES: usize = 16;

/// A device that can show that it was named here.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Device {
    id: [u8; ID_BYTES],
}

impl Device {
    /// A device seen for the first time.
    pub(crate) fn new() -> Result<Self, KeyError> {
        Ok(Self { id: random_bytes()? })
    }

    /// Reads a token that was made here; anything else is nothing.
    pub(crate) fn parse(text: &str, mac: &MacKey) -> Option<Self> {
        let encoded = text.strip_prefix(PREFIX)?;
        if encoded.len() > 2 * (ID_BYTES + TAG_BYTES) {
            return None;
        }
        let bytes = from_base64url(encoded)?;
        let (id, tag) = bytes.split_first_chunk::<ID_BYTES>()?;
        let made_here = tag.len() == TAG_BYTES && mac.verify(&[b"device", id], tag);
        made_here.then_some(Self { id: *id })
    }

    /// The token as the device holds it; always the same.
    pub(crate) fn encode(&self, mac: &MacKey) -> String {
        let tag = mac.tag(&[b"device", &self.id]);
        let bytes = self.id.iter().chain(tag.iter().take(TAG_BYTES)).copied();
        format!("{PREFIX}{}", to_base64url(&bytes.collect::<Vec<u8>>()))
    }

    /// The device's name in sessions; it does not let anybody make the token.
    pub(crate) fn name(&self) -> String {
        to_base64url(&self.id)
    }
}
