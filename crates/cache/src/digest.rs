//! Names of 128 bits, made of parts that cannot be mistaken for one another.

/// A name in the making. Each part carries its length, so that `("ab", "c")` and `("a", "bc")` are
/// two names.
pub(crate) struct Digest(Vec<u8>);

/// A usual request fits without another allocation.
const USUAL: usize = 256;

impl Digest {
    /// `domain` keeps names of one sort apart from those of another.
    pub(crate) fn new(domain: &str) -> Self {
        let mut digest = Self(Vec::with_capacity(USUAL));
        digest.part(domain.as_bytes());
        digest
    }

    pub(crate) fn part(&mut self, part: &[u8]) {
        self.number(part.len());
        self.0.extend_from_slice(part);
    }

    /// How many parts of a list follow, or which of several sorts does.
    pub(crate) fn number(&mut self, number: usize) {
        // No list and no part of a request is longer than 32 bits can count.
        self.0.extend_from_slice(&u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
    }

    /// The first half of BLAKE3's 256 bits: nobody finds two names that collide in less than 2⁶⁴
    /// attempts.
    pub(crate) fn finish(&self) -> [u8; 16] {
        let mut name = [0; 16];
        for (byte, hashed) in name.iter_mut().zip(blake3::hash(&self.0).as_bytes()) {
            *byte = *hashed;
        }
        name
    }
}
