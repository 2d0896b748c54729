//! Access tokens: signed claims (RFC 9068) that lead to a session and decide nothing themselves.

use gacp_keys::{KeyError, Keyring, to_base64url};
use gacp_store::{AccountId, Role};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Policy, SessionId};

/// The type of an access token (RFC 9068 §2.1).
const TYP: &str = "at+jwt";

/// What an access token says. Only `sid` counts, and `sub` must agree with it; `role` is a hint
/// for clients.
#[derive(Serialize, Deserialize)]
pub(crate) struct Claims {
    iss: String,
    aud: String,
    pub(crate) sub: AccountId,
    pub(crate) sid: SessionId,
    iat: i64,
    exp: i64,
    jti: String,
    role: Role,
}

/// Whom an access token is for.
pub(crate) struct Grant {
    pub(crate) account: AccountId,
    pub(crate) role: Role,
    pub(crate) session: SessionId,
    /// The refresh token beside which it is issued, and when that was made.
    pub(crate) generation: u64,
    pub(crate) at: Timestamp,
}

/// Signs a token and says in which second it expires. One grant has one token, also when another
/// key signs by now, so that a repeated refresh gets the reply that it missed.
pub(crate) fn issue(
    keyring: &Keyring,
    policy: &Policy,
    grant: &Grant,
) -> Result<(String, i64), KeyError> {
    let exp = (grant.at + policy.access_lifetime).as_second();
    let (session, generation) = (grant.session.uuid(), grant.generation.to_be_bytes());
    let jti = keyring.refresh_mac().tag(&[b"jti", session.as_bytes(), &generation]);
    let claims = Claims {
        iss: policy.issuer.clone(),
        aud: policy.audience.clone(),
        sub: grant.account,
        sid: grant.session,
        iat: grant.at.as_second(),
        exp,
        jti: to_base64url(&jti),
        role: grant.role,
    };
    Ok((keyring.access_token_signer().sign(TYP, &claims, grant.at)?, exp))
}

/// Reads a token that was issued here, for here, and neither has expired nor is from the future.
pub(crate) fn read(
    keyring: &Keyring,
    policy: &Policy,
    token: &str,
    now: Timestamp,
) -> Option<Claims> {
    let claims: Claims = keyring.access_token_signer().verify(TYP, token).ok()?;
    let (earliest, latest) = (now - policy.leeway, now + policy.leeway);
    let ours = claims.iss == policy.issuer && claims.aud == policy.audience;
    let timely = earliest.as_second() < claims.exp && claims.iat <= latest.as_second();
    (ours && timely).then_some(claims)
}
