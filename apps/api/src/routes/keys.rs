//! `/.well-known/…jwks.json`: the public keys.

use actix_web::web::Data;

use crate::http::describe::Operation;
use crate::http::reply::plain;
use crate::http::{Options, Reply, Routes, Shell};
use crate::routes::{ANYBODY, PUBLIC_KEYS};

/// The table of these routes.
pub(crate) fn routes() -> Routes {
    fn op(id: &'static str, summary: &'static str) -> Operation {
        Operation::new("keys", id, summary).who(ANYBODY)
    }
    Routes::new()
        .get("/.well-known/jwks.json", Options::public().cached(PUBLIC_KEYS), access_tokens)
        .says(|| {
            op("showAccessTokenKeys", "The keys that verify access tokens (RFC 7517).")
                .returns_document("A JWK set.")
        })
        .get(
            "/.well-known/certificate-jwks.json",
            Options::public().cached(PUBLIC_KEYS),
            certificates,
        )
        .says(|| {
            op("showCertificateKeys", "The keys that verify certificates (RFC 7517).")
                .returns_document("A JWK set.")
        })
}

/// `GET /.well-known/jwks.json`: the keys that verify access tokens.
async fn access_tokens(shell: Data<Shell>) -> Reply {
    plain(&shell.keyring.access_token_signer().jwks())
}

/// `GET /.well-known/certificate-jwks.json`: the keys that verify certificates.
async fn certificates(shell: Data<Shell>) -> Reply {
    plain(&shell.keyring.certificate_signer().jwks())
}
