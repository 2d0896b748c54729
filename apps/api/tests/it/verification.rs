//! Certificates in public.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::reply::refused;

#[tokio::test]
async fn anybody_verifies_a_certificate_and_sees_nothing_personal() {
    let app = TestApp::start().await;
    let cast = app.cast().await;
    let number = cast.certified().await;

    let verified =
        app.anyone().get(&format!("/api/certificates/{number}/verify")).await.expect(200);

    assert_eq!((verified.text("/number"), verified.text("/status")), (number, "valid".to_owned()));
    assert!(verified.data("/certificate").is_object());
    assert_eq!(verified.header("cache-control"), "no-cache");
    assert!(!verified.header("checked-at").is_empty() && !verified.etag().is_empty());
    for personal in [cast.farmer.email.as_str(), &cast.farmer.national_id, "99/1", "98.96", "50100"]
    {
        assert!(!verified.body.contains(personal), "{personal}");
    }
}

#[tokio::test]
async fn a_certificate_is_signed_with_the_published_key() {
    let app = TestApp::start().await;
    let cast = app.cast().await;
    let number = cast.certified().await;
    let certificate = cast.farmer.get(&format!("/api/certificates/{number}")).await.expect(200);
    let jws = certificate.text("/jws");

    let keys = app.anyone().get("/.well-known/certificate-jwks.json").await.expect(200).json();
    let login_keys = app.anyone().get("/.well-known/jwks.json").await.expect(200).json();

    let header = jsonwebtoken::decode_header(&jws).unwrap();
    assert_eq!(header.typ.as_deref(), Some("gacp-certificate+jws"));
    assert_ne!(keys["keys"][0]["kid"], login_keys["keys"][0]["kid"]);
    let key = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == json!(header.kid));
    let key = jsonwebtoken::DecodingKey::from_ed_components(key.unwrap()["x"].as_str().unwrap());
    let mut rules = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::EdDSA);
    rules.required_spec_claims.clear();
    rules.validate_exp = false;
    let claims = jsonwebtoken::decode::<Value>(&jws, &key.unwrap(), &rules).unwrap().claims;
    assert_eq!(claims["sub"], json!(number));
    assert!(claims["iss"].is_string() && claims["iat"].is_i64());
}

#[tokio::test]
async fn a_revocation_is_seen_by_the_next_verification() {
    let app = TestApp::start().await;
    let cast = app.cast().await;
    let number = cast.certified().await;
    let path = format!("/api/certificates/{number}");
    let before = app.anyone().get(&format!("{path}/verify")).await.expect(200);

    let by_reviewer = cast.reviewer.act(&path, "revoke", &json!({"reason": "ทดสอบ"})).await;
    let unexplained = cast.approver.act(&path, "revoke", &json!({})).await;
    let reason = json!({"reason": "ตรวจพบสารกำจัดศัตรูพืชต้องห้าม"});
    cast.approver.act(&path, "revoke", &reason).await.expect(200);
    let after = app.anyone().get(&format!("{path}/verify")).await.expect(200);
    let again = cast.approver.act(&path, "revoke", &reason).await;

    assert_eq!(by_reviewer.refusal(), refused(403, "forbidden"));
    assert_eq!(unexplained.refusal(), refused(422, "invalid-fields"));
    assert_eq!(after.text("/status"), "revoked");
    assert!(after.body.contains("ตรวจพบสารกำจัดศัตรูพืชต้องห้าม"));
    assert_ne!(before.etag(), after.etag());
    assert_eq!(again.refusal(), refused(409, "invalid-transition"));
}

#[tokio::test]
async fn an_unchanged_answer_is_not_sent_again_but_dated_anew() {
    let app = TestApp::start().await;
    let cast = app.cast().await;
    let path = format!("/api/certificates/{}/verify", cast.certified().await);
    let first = app.anyone().get(&path).await.expect(200);
    app.clock.advance(SignedDuration::from_secs(60));

    let request = app.anyone().request(reqwest::Method::GET, &path);
    let again = app.anyone().send(request.header("If-None-Match", first.etag())).await;

    assert_eq!((again.status, again.body.as_str()), (304, ""));
    assert_eq!(first.header("checked-at"), "2026-01-05T02:00:00Z");
    assert_eq!(again.header("checked-at"), "2026-01-05T02:01:00Z");
}

#[tokio::test]
async fn a_certificate_expires_by_its_dates() {
    let app = TestApp::start().await;
    let cast = app.cast().await;
    let number = cast.certified().await;

    app.clock.advance(SignedDuration::from_hours(24 * 366 * 3));

    let verified =
        app.anyone().get(&format!("/api/certificates/{number}/verify")).await.expect(200);
    assert_eq!(verified.text("/status"), "expired");
}

#[tokio::test]
async fn a_mistyped_number_is_told_from_an_unknown_one() {
    let app = TestApp::start().await;
    let cast = app.cast().await;
    let number = cast.certified().await;
    let last = if number.ends_with('A') { "B" } else { "A" };
    let mistyped = format!("{}{last}", &number[..number.len() - 1]);

    let mistyped = app.anyone().get(&format!("/api/certificates/{mistyped}/verify")).await;
    let nonsense = app.anyone().get("/api/certificates/nonsense/verify").await;
    // The right check character of a number that was never given.
    let unknown = app.anyone().get("/api/certificates/GACP-TH-2020-000001-7/verify").await;

    assert_eq!((mistyped.status, nonsense.status), (422, 422));
    assert!(unknown.status == 404 || unknown.status == 422, "{unknown:?}");
}

#[tokio::test]
async fn another_farmers_certificate_is_only_to_be_verified() {
    let app = TestApp::start().await;
    let cast = app.cast().await;
    let number = cast.certified().await;
    let stranger = app.farmer("คนอื่น").await;

    let reply = stranger.get(&format!("/api/certificates/{number}")).await;

    assert_eq!(reply.refusal(), refused(404, "not-found"));
}

#[tokio::test]
async fn data_and_keys_survive_a_restart() {
    let mut app = TestApp::start().await;
    let cast = app.cast().await;
    let number = cast.certified().await;
    let jwks = app.anyone().get("/.well-known/certificate-jwks.json").await.body;

    app.restart().await;

    let verified =
        app.anyone().get(&format!("/api/certificates/{number}/verify")).await.expect(200);
    assert_eq!(verified.text("/status"), "valid");
    assert_eq!(app.anyone().get("/.well-known/certificate-jwks.json").await.body, jwks);
    let mut farmer = cast.farmer.clone();
    farmer.base.clone_from(&app.base);
    farmer.get("/api/auth/profile").await.expect(200);
}
