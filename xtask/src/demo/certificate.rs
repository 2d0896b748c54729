//! Scene five: the certificate, checked by anybody, with and without the server; its revocation.

use anyhow::{Context, Result, anyhow, ensure};
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::json;

use super::journey::Cast;
use super::script::Script;
use crate::bodies::HOUSE;
use crate::client::{Api, Reply};
use crate::people::Registration;

const REASON: &str = "พบการใช้สารเคมีต้องห้าม";

pub(super) async fn play(
    api: &Api,
    script: &mut Script,
    cast: &Cast,
    person: &Registration,
    number: &str,
) -> Result<()> {
    let jws = script.step("the holder reads the certificate", holds(cast, number)).await?;
    script.step("anybody verifies it", public(api, person, number)).await?;
    script.step("a mistyped number", mistyped(api, number)).await?;
    script.step("its signature, checked without the server", offline(api, number, &jws)).await?;
    script.step("an APPROVER revokes it", revokes(cast, number)).await?;
    script.step("the public answer follows at once", revoked(api, number)).await
}

async fn holds(cast: &Cast, number: &str) -> Result<(String, String)> {
    let reply = cast.farmer.get(format!("/api/certificates/{number}")).expect(200).await?;
    reply.check("/data/number", number)?;
    let jws = reply.string("/data/jws")?;
    let shows = format!("{} bytes of JWS", jws.len());
    Ok((jws, shows))
}

/// The public answer about a certificate, with the status that is expected.
pub(super) async fn verified(api: &Api, number: &str, status: &str) -> Result<Reply> {
    let reply = api.get(format!("/api/certificates/{number}/verify")).expect(200).await?;
    reply.check("/data/number", number)?;
    reply.check("/data/status", status)?;
    reply.ensure(reply.header("checked-at").is_some(), "a Checked-At header")?;
    Ok(reply)
}

async fn public(api: &Api, person: &Registration, number: &str) -> Result<((), String)> {
    let reply = verified(api, number, "valid").await?;
    let local_phone = person.phone.trim_start_matches('0');
    for private in [&person.email, &person.national_id, local_phone, HOUSE, "coordinates"] {
        reply.ensure(!reply.text.contains(private), &format!("nothing private ({private})"))?;
    }
    reply.ensure(reply.text.contains(person.full_name), "the holder's public name")?;
    Ok(((), format!("valid, held by {}; nothing private", person.full_name)))
}

async fn mistyped(api: &Api, number: &str) -> Result<((), String)> {
    let (kept, last) = number.split_at(number.len() - 1);
    let wrong = format!("{kept}{}", if last == "A" { "B" } else { "A" });
    let reply = api.get(format!("/api/certificates/{wrong}/verify")).expect(422).await?;
    Ok(((), format!("422 {}: the check character does not fit", reply.string("/code")?)))
}

async fn offline(api: &Api, number: &str, jws: &str) -> Result<((), String)> {
    let reply = api.get("/.well-known/certificate-jwks.json").expect(200).await?;
    let keys: JwkSet = serde_json::from_str(&reply.text).context("the reply is no key set")?;
    let claims = checked(&keys, jws)?;
    ensure!(claims.sub == number, "the signature is about {}", claims.sub);
    ensure!(checked(&keys, &tampered(jws)?).is_err(), "a changed certificate still verifies");
    Ok(((), "EdDSA, sub is the number; a changed byte is refused".to_owned()))
}

/// What a certificate's signature is about.
#[derive(Deserialize)]
struct Claims {
    sub: String,
}

/// The claims of a certificate, when one of the keys signed it.
fn checked(keys: &JwkSet, jws: &str) -> Result<Claims> {
    let header = decode_header(jws)?;
    let kind = header.typ.as_deref();
    ensure!(kind == Some("gacp-certificate+jws"), "the token's type is {kind:?}");
    let id = header.kid.context("the token names no key")?;
    let key: &Jwk = keys.find(&id).ok_or_else(|| anyhow!("there is no public key {id}"))?;
    let mut rules = Validation::new(Algorithm::EdDSA);
    // A certificate is for everybody, and its dates are the verifier's to judge.
    rules.validate_aud = false;
    rules.validate_exp = false;
    rules.required_spec_claims.clear();
    Ok(decode(jws, &DecodingKey::from_jwk(key)?, &rules)?.claims)
}

/// The same token with one character of its payload changed.
fn tampered(jws: &str) -> Result<String> {
    let mut parts = jws.split('.');
    let (Some(header), Some(payload), Some(signature)) = (parts.next(), parts.next(), parts.next())
    else {
        return Err(anyhow!("the certificate has no three parts"));
    };
    let (kept, last) = payload.split_at(payload.len() / 2);
    let changed = if last.starts_with('A') { "B" } else { "A" };
    let rest: String = last.chars().skip(1).collect();
    Ok(format!("{header}.{kept}{changed}{rest}.{signature}"))
}

async fn revokes(cast: &Cast, number: &str) -> Result<((), String)> {
    let path = format!("/api/certificates/{number}");
    let call = cast.staff.approver.action(&path, "revoke", json!({})).await?;
    call.expect_problem(422, "invalid-fields").await?;
    let reason = json!({"reason": REASON});
    cast.staff.approver.act(&path, "revoke", reason, "revoked").await?;
    Ok(((), "422 without a reason, 200 with one".to_owned()))
}

async fn revoked(api: &Api, number: &str) -> Result<((), String)> {
    let reply = verified(api, number, "revoked").await?;
    reply.ensure(reply.text.contains(REASON), "the reason of the revocation")?;
    Ok(((), format!("revoked: {REASON}")))
}
