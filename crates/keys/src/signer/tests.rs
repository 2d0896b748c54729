use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::from_base64url;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// The key of RFC 8037 appendix A.1, and its public half and thumbprint of A.2 and A.3.
const SEED: &str = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
const PUBLIC: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
const THUMBPRINT: &str = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";

fn signer(seeds: &[[u8; 32]]) -> Signer {
    let pairs = seeds.iter().map(|seed| KeyPair::new(seed).unwrap());
    let dated = pairs.map(|pair| Dated::at_once((pair.kid().to_owned(), pair))).collect();
    Signer::new(Generations::of(dated).unwrap()).unwrap()
}

fn rfc_seed() -> [u8; 32] {
    from_base64url(SEED).unwrap().try_into().unwrap()
}

fn refused(signer: &Signer, token: &str) {
    let outcome = signer.verify::<Value>("at+jwt", token);
    assert!(matches!(outcome, Err(KeyError::Untrusted)), "{outcome:?}");
}

/// The same claims under another header, signed with a key that the signer trusts.
fn signed_under(header: &str) -> String {
    use ed25519_dalek::Signer as _;

    let message = format!("{}.{}", to_base64url(header.as_bytes()), to_base64url(b"{}"));
    let signature = SigningKey::from_bytes(&rfc_seed()).sign(message.as_bytes());
    format!("{message}.{}", to_base64url(&signature.to_bytes()))
}

#[test]
fn a_key_is_published_as_the_rfc_writes_it() {
    let set = serde_json::to_value(signer(&[rfc_seed()]).jwks()).unwrap();

    let expected = json!({ "keys": [{
        "kty": "OKP", "crv": "Ed25519", "x": PUBLIC, "kid": THUMBPRINT, "alg": "EdDSA", "use": "sig"
    }]});
    assert_eq!(set, expected);
}

#[test]
fn the_document_of_the_keys_is_their_json() {
    for seeds in [&[rfc_seed()][..], &[[1; 32], [2; 32]]] {
        let signer = signer(seeds);
        assert_eq!(signer.jwks_document(), serde_json::to_string(signer.jwks()).unwrap());
    }
}

#[test]
fn a_token_of_any_held_key_is_read_and_the_newest_signs() {
    let (before, after) = (signer(&[[1; 32]]), signer(&[[1; 32], [2; 32]]));
    let (old, new) = (
        before.sign("at+jwt", &json!({"n": 1}), NOW).unwrap(),
        after.sign("at+jwt", &json!({"n": 2}), NOW).unwrap(),
    );

    assert_eq!(after.verify::<Value>("at+jwt", &old).unwrap(), json!({"n": 1}));
    assert_eq!(after.verify::<Value>("at+jwt", &new).unwrap(), json!({"n": 2}));
    refused(&before, &new);
}

#[test]
fn a_token_of_another_type_is_refused() {
    let signer = signer(&[[1; 32]]);
    for typ in ["JWT", "AT+JWT", "gacp-certificate+jws", ""] {
        refused(&signer, &signer.sign(typ, &json!({}), NOW).unwrap());
    }
    refused(&signer, &signed_under(&format!(r#"{{"alg":"EdDSA","kid":"{THUMBPRINT}"}}"#)));
}

#[test]
fn a_header_that_asks_for_more_is_refused_or_ignored() {
    let trusted = signer(&[rfc_seed()]);
    let with = |more: &str| {
        signed_under(&format!(r#"{{"typ":"at+jwt","alg":"EdDSA","kid":"{THUMBPRINT}"{more}}}"#))
    };

    assert!(trusted.verify::<Value>("at+jwt", &with("")).is_ok());
    let elsewhere = r#","jku":"https://evil.example/jwks","x5u":"https://evil.example/x5u""#;
    assert!(trusted.verify::<Value>("at+jwt", &with(elsewhere)).is_ok());
    refused(&trusted, &with(r#","crit":["exp"]"#));
}

#[test]
fn a_key_that_the_token_brings_along_is_not_trusted() {
    let (trusted, brought) = (signer(&[[1; 32]]), signer(&[rfc_seed()]).jwks().clone());
    let trusted_kid = trusted.jwks().keys[0].kid.clone();
    let jwk = serde_json::to_value(&brought.keys[0]).unwrap();
    let certificate = "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    let ways = [
        ("jwk", jwk),
        ("jku", json!("https://evil.example/jwks.json")),
        ("x5u", json!("https://evil.example/chain.pem")),
        ("x5c", json!([certificate])),
    ];

    for (name, value) in ways {
        for kid in [&*trusted_kid, THUMBPRINT, ""] {
            let mut header = json!({"typ": "at+jwt", "alg": "EdDSA", "kid": kid});
            header[name] = value.clone();
            refused(&trusted, &signed_under(&header.to_string()));
        }
        let mut header = json!({"typ": "at+jwt", "alg": "EdDSA"});
        header[name] = value;
        refused(&trusted, &signed_under(&header.to_string()));
    }
}

#[test]
fn another_algorithm_under_a_known_key_is_refused() {
    let trusted = signer(&[rfc_seed()]);
    for alg in ["none", "HS256", "RS256", "ES256"] {
        let header = format!(r#"{{"typ":"at+jwt","alg":"{alg}","kid":"{THUMBPRINT}"}}"#);
        refused(&trusted, &signed_under(&header));
    }

    // The classical confusion: the public key taken as a secret.
    let mut header = Header::new(Algorithm::HS256);
    header.typ = Some("at+jwt".to_owned());
    header.kid = Some(THUMBPRINT.to_owned());
    let key = EncodingKey::from_secret(&from_base64url(PUBLIC).unwrap());
    refused(&trusted, &jsonwebtoken::encode(&header, &json!({}), &key).unwrap());
}

#[test]
fn one_changed_letter_anywhere_is_noticed() {
    let signer = signer(&[[1; 32]]);
    let token = signer.sign("at+jwt", &json!({"sub": "somchai"}), NOW).unwrap();
    for index in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
        refused(&signer, &String::from_utf8(changed).unwrap());
    }
}

#[test]
fn a_signer_shows_public_halves_only() {
    let shown = format!("{:?}", signer(&[rfc_seed()]));

    assert!(shown.contains(PUBLIC) && !shown.contains(SEED), "{shown}");
}

proptest! {
    #[test]
    fn garbage_is_refused_and_never_panics(token in "\\PC{0,80}|[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,90}") {
        refused(&signer(&[[1; 32]]), &token);
    }
}
