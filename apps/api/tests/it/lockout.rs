//! Guesses at passwords, and changing one's own.

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::json;

use crate::app::{PASSWORD, TestApp, User};
use crate::reply::{fields, refused};

const NEW: &str = "ไพลทั้งแปลง-Field-2027";

async fn guess(user: &User, password: &str) -> crate::reply::Reply {
    user.anybody()
        .post("/api/auth/login", &json!({"email": user.email, "password": password}))
        .await
}

async fn log_in_on(user: &User, device_token: &str) -> crate::reply::Reply {
    let body = json!({"email": user.email, "password": PASSWORD});
    let request = user.anybody().request(Method::POST, "/api/auth/login");
    user.send(request.header("X-Device-Token", device_token).json(&body)).await
}

#[tokio::test]
async fn a_locked_account_answers_like_any_wrong_password_and_opens_by_itself() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;
    for _ in 0..5 {
        assert_eq!(
            guess(&farmer, "ผิดทุกครั้ง-1234").await.refusal(),
            refused(401, "invalid-credentials")
        );
    }

    let locked = guess(&farmer, PASSWORD).await;
    app.clock.advance(SignedDuration::from_secs(30));
    let opened = guess(&farmer, PASSWORD).await;

    assert_eq!(locked.refusal(), refused(401, "invalid-credentials"));
    assert_eq!(locked.header("retry-after"), "");
    assert_eq!(opened.status, 200);
}

#[tokio::test]
async fn a_device_that_logged_in_before_is_not_locked_out_by_others() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;
    let device = guess(&farmer, PASSWORD).await.expect(200).text("/deviceToken");
    for _ in 0..8 {
        guess(&farmer, "ผิดทุกครั้ง-1234").await;
    }

    let elsewhere = guess(&farmer, PASSWORD).await;
    let trusted = log_in_on(&farmer, &device).await;

    assert_eq!(elsewhere.refusal(), refused(401, "invalid-credentials"));
    assert_eq!(trusted.status, 200);
}

#[tokio::test]
async fn an_administrator_unlocks_an_account_and_nobody_else_does() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;
    let (admin, reviewer) = (app.staff("admin").await, app.staff("reviewer").await);
    for _ in 0..6 {
        guess(&farmer, "ผิดทุกครั้ง-1234").await;
    }
    let path = format!("/api/admin/users/{}/unlock", farmer.id);

    let forbidden = reviewer.post(&path, &json!({})).await;
    let absent = admin.post("/api/admin/users/none/unlock", &json!({})).await;
    admin.post(&path, &json!({})).await.expect(204);

    assert_eq!(forbidden.refusal(), refused(403, "forbidden"));
    assert_eq!(absent.refusal(), refused(404, "not-found"));
    assert_eq!(guess(&farmer, PASSWORD).await.status, 200);
}

#[tokio::test]
async fn an_administrator_ends_every_session_of_an_account() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;
    let admin = app.staff("admin").await;
    let path = format!("/api/admin/users/{}/sessions", farmer.id);

    let request = admin.request(Method::DELETE, &path);
    admin.send(request).await.expect(204);

    let reply = farmer.get("/api/auth/profile").await;
    assert_eq!(reply.refusal(), refused(401, "unauthenticated"));
}

#[tokio::test]
async fn a_changed_password_ends_every_other_session() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;
    let other = farmer.log_in(&json!({"email": farmer.email, "password": PASSWORD})).await;
    let body = json!({"currentPassword": PASSWORD, "newPassword": NEW});

    let reply = farmer.post("/api/auth/password/change", &body).await.expect(204);

    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(farmer.get("/api/auth/profile").await.status, 200);
    assert_eq!(other.get("/api/auth/profile").await.status, 401);
    let refresh = json!({"refreshToken": other.refresh_token});
    let refreshed = app.anyone().post("/api/auth/refresh", &refresh).await;
    assert_eq!(refreshed.refusal(), refused(401, "invalid-refresh-token"));
    assert_eq!(guess(&farmer, PASSWORD).await.status, 401);
    assert_eq!(guess(&farmer, NEW).await.status, 200);
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_it_and_to_what_the_rules_allow() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;
    let change = async |current: &str, new: &str| {
        let body = json!({"currentPassword": current, "newPassword": new});
        farmer.post("/api/auth/password/change", &body).await
    };

    let wrong = change("ไม่ใช่รหัสนี้เลย", NEW).await;
    let short = change(PASSWORD, "short").await;
    let common = change(PASSWORD, "Password1234").await;
    let anonymous = app.anyone().post("/api/auth/password/change", &json!({})).await;

    assert_eq!(wrong.refusal(), refused(401, "invalid-credentials"));
    assert_eq!(short.field_errors(), fields(&[("/newPassword", "too-short")]));
    assert_eq!(common.field_errors(), fields(&[("/newPassword", "invalid-format")]));
    assert_eq!(anonymous.refusal(), refused(401, "unauthenticated"));
}
