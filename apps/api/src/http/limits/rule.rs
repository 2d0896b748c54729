//! One limit, and how much of it everybody has used.

use gacp_limits::{Key, Quota};

use super::Limit;
use super::buckets::Buckets;
use super::standing::Standing;

/// One limit, and how much of it everybody has used.
pub(super) struct Rule {
    limit: Limit,
    here: Buckets,
}

impl Rule {
    pub(super) fn new(limit: Limit, quota: Quota) -> Self {
        Self { limit, here: Buckets::new(quota) }
    }

    /// Takes one unit from the bucket of a key.
    pub(super) fn take(&self, key: Key) -> Standing {
        let verdict = self.here.take_one(key);
        Standing { limit: self.limit, quota: self.here.quota(), verdict }
    }

    pub(super) fn prune(&self) {
        self.here.prune();
    }
}
