//! `/.well-known/…jwks.json`: the public keys.

use actix_web::web::Data;

use crate::access;
use crate::http::describe::Operation;
use crate::http::reply::plain;
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
    plain(&shell.keyring.access_token_signer().jwks())
}

/// `GET /.well-known/certificate-jwks.json`: the keys that verify certificates.
async fn certificates(shell: Data<Shell>) -> Reply {
    plain(&shell.keyring.certificate_signer().jwks())
}
