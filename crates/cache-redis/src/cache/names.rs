//! What things are called in Redis.

use std::fmt::Write as _;
use std::sync::Arc;

use gacp_cache::{Key, Tag, Tags};

use crate::connection::ServerRun;

/// The names of one cache on one run of a server.
pub(super) struct Names {
    cache: Arc<str>,
    server: ServerRun,
}

/// A name without what calls the cache and the server, in bytes.
const BARE: usize = "gacp:cache:::t:".len() + 32;

impl Names {
    pub(super) fn new(cache: Arc<str>, server: ServerRun) -> Self {
        Self { cache, server }
    }

    /// Where invalidations are announced. Whoever hears one that is not meant for it loses nothing
    /// but a local copy.
    pub(super) fn channel(cache: &str) -> String {
        format!("gacp:cache:{cache}:invalidated")
    }

    pub(super) fn entry(&self, key: &Key) -> String {
        self.name("e", key.as_bytes())
    }

    pub(super) fn lease(&self, key: &Key) -> String {
        self.name("l", key.as_bytes())
    }

    /// Those of the tags of an entry, that of everything first.
    pub(super) fn all_tags<'a>(&'a self, tags: &'a Tags) -> impl Iterator<Item = String> + 'a {
        let all = std::iter::once(&Tag::EVERYTHING).chain(tags.iter());
        all.map(|tag| self.tag(tag))
    }

    pub(super) fn tag(&self, tag: &Tag) -> String {
        self.name("t", tag.as_bytes())
    }

    /// `gacp:cache:replies:0f1e…:t:0a1b…`.
    fn name(&self, sort: &str, bytes: &[u8; 16]) -> String {
        let (cache, server) = (&*self.cache, self.server.name());
        let mut name = String::with_capacity(BARE + cache.len() + server.len());
        for part in ["gacp:cache:", cache, ":", server, ":", sort, ":"] {
            name.push_str(part);
        }
        // Writing to a string cannot fail.
        let _written = write!(name, "{:032x}", u128::from_be_bytes(*bytes));
        name
    }
}
