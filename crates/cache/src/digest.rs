//! Names of 128 bits, made of parts that cannot be mistaken for one another.

use blake3::Hasher;

/// A name in the making. Each part carries its length, so that `("ab", "c")` and `("a", "bc")` are
/// two names.
pub(crate) struct Digest(Hasher);

impl Digest {
    /// `domain` keeps names of one sort apart from those of another.
    pub(crate) fn new(domain: &str) -> Self {
        let mut digest = Self(Hasher::new());
        digest.part(domain.as_bytes());
        digest
    }

    pub(crate) fn part(&mut self, part: &[u8]) {
        self.number(part.len());
        self.0.update(part);
    }

    /// How many parts of a list follow, or which of several sorts does.
    pub(crate) fn number(&mut self, number: usize) {
        // No list and no part is longer than 64 bits can count.
        self.0.update(&u64::try_from(number).unwrap_or(u64::MAX).to_le_bytes());
    }

    /// The first half of BLAKE3's 256 bits: nobody finds two names that collide in less than 2⁶⁴
    /// attempts.
    pub(crate) fn finish(&self) -> [u8; 16] {
        let mut name = [0; 16];
        self.0.finalize_xof().fill(&mut name);
        name
    }
}
