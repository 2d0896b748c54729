//! One limit, and how much of it everybody has used.

use std::sync::Arc;

use gacp_keys::Keyring;
use gacp_limits::{Key, Quota, RateLimiter, Unavailable};

use super::Limit;
use super::buckets::Buckets;
use super::standing::Standing;

/// One limit, and how much of it everybody has used.
pub(super) struct Rule {
    limit: Limit,
    here: Buckets,
    across: Option<Across>,
}

/// The same limit across processes.
struct Across {
    quota: Quota,
    limiter: Arc<dyn RateLimiter>,
    keyring: Keyring,
}

impl Rule {
    pub(super) fn new(limit: Limit, quota: Quota) -> Self {
        Self { limit, here: Buckets::new(quota), across: None }
    }

    /// A limit that all processes share, as long as their limiter can be asked. Until then each of
    /// them grants half of it: two of them exactly what was configured, and a client that is
    /// spread over more not much more than that. It counts from the beginning, so that an outage
    /// gives nobody a full bucket.
    pub(super) fn across(
        limit: Limit,
        quota: Quota,
        limiter: Arc<dyn RateLimiter>,
        keyring: Keyring,
    ) -> Self {
        let across = Across { quota, limiter, keyring };
        Self { limit, here: Buckets::new(quota.halved()), across: Some(across) }
    }

    /// Takes one unit from the bucket of a key.
    pub(super) async fn take(&self, key: Key) -> Standing {
        let (limit, verdict) = (self.limit, self.here.take_one(key));
        let here = Standing { limit, quota: self.here.quota(), verdict };
        let Some(across) = &self.across else { return here };
        // Whoever asks says once that it is out; here it would be said with every request.
        match across.limiter.take(across.hidden(limit, key)).await {
            Ok(verdict) => Standing { limit, quota: across.quota, verdict },
            Err(Unavailable(_)) => here,
        }
    }

    pub(super) fn prune(&self) {
        self.here.prune();
    }
}

impl Across {
    /// The key as others may see it: nobody reads an address out of it, and every process makes
    /// the same of it. The keyring's key for naming requests serves; the first part keeps these
    /// names apart from all others.
    fn hidden(&self, limit: Limit, key: Key) -> Key {
        let parts: [&[u8]; 3] = [b"rate-limit", limit.name().as_bytes(), &key.0];
        let tag = self.keyring.idempotency_mac().tag(&parts);
        Key(tag.first_chunk().copied().unwrap_or_default())
    }
}
