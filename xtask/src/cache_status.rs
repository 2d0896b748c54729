//! Whether a reply was kept before it was asked for (RFC 9211).

use crate::http1::Message;

/// Whether a cache on the way had it.
pub(crate) fn is_hit(reply: &Message) -> bool {
    reply.headers("cache-status").any(tells_of_hit)
}

/// `gacp; hit; ttl=42`; of several caches any.
fn tells_of_hit(value: &str) -> bool {
    value.split(',').any(|cache| cache.split(';').skip(1).any(|told| told.trim() == "hit"))
}

#[cfg(test)]
mod tests {
    use super::tells_of_hit;

    #[test]
    fn a_hit_is_told_apart_from_what_was_fetched() {
        for hit in ["gacp; hit; ttl=42", "gacp;hit", "near; fwd=miss, far; hit"] {
            assert!(tells_of_hit(hit), "{hit}");
        }
        for other in ["gacp; fwd=uri-miss", "gacp; fwd=bypass; detail=hit", "hit", ""] {
            assert!(!tells_of_hit(other), "{other}");
        }
    }
}
