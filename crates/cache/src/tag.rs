//! What cached replies are made of, so that a write can say which of them it makes wrong.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use thiserror::Error;

use crate::digest::Digest;

/// Something that can change, such as one farm: a BLAKE3 digest of its kind and id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag([u8; 16]);

impl Tag {
    /// Every entry has it, whatever its other tags: to invalidate it empties the cache.
    pub const EVERYTHING: Self = Self([0xff; 16]);

    /// The tag of one thing of a kind: `("farm", its id)`.
    pub fn of(kind: &str, id: impl AsRef<[u8]>) -> Self {
        let mut digest = Digest::new("gacp cache tag 1");
        digest.part(kind.as_bytes());
        digest.part(id.as_ref());
        Self(digest.finish())
    }

    /// A tag that was read from where it was kept.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tag({:032x})", u128::from_be_bytes(self.0))
    }
}

/// Different tags, in their own order. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Tags(Arc<[Tag]>);

/// Too many tags: each is asked for with every lookup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("more than {} tags", Tags::MOST)]
pub struct TooManyTags;

impl Tags {
    /// So many there are at most.
    pub const MOST: usize = 64;

    /// These tags; more than [`Tags::MOST`] do not compile.
    pub fn of<const N: usize>(tags: [Tag; N]) -> Self {
        const { assert!(N <= Self::MOST) };
        Self(tags.into_iter().collect::<BTreeSet<_>>().into_iter().collect())
    }

    /// However many tags there are, up to [`Tags::MOST`].
    pub fn all_of(tags: impl IntoIterator<Item = Tag>) -> Result<Self, TooManyTags> {
        let mut different = BTreeSet::new();
        for tag in tags {
            different.insert(tag);
            if different.len() > Self::MOST {
                return Err(TooManyTags);
            }
        }
        Ok(Self(different.into_iter().collect()))
    }

    /// The tag of all entries.
    pub fn everything() -> Self {
        Self::of([Tag::EVERYTHING])
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none: such an entry ends by its age alone.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One by one.
    pub fn iter(&self) -> impl Iterator<Item = &Tag> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tags_are_different_and_in_order() {
        let (farm, user) = (Tag::of("farm", "7"), Tag::of("user", "7"));

        assert_eq!(Tags::of([farm, user, farm]), Tags::of([user, farm]));
        assert_eq!(Tags::of([farm, user, farm]).len(), 2);
        assert!(Tags::of([]).is_empty());
    }

    #[test]
    fn too_many_are_refused() {
        let tags = |count: u32| (0..count).map(|id| Tag::of("farm", id.to_le_bytes()));

        assert!(Tags::all_of(tags(64)).is_ok());
        assert!(Tags::all_of(tags(64).chain(tags(64))).is_ok(), "the same ones");
        assert_eq!(Tags::all_of(tags(65)), Err(TooManyTags));
    }

    proptest! {
        #[test]
        fn different_things_have_different_tags(
            one in ("[ab]{0,3}", "[ab]{0,3}"),
            other in ("[ab]{0,3}", "[ab]{0,3}"),
        ) {
            let equal = Tag::of(&one.0, &one.1) == Tag::of(&other.0, &other.1);
            prop_assert_eq!(equal, one == other);
        }
    }
}
