//! Registration, login and profiles.

use serde_json::json;

use crate::app::{PASSWORD, TestApp, national_id, registration};
use crate::reply::{fields, refused};

#[tokio::test]
async fn a_farmer_registers_and_logs_in_by_email_and_by_national_id() {
    let app = TestApp::start().await;
    let body = registration("มาลี ศรีสุข");

    let registered = app.anyone().post("/api/auth/register", &body).await.expect(201);
    let by_email = json!({"email": body["email"], "password": PASSWORD});
    let by_email = app.anyone().post("/api/auth/login", &by_email).await.expect(200);
    let by_id = json!({"nationalId": body["nationalId"], "password": PASSWORD});
    let by_id = app.anyone().post("/api/auth/login", &by_id).await.expect(200);

    assert_eq!(registered.text("/role"), "FARMER");
    assert_eq!(registered.data("/emailVerified"), json!(false));
    assert_eq!(by_email.text("/user/id"), registered.id());
    assert_eq!(by_id.text("/user/id"), registered.id());
    assert_eq!(by_id.text("/tokens/tokenType"), "Bearer");
    assert_eq!(by_id.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_national_id_is_found_with_and_without_separators() {
    let app = TestApp::start().await;
    let body = registration("บุญมี");
    app.anyone().post("/api/auth/register", &body).await.expect(201);
    let digits = body["nationalId"].as_str().unwrap();
    let groups = [&digits[..1], &digits[1..5], &digits[5..10], &digits[10..12], &digits[12..]];

    let login = json!({"nationalId": groups.join("-"), "password": PASSWORD});

    app.anyone().post("/api/auth/login", &login).await.expect(200);
}

#[tokio::test]
async fn nobody_registers_as_staff() {
    let app = TestApp::start().await;
    let mut body = registration("นักเจาะ");
    body["role"] = json!("ADMIN");

    let reply = app.anyone().post("/api/auth/register", &body).await;

    assert_eq!(reply.refusal(), refused(422, "unknown-field"));
    assert_eq!(reply.field_errors(), fields(&[("/role", "unknown-field")]));
}

#[tokio::test]
async fn five_bad_fields_are_all_named_and_no_value_is_echoed() {
    let app = TestApp::start().await;
    let body = json!({
        "email": "not-an-address", "password": "s3cr3t-xy", "fullName": "", "phone": "12345",
        "nationalId": "1234567890123",
        "consent": {"termsVersion": "1", "privacyVersion": "1"},
    });

    let reply = app.anyone().post("/api/auth/register", &body).await;

    assert_eq!(reply.refusal(), refused(422, "invalid-fields"));
    let mut found = reply.field_errors();
    found.sort();
    let expected = fields(&[
        ("/email", "invalid-format"),
        ("/fullName", "too-short"),
        ("/nationalId", "invalid-checksum"),
        ("/password", "too-short"),
        ("/phone", "invalid-format"),
    ]);
    assert_eq!(found, expected);
    for value in ["not-an-address", "s3cr3t-xy", "12345", "1234567890123"] {
        assert!(!reply.body.contains(value), "{}", reply.body);
    }
}

#[tokio::test]
async fn missing_wrong_and_unknown_fields_are_named_together() {
    let app = TestApp::start().await;
    let body =
        json!({"email": 7, "fullName": "ก", "consent": {"termsVersion": "1"}, "admin": true});

    let reply = app.anyone().post("/api/auth/register", &body).await;

    let mut found = reply.field_errors();
    found.sort();
    let expected = fields(&[
        ("/admin", "unknown-field"),
        ("/consent/privacyVersion", "required"),
        ("/email", "wrong-type"),
        ("/nationalId", "required"),
        ("/password", "required"),
        ("/phone", "required"),
    ]);
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_taken_email_id_or_phone_is_the_same_refusal() {
    let app = TestApp::start().await;
    let first = registration("คนแรก");
    app.anyone().post("/api/auth/register", &first).await.expect(201);

    for key in ["email", "phone", "nationalId"] {
        let mut body = registration("คนที่สอง");
        body[key] = first[key].clone();

        let reply = app.anyone().post("/api/auth/register", &body).await;

        assert_eq!(reply.refusal(), refused(409, "account-exists"), "{key}");
    }
}

#[tokio::test]
async fn an_unknown_account_a_wrong_password_and_a_disabled_account_look_alike() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมหญิง").await;
    let login = |email: &str, password: &str| json!({"email": email, "password": password});
    let disabled = app.farmer("ปิดบัญชี").await;
    let admin = app.staff("admin").await;
    let path = format!("/api/admin/users/{}", disabled.id);
    admin.patch(&path, &json!({"status": "disabled"})).await.expect(200);

    for body in [
        login("nobody@farm.example", PASSWORD),
        login(&farmer.email, "wrong-Password-2026"),
        login(&disabled.email, PASSWORD),
        json!({"nationalId": national_id(199_999_999_999), "password": PASSWORD}),
        json!({"nationalId": "not an id", "password": PASSWORD}),
    ] {
        let reply = app.anyone().post("/api/auth/login", &body).await;

        assert_eq!(reply.refusal(), refused(401, "invalid-credentials"), "{body}");
        assert!(reply.header("www-authenticate").starts_with("Bearer"));
    }
    let after = disabled.get("/api/auth/profile").await;
    assert_eq!(after.refusal(), refused(401, "unauthenticated"));
}

#[tokio::test]
async fn a_profile_shows_the_last_four_digits_and_no_more() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย ใจดี").await;

    let profile = farmer.get("/api/auth/profile").await.expect(200);

    let last_four = &farmer.national_id[9..];
    assert_eq!(profile.text("/nationalId"), format!("•••••••••{last_four}"));
    assert!(!profile.body.contains(&farmer.national_id));
    assert_eq!(profile.etag(), "\"1\"");
    assert_eq!(profile.header("cache-control"), "private, no-cache");
    assert_eq!(profile.data("/version"), json!(1));
    assert_eq!(profile.text("/status"), "active");
}

#[tokio::test]
async fn a_profile_is_changed_only_in_the_state_it_was_read_in() {
    let app = TestApp::start().await;
    let farmer = app.farmer("ชื่อเก่า").await;
    let patch = json!({"fullName": "ชื่อใหม่"});
    let with = |etag: &str| {
        let request = farmer.request(reqwest::Method::PATCH, "/api/auth/profile");
        farmer.send(request.header("If-Match", etag).json(&patch))
    };

    let unsaid = farmer.request(reqwest::Method::PATCH, "/api/auth/profile").json(&patch);
    let unsaid = farmer.send(unsaid).await;
    let changed = with("\"1\"").await.expect(200);
    let stale = with("\"1\"").await;

    assert_eq!(unsaid.refusal(), refused(428, "precondition-required"));
    assert_eq!((changed.text("/fullName").as_str(), changed.etag()), ("ชื่อใหม่", "\"2\""));
    assert_eq!(stale.refusal(), refused(412, "stale-version"));
}

#[tokio::test]
async fn an_unchanged_profile_is_not_sent_again() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;
    let etag = farmer.get("/api/auth/profile").await.etag().to_owned();
    let login = json!({"email": farmer.email, "password": PASSWORD});
    app.anyone().post("/api/auth/login", &login).await.expect(200);

    let request = farmer.request(reqwest::Method::GET, "/api/auth/profile");
    let again = farmer.send(request.header("If-None-Match", etag)).await;

    assert_eq!((again.status, again.body.as_str()), (304, ""));
}

