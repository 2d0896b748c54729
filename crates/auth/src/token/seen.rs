//! Access tokens whose signature was checked before: a lookup instead of some 50 µs of arithmetic.

use std::sync::{Arc, Weak};

use gacp_keys::{Signer, sha256};
use quick_cache::sync::Cache;

use super::access::Claims;

/// So many tokens are remembered: those of as many sessions as one process serves in a quarter of
/// an hour, in some 2 MiB.
const REMEMBERED: usize = 10_000;

/// Tokens that were accepted, by their digests; never a token itself, so that who reads the
/// memory of the process finds none here. Only what was signed here gets in, and when there are
/// too many, what is used least goes first.
pub(crate) struct SeenTokens {
    accepted: Cache<[u8; 32], Accepted>,
}

#[derive(Clone)]
struct Accepted {
    claims: Claims,
    /// The keys by which the signature was checked; it does not keep them.
    by: Weak<Signer>,
}

/// A token by its digest.
#[derive(Clone, Copy)]
pub(crate) struct TokenName([u8; 32]);

impl TokenName {
    pub(crate) fn of(token: &str) -> Self {
        Self(sha256(token.as_bytes()))
    }
}

impl Default for SeenTokens {
    fn default() -> Self {
        Self::at_most(REMEMBERED)
    }
}

impl SeenTokens {
    pub(crate) fn at_most(tokens: usize) -> Self {
        Self { accepted: Cache::new(tokens) }
    }

    /// What a token says whose signature was checked by exactly these keys. When a key came or
    /// went since, it is checked again: what is remembered never outlives its key.
    pub(crate) fn find(&self, token: TokenName, signer: &Arc<Signer>) -> Option<Claims> {
        let accepted = self.accepted.get(&token.0)?;
        std::ptr::eq(accepted.by.as_ptr(), Arc::as_ptr(signer)).then_some(accepted.claims)
    }

    /// Remembers what a token says whose signature was checked by these keys.
    pub(crate) fn remember(&self, token: TokenName, claims: Claims, signer: &Arc<Signer>) {
        self.accepted.insert(token.0, Accepted { claims, by: Arc::downgrade(signer) });
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.accepted.len()
    }
}
