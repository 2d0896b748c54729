//! `/.well-known/…jwks.json`: the public keys.

use actix_web::web::Data;

use crate::access;
use crate::http::describe::Operation;
use crate::http::reply::written;
use crate::http::{Options, Reply, Routes, Shell};
use crate::routes::PUBLIC_KEYS;

/// The table of these routes.
pub(crate) fn routes() -> Routes {
    fn op(summary: &'static str) -> Operation {
        Operation::new("keys", summary)
    }
    Routes::new()
        .on(&access::SHOW_ACCESS_TOKEN_KEYS, Options::plain().cached(PUBLIC_KEYS), access_tokens)
        .says(|| {
            op("The keys that verify access tokens (RFC 7517).").returns_document("A JWK set.")
        })
        .on(&access::SHOW_CERTIFICATE_KEYS, Options::plain().cached(PUBLIC_KEYS), certificates)
        .says(|| op("The keys that verify certificates (RFC 7517).").returns_document("A JWK set."))
}

/// `GET /.well-known/jwks.json`: the keys that verify access tokens.
async fn access_tokens(shell: Data<Shell>) -> Reply {
    written(shell.keyring.access_token_signer().jwks_document())
}

/// `GET /.well-known/certificate-jwks.json`: the keys that verify certificates.
async fn certificates(shell: Data<Shell>) -> Reply {
    written(shell.keyring.certificate_signer().jwks_document())
}

#[cfg(test)]
mod tests {
    use gacp_keys::PUBLISHED_AHEAD;
    use jiff::SignedDuration;

    use super::*;
    use crate::jobs;

    #[test]
    fn whoever_keeps_the_keys_for_as_long_as_allowed_has_a_new_one_before_it_signs() {
        let (_, seconds) = PUBLIC_KEYS.split_once("max-age=").unwrap();
        let kept = SignedDuration::from_secs(seconds.parse().unwrap());
        let published_late = SignedDuration::try_from(jobs::keys::EVERY).unwrap();

        // A third of the time is left for what fails and is tried again.
        assert!((kept + published_late) * 3 < PUBLISHED_AHEAD * 2);
    }
}
