//! Where a list stands.

use super::super::query::{self, Pairs};

/// Where a list stands: its path, and everything that decides what is in it.
#[derive(Debug)]
pub(super) struct Place {
    path: String,
    filters: Pairs,
}

impl Place {
    /// The list at a path with these filters.
    pub(super) fn new(path: &str, filters: Pairs) -> Self {
        Self { path: path.to_owned(), filters }
    }

    /// The same for every page of one list, and for no other.
    pub(super) fn name(&self) -> String {
        let mut filters: Vec<_> = self.borrowed().collect();
        filters.sort_unstable();
        format!("{}?{}", self.path, query::encode(filters.into_iter()))
    }

    /// Where the page after `cursor` is.
    pub(super) fn address(&self, cursor: &str, limit: usize) -> String {
        let limit = limit.to_string();
        let paging = [("limit", limit.as_str()), ("cursor", cursor)];
        format!("{}?{}", self.path, query::encode(self.borrowed().chain(paging)))
    }

    fn borrowed(&self) -> impl Iterator<Item = (&str, &str)> {
        self.filters.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}
