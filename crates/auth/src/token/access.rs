//! Access tokens: signed claims (RFC 9068) that lead to a session and decide nothing themselves.

use gacp_keys::{KeyError, Keyring, Signer, to_base64url};
use gacp_store::{AccountId, Role};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::seen::{SeenTokens, TokenName};
use crate::{Policy, SessionId};

/// The type of an access token (RFC 9068 §2.1).
const TYP: &str = "at+jwt";

/// What an access token says (RFC 9068 §2.2). Only `sid` counts, and `sub` must agree with it;
/// `role` is a hint for clients.
#[derive(Serialize, Deserialize)]
struct Payload {
    iss: String,
    aud: String,
    sub: AccountId,
    sid: SessionId,
    iat: i64,
    exp: i64,
    jti: String,
    role: Role,
}

/// What counts of a token that was issued here, for here.
#[derive(Clone, Copy)]
pub(crate) struct Claims {
    pub(crate) sub: AccountId,
    pub(crate) sid: SessionId,
    iat: i64,
    exp: i64,
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
    let payload = Payload {
        iss: policy.issuer.clone(),
        aud: policy.audience.clone(),
        sub: grant.account,
        sid: grant.session,
        iat: grant.at.as_second(),
        exp,
        jti: to_base64url(&jti),
        role: grant.role,
    };
    Ok((keyring.access_token_signer().sign(TYP, &payload, grant.at)?, exp))
}

/// Reads a token that was issued here, for here, and neither has expired nor is from the future.
/// Time is looked at on every call, the signature only of what was not seen before.
pub(crate) fn read(
    seen: &SeenTokens,
    (keyring, policy): (&Keyring, &Policy),
    token: &str,
    now: Timestamp,
) -> Option<Claims> {
    let (name, signer) = (TokenName::of(token), keyring.access_token_signer());
    if let Some(claims) = seen.find(name, &signer) {
        return claims.is_timely(policy, now).then_some(claims);
    }
    let claims = verified(&signer, policy, token)?;
    if !claims.is_timely(policy, now) {
        return None;
    }
    seen.remember(name, claims, &signer);
    Some(claims)
}

fn verified(signer: &Signer, policy: &Policy, token: &str) -> Option<Claims> {
    let Payload { iss, aud, sub, sid, iat, exp, .. } = signer.verify(TYP, token).ok()?;
    (iss == policy.issuer && aud == policy.audience).then_some(Claims { sub, sid, iat, exp })
}

impl Claims {
    fn is_timely(&self, policy: &Policy, now: Timestamp) -> bool {
        let (earliest, latest) = (now - policy.leeway, now + policy.leeway);
        earliest.as_second() < self.exp && self.iat <= latest.as_second()
    }
}

#[cfg(test)]
mod tests;
