use gacp_auth::{AccountPatch, Caller, Unproven};
use gacp_keys::{Keyring, MasterKey, MemoryKeys};
use gacp_store::{AccountId, Role};
use serde_json::{Value, json};

use crate::harness::{World, later, now, unproven};

/// What a sound access token of a session says.
fn claims(caller: &Caller) -> Value {
    json!({
        "iss": "https://gacp.example",
        "aud": "gacp-api",
        "sub": caller.actor.id,
        "sid": caller.session,
        "iat": now().as_second(),
        "exp": now().as_second() + 900,
        "jti": "1",
        "role": "FARMER",
    })
}

fn with(mut claims: Value, name: &str, value: Value) -> Value {
    if let Some(claims) = claims.as_object_mut() {
        claims.insert(name.to_owned(), value);
    }
    claims
}

async fn refused(world: &World, token: &str, case: &str) {
    let outcome = world.auth.authenticate(token, now()).await;
    assert_eq!(unproven(outcome), Unproven::Unauthenticated, "{case}");
}

async fn somchais_session() -> (World, Caller) {
    let (world, _) = World::with_somchai().await;
    let login = world.somchai_logs_in().await;
    let caller = world.caller(&login.tokens).await;
    (world, caller)
}

#[tokio::test]
async fn an_access_token_says_what_the_contract_says() {
    let (world, account) = World::with_somchai().await;
    let login = world.somchai_logs_in().await;
    let caller = world.caller(&login.tokens).await;

    let signer = world.keyring.access_token_signer();
    let read: Value = signer.verify("at+jwt", &login.tokens.access_token).unwrap();

    let expected = with(claims(&caller), "jti", read["jti"].clone());
    assert_eq!(read, expected);
    assert!(read["jti"].as_str().is_some_and(|jti| jti.len() > 16));
    assert!(!read.to_string().contains(account.email().as_str()));
}

#[tokio::test]
async fn a_token_counts_only_as_what_it_was_issued_as() {
    let (world, caller) = somchais_session().await;
    let signer = world.keyring.access_token_signer();
    let sound = claims(&caller);

    assert_eq!(world.accepts(&signer.sign("at+jwt", &sound, now()).unwrap()).await, caller);
    for typ in ["JWT", "at+JWT", "gacp-certificate+jws", "application/at+jwt"] {
        refused(&world, &signer.sign(typ, &sound, now()).unwrap(), typ).await;
    }
    let certificate = world.keyring.certificate_signer().sign("at+jwt", &sound, now()).unwrap();
    refused(&world, &certificate, "the certificates' key").await;
    let foreign = {
        let master = MasterKey::generate().unwrap();
        let ring = Keyring::open(&MemoryKeys::default(), &master, now()).await.unwrap();
        ring.access_token_signer().sign("at+jwt", &sound, now()).unwrap()
    };
    refused(&world, &foreign, "a foreign key").await;
    for (name, value) in [
        ("iss", json!("https://evil.example")),
        ("iss", json!(["https://gacp.example"])),
        ("aud", json!("another-api")),
        ("aud", json!(["gacp-api", "another-api"])),
        ("sub", json!(AccountId::at(now()))),
        ("sub", json!("somchai")),
        ("sid", json!(AccountId::at(now()))),
        ("exp", json!("tomorrow")),
        ("exp", Value::Null),
    ] {
        let token = signer.sign("at+jwt", &with(sound.clone(), name, value), now()).unwrap();
        refused(&world, &token, name).await;
    }
}

#[tokio::test]
async fn a_token_works_for_its_lifetime_and_the_leeway() {
    let (world, caller) = somchais_session().await;
    let signer = world.keyring.access_token_signer();
    let token = signer.sign("at+jwt", &claims(&caller), now()).unwrap();
    let at = async |seconds| world.auth.authenticate(&token, later(seconds)).await;

    assert!(at(900 + 4).await.is_ok());
    assert_eq!(unproven(at(900 + 5).await), Unproven::Unauthenticated);
    assert!(at(-5).await.is_ok());
    assert_eq!(unproven(at(-6).await), Unproven::Unauthenticated);
}

#[tokio::test]
async fn a_token_that_was_accepted_before_is_judged_anew() {
    let (world, caller) = somchais_session().await;
    let token = world.keyring.access_token_signer();
    let token = token.sign("at+jwt", &claims(&caller), now()).unwrap();
    let (unsigned, signature) = token.rsplit_once('.').unwrap();
    assert_eq!(world.accepts(&token).await, caller);

    // The same claims under another signature, no signature, or an older one of the same key.
    let older = world.keyring.access_token_signer();
    let older = older.sign("at+jwt", &with(claims(&caller), "jti", json!("0")), now()).unwrap();
    let (_, of_another) = older.rsplit_once('.').unwrap();
    let mirrored: String = signature.chars().rev().collect();
    for signature in ["", of_another, &mirrored] {
        refused(&world, &format!("{unsigned}.{signature}"), signature).await;
    }
    assert_eq!(world.accepts(&token).await, caller);
    let expired = world.auth.authenticate(&token, later(905)).await;
    assert_eq!(unproven(expired), Unproven::Unauthenticated);

    world.auth.log_out(&caller, later(1)).await.unwrap();
    refused(&world, &token, "its session ended").await;
}

#[tokio::test]
async fn another_algorithm_is_refused() {
    let (world, _) = World::with_somchai().await;
    let login = world.somchai_logs_in().await;
    let mut parts = login.tokens.access_token.split('.');
    let (header, payload) = (parts.next().unwrap(), parts.next().unwrap());
    let header = gacp_keys::from_base64url(header).unwrap();
    let header = String::from_utf8(header).unwrap();
    for alg in ["none", "HS256", "ES256"] {
        let changed = header.replace("EdDSA", alg);
        assert_ne!(changed, header);
        let changed = gacp_keys::to_base64url(changed.as_bytes());
        for signature in ["", parts.clone().next().unwrap()] {
            refused(&world, &format!("{changed}.{payload}.{signature}"), alg).await;
        }
    }
}

#[tokio::test]
async fn what_is_no_token_is_refused() {
    let (world, _) = World::with_somchai().await;
    let login = world.somchai_logs_in().await;
    for token in ["", ".", "..", "a.b.c", "grt_", &login.tokens.refresh_token] {
        refused(&world, token, token).await;
    }
}

#[tokio::test]
async fn a_disabled_account_is_shut_out_on_its_next_request() {
    let (world, account) = World::with_somchai().await;
    let login = world.somchai_logs_in().await;
    world.caller(&login.tokens).await;

    world.disable(&account).await;

    refused(&world, &login.tokens.access_token, "disabled").await;
}

#[tokio::test]
async fn a_changed_role_counts_on_the_next_request() {
    let (world, account) = World::with_somchai().await;
    let login = world.somchai_logs_in().await;
    let before = world.caller(&login.tokens).await;

    world.change(&account, AccountPatch { role: Some(Role::Reviewer), status: None }).await;

    let after = world.accepts(&login.tokens.access_token).await;
    assert_eq!((before.actor.role, after.actor.role), (Role::Farmer, Role::Reviewer));
}
