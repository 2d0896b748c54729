//! Logins as their holder sees them, and everything that happened as administrators do.

use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{PASSWORD, TestApp, User};
use crate::reply::{Reply, fields, refused};

async fn log_in(user: &User, password: &str) -> Reply {
    let request = user.anybody().request(Method::POST, "/api/auth/login");
    let request = request.header("User-Agent", "Field app/2.0");
    user.send(request.json(&json!({"email": user.email, "password": password}))).await
}

fn column(rows: &Value, name: &str) -> Vec<Value> {
    rows.as_array().unwrap().iter().map(|row| row[name].clone()).collect()
}

#[tokio::test]
async fn a_holder_sees_his_logins_those_that_failed_too() {
    let app = TestApp::start().await;
    let (farmer, stranger) = (app.farmer("สมชาย").await, app.farmer("คนอื่น").await);
    log_in(&farmer, "ผิดทุกครั้ง-1234").await.expect(401);
    log_in(&farmer, PASSWORD).await.expect(200);
    let sessions = farmer.get("/api/auth/sessions").await.expect(200).data("");

    let reply = farmer.get("/api/auth/login-history").await.expect(200);

    let logins = reply.data("");
    assert_eq!(column(&logins, "outcome"), ["success", "failure", "success"].map(Value::from));
    let reasons = [Value::Null, json!("wrong-password"), Value::Null];
    assert_eq!(column(&logins, "reason"), reasons);
    assert_eq!(logins[0]["sessionId"], sessions[0]["id"]);
    assert_eq!(logins[0]["userAgent"], json!("Field app/2.0"));
    assert_eq!(logins[0]["network"], json!("127.0.0.0/24"));
    assert!(logins[0]["at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(reply.header("cache-control"), "private, no-cache");
    let others = stranger.get("/api/auth/login-history").await.expect(200).data("");
    assert_eq!(others.as_array().unwrap().len(), 1);
    let anonymous = app.anyone().get("/api/auth/login-history").await;
    assert_eq!(anonymous.refusal(), refused(401, "unauthenticated"));
}

#[tokio::test]
async fn an_administrator_reads_what_happened_page_by_page() {
    let app = TestApp::start().await;
    let admin = app.staff("admin").await;
    let farmer = app.farmer("สมชาย").await;
    log_in(&farmer, "ผิดทุกครั้ง-1234").await.expect(401);
    let user = format!("/api/admin/users/{}", farmer.id);
    admin.patch(&user, &json!({"status": "disabled"})).await.expect(200);
    log_in(&farmer, PASSWORD).await.expect(401);

    let about = format!("/api/admin/audit?account={}", farmer.id);
    let about = admin.get(&about).await.expect(200).data("");
    let by_farmer = admin.get(&format!("/api/admin/audit?actor={}", farmer.id)).await.data("");
    let by_admin = admin.get(&format!("/api/admin/audit?actor={}", admin.id)).await.data("");
    let first = admin.get("/api/admin/audit?limit=3").await.expect(200).json();
    let next = first["page"]["next"].as_str().unwrap();
    let second = admin.get(&format!("/api/admin/audit?limit=3&cursor={next}")).await.expect(200);

    let told = |rows: &Value| column(rows, "action");
    let expected = [
        "login-account-disabled",
        "disable",
        "login-wrong-password",
        "login-succeeded",
        "register",
    ];
    assert_eq!(told(&about), expected.map(Value::from));
    assert_eq!(about[1]["kind"], json!("change"));
    assert_eq!(about[1]["by"], json!({"id": admin.id, "role": "ADMIN"}));
    assert_eq!((&about[1]["from"], &about[1]["to"]), (&json!("active"), &json!("disabled")));
    assert_eq!(about[0]["kind"], json!("security-event"));
    assert_eq!(about[0]["subject"], json!({"kind": "account", "id": farmer.id}));
    assert!(told(&by_farmer).contains(&json!("register")));
    assert!(!told(&by_farmer).contains(&json!("disable")));
    assert_eq!(told(&by_admin)[0], json!("disable"));
    assert_eq!(
        told(&first["data"])[..3],
        expected[..3].iter().map(|it| json!(it)).collect::<Vec<_>>()
    );
    assert_eq!(
        told(&second.data(""))[..2],
        expected[3..].iter().map(|it| json!(it)).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn an_audit_is_for_administrators_and_its_query_is_checked_before_that() {
    let app = TestApp::start().await;
    let (admin, reviewer) = (app.staff("admin").await, app.staff("reviewer").await);

    let anonymous = app.anyone().get("/api/admin/audit").await;
    let forbidden = reviewer.get("/api/admin/audit").await;
    let both = format!("/api/admin/audit?actor={}&account={}", admin.id, admin.id);
    let both = app.anyone().get(&both).await;
    let nobody = admin.get("/api/admin/audit?actor=nobody").await;

    assert_eq!(anonymous.refusal(), refused(401, "unauthenticated"));
    assert_eq!(forbidden.refusal(), refused(403, "forbidden"));
    assert_eq!(both.refusal(), refused(400, "invalid-query"));
    assert_eq!(both.field_errors(), fields(&[("/actor", "invalid-format")]));
    assert_eq!(nobody.refusal(), refused(400, "invalid-query"));
}
