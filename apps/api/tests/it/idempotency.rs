//! Requests that are sent again because a reply was lost.

use serde_json::json;

use crate::app::{TestApp, registration};
use crate::journey::farm_body;
use crate::reply::refused;

#[tokio::test]
async fn a_repeated_request_gets_the_first_reply() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;
    let body = farm_body("สวนสมุนไพร");

    let first = farmer.post_once("/api/farms", "key-1", &body).await.expect(201);
    let again = farmer.post_once("/api/farms", "key-1", &body).await.expect(201);

    assert_eq!(first.body, again.body);
    assert_eq!((first.etag(), first.header("location")), (again.etag(), again.header("location")));
    assert_eq!(
        (first.header("idempotency-replayed"), again.header("idempotency-replayed")),
        ("", "true")
    );
    let farms = farmer.get("/api/farms").await.expect(200).data("");
    assert_eq!(farms.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_key_stands_for_one_body_one_path_and_one_person() {
    let app = TestApp::start().await;
    let (somchai, malee) = (app.farmer("สมชาย").await, app.farmer("มาลี").await);
    somchai.post_once("/api/farms", "key-1", &farm_body("สวน ก")).await.expect(201);

    let other_body = somchai.post_once("/api/farms", "key-1", &farm_body("สวน ข")).await;
    let other_person = malee.post_once("/api/farms", "key-1", &farm_body("สวน ก")).await;

    assert_eq!(other_body.refusal(), refused(422, "idempotency-key-reused"));
    assert_eq!((other_person.status, other_person.header("idempotency-replayed")), (201, ""));
}

#[tokio::test]
async fn refusals_that_are_final_are_repeated_too() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;
    farmer.post("/api/farms", &farm_body("สวน")).await.expect(201);

    let taken = farmer.post_once("/api/farms", "key-1", &farm_body("สวน")).await;
    let again = farmer.post_once("/api/farms", "key-1", &farm_body("สวน")).await;

    assert_eq!(taken.refusal(), refused(409, "farm-name-taken"));
    assert_eq!(again.refusal(), taken.refusal());
    assert_eq!(again.header("idempotency-replayed"), "true");
}

#[tokio::test]
async fn a_repeated_action_is_not_stale() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;
    let farm = farmer.registers_farm("สวน").await;
    let path = format!("/api/farms/{}/actions/submit", farm.id());
    let submit = || {
        let request = farmer.request(reqwest::Method::POST, &path);
        let request = request.header("If-Match", farm.etag()).header("Idempotency-Key", "once");
        farmer.send(request.json(&json!({})))
    };

    let first = submit().await.expect(200);
    let again = submit().await.expect(200);

    assert_eq!(first.body, again.body);
    assert_eq!(again.header("idempotency-replayed"), "true");
}

#[tokio::test]
async fn parallel_requests_with_one_key_act_once() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;

    let calls: Vec<_> = (0..32)
        .map(|_| {
            let farmer = farmer.clone();
            let body = farm_body("สวนเดียว");
            tokio::spawn(async move { farmer.post_once("/api/farms", "key-1", &body).await })
        })
        .collect();
    let mut made = Vec::new();
    for call in calls {
        let reply = call.await.unwrap();
        match reply.status {
            201 => made.push(reply.id()),
            _ => assert_eq!(reply.refusal(), refused(409, "idempotency-in-progress")),
        }
    }
    made.dedup();

    assert_eq!(made.len(), 1);
    let farms = farmer.get("/api/farms").await.expect(200).data("");
    assert_eq!(farms.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_registration_can_be_repeated() {
    let app = TestApp::start().await;
    let body = registration("สมชาย");

    let first = app.anyone().post_once("/api/auth/register", "reg-1", &body).await.expect(201);
    let again = app.anyone().post_once("/api/auth/register", "reg-1", &body).await.expect(201);

    assert_eq!(first.body, again.body);
}

#[tokio::test]
async fn login_replies_are_never_stored() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;
    let body = json!({"email": farmer.email, "password": crate::app::PASSWORD});

    let first = app.anyone().post_once("/api/auth/login", "log-1", &body).await.expect(200);
    let again = app.anyone().post_once("/api/auth/login", "log-1", &body).await.expect(200);

    assert_ne!(first.text("/tokens/refreshToken"), again.text("/tokens/refreshToken"));
    assert_eq!(again.header("idempotency-replayed"), "");
}