#[tokio::test]
async fn reviewers_list_inspectors_and_nobody_else() {
    let app = TestApp::start().await;
    let reviewer = app.staff("reviewer").await;
    let farmer = app.farmer("สมชาย").await;

    let inspectors = reviewer.get("/api/admin/users?role=INSPECTOR").await.expect(200);
    let everybody = reviewer.get("/api/admin/users").await;
    let by_farmer = farmer.get("/api/admin/users?role=INSPECTOR").await;

    assert_eq!(inspectors.text("/0/email"), "inspector@demo.example");
    assert_eq!(everybody.refusal(), refused(403, "forbidden"));
    assert_eq!(by_farmer.refusal(), refused(403, "forbidden"));
}

#[tokio::test]
async fn a_change_of_role_counts_on_the_next_request() {
    let app = TestApp::start().await;
    let officer = app.another("REVIEWER").await;
    let admin = app.staff("admin").await;
    officer.get("/api/admin/users?role=INSPECTOR").await.expect(200);

    let path = format!("/api/admin/users/{}", officer.id);
    admin.patch(&path, &json!({"role": "FINANCE"})).await.expect(200);

    let after = officer.get("/api/admin/users?role=INSPECTOR").await;
    assert_eq!(after.refusal(), refused(403, "forbidden"));
}
