//! The port.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use thiserror::Error;

use crate::{Entry, Invalidations, Key, Life, Tags};

/// The cache could not be asked: a timeout, a lost connection.
#[derive(Debug, Error)]
#[error("cache is unavailable")]
pub struct Unavailable(#[source] pub Box<dyn Error + Send + Sync>);

/// What the tags of an entry were at one moment: a nonce of each. An invalidation gives a tag
/// another one, which was never used before; so what is lost is never taken for what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Epochs(Arc<[u64]>);

impl Epochs {
    /// Those of tags in their order.
    pub fn as_slice(&self) -> &[u64] {
        &self.0
    }
}

impl FromIterator<u64> for Epochs {
    fn from_iter<I: IntoIterator<Item = u64>>(epochs: I) -> Self {
        Self(epochs.into_iter().collect())
    }
}

/// How a hit within a process is checked, where entries are kept beside the shared cache too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consistency {
    /// The epochs of its tags are asked for each time: whoever reads after a write was
    /// acknowledged sees it, in whatever process that was.
    Checked,
    /// It is believed until an invalidation has come through, which takes a moment: for what never
    /// changes.
    Pushed,
}

/// What came of a lookup.
#[derive(Debug, Clone)]
pub enum Lookup {
    /// There is an entry, and nothing that it is made of was invalidated since.
    Found(Found),
    /// There is none. What its tags are now, if they are all known and none is in doubt.
    Missing(Option<Epochs>),
}

/// An entry that is valid, though perhaps no longer fresh.
#[derive(Debug, Clone)]
pub struct Found {
    /// What to send.
    pub entry: Arc<Entry>,
    /// What its tags were before it was made, and are.
    pub epochs: Epochs,
    /// How long ago it was stored.
    pub age: Duration,
    /// How old it may become.
    pub life: Life,
}

/// What came of the wish to fill a key.
#[derive(Debug, Clone)]
pub enum Begun {
    /// Nobody else does, for as long as the lease lasts.
    Leased {
        /// To be handed to [`Cache::commit`] or [`Cache::abandon`].
        fill: Fill,
        /// Whether there is a valid entry: whoever looked before it came looks again.
        filled: bool,
    },
    /// Somebody else does at the moment.
    Taken,
    /// Something that it is made of is being written: what is loaded now must not be kept.
    InDoubt,
}

/// The right to fill a key, and what its tags were before the load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fill {
    /// Which key.
    pub key: Key,
    /// Of what its entry is made.
    pub tags: Tags,
    /// What those were.
    pub epochs: Epochs,
    /// Which lease it is.
    pub lease: u64,
}

/// What came of a fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Committed {
    /// It is there.
    Stored,
    /// A tag was invalidated, or is in doubt, since the fill began. Nothing was stored.
    Superseded,
    /// It took longer than the lease lasts. Nothing was stored.
    LeaseLost,
}

/// A mark on tags that are being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// Which tags.
    pub tags: Tags,
    /// Which mark: others may have theirs on the same tags.
    pub mark: u64,
}

/// How long a lease lasts. Nobody waits for longer for what somebody else loads.
pub const LEASE: Duration = Duration::from_secs(2);

/// Where replies are kept. Every implementation passes the suite of the feature `contract`.
///
/// An entry is valid only while the epoch of each of its tags, and that of
/// [`Tag::EVERYTHING`](crate::Tag::EVERYTHING), is the one that it was before its load. So a reader that comes after
/// [`settle`](Self::settle) or [`invalidate`](Self::invalidate) has returned is never given what was loaded before.
#[async_trait]
pub trait Cache: Send + Sync {
    /// Looks for a valid entry. The tags are those with which it was filled.
    async fn get(&self, key: &Key, tags: &Tags, how: Consistency) -> Result<Lookup, Unavailable>;

    /// Asks for the right to fill a key, for [`LEASE`] at most, and notes the epochs of its tags.
    /// The load must begin after this has returned. Of many who ask at once, one is given it.
    async fn begin_fill(&self, key: &Key, tags: &Tags) -> Result<Begun, Unavailable>;

    /// Stores what was loaded, unless a tag changed meanwhile; gives the lease back either way.
    async fn commit(
        &self,
        fill: Fill,
        entry: Arc<Entry>,
        life: Life,
    ) -> Result<Committed, Unavailable>;

    /// Gives a lease back, with nothing to store.
    async fn abandon(&self, fill: Fill) -> Result<(), Unavailable>;

    /// Marks tags that are about to be written, for so long at most: until
    /// [`settle`](Self::settle), no entry of theirs is valid and none can be stored. If the writer
    /// dies after its write, nobody is given what that made wrong; when the mark ends by itself,
    /// no entry from before it is valid.
    async fn doubt(&self, tags: &Tags, lasting: Duration) -> Result<Doubt, Unavailable>;

    /// Takes a mark away, and makes every entry of its tags invalid. It does the latter also when
    /// the mark has ended. Tags that others have marks on stay in doubt.
    async fn settle(&self, doubt: Doubt) -> Result<(), Unavailable>;

    /// Makes every entry of these tags invalid.
    async fn invalidate(&self, tags: &Tags) -> Result<(), Unavailable>;

    /// What is invalidated from now on, by whatever process; at most a moment late.
    fn subscribe(&self) -> Invalidations;
}
