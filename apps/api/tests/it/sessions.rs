//! Access and refresh tokens.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::app::{TestApp, User};
use crate::reply::{Reply, refused};

async fn refresh(user: &User, token: &str) -> Reply {
    user.post("/api/auth/refresh", &json!({"refreshToken": token})).await
}

#[tokio::test]
async fn a_refresh_token_is_rotated_and_a_late_reuse_ends_the_family() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;

    let rotated = refresh(&farmer, &farmer.refresh_token).await.expect(200);
    let next = rotated.text("/tokens/refreshToken");
    app.clock.advance(SignedDuration::from_secs(11));
    let replayed = refresh(&farmer, &farmer.refresh_token).await;
    let afterwards = refresh(&farmer, &next).await;

    assert_ne!(next, farmer.refresh_token);
    assert_eq!(rotated.header("cache-control"), "no-store");
    assert_eq!(replayed.refusal(), refused(401, "refresh-token-reused"));
    assert_eq!(afterwards.refusal(), refused(401, "invalid-refresh-token"));
    let access = farmer.get("/api/auth/profile").await;
    assert_eq!(access.refusal(), refused(401, "unauthenticated"));
}

#[tokio::test]
async fn a_retry_within_ten_seconds_gets_the_same_successor() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;

    let first = refresh(&farmer, &farmer.refresh_token).await.expect(200);
    app.clock.advance(SignedDuration::from_secs(9));
    let again = refresh(&farmer, &farmer.refresh_token).await.expect(200);

    assert_eq!(first.text("/tokens/refreshToken"), again.text("/tokens/refreshToken"));
}

#[tokio::test]
async fn parallel_refreshes_end_in_one_successor() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;

    let calls: Vec<_> = (0..32)
        .map(|_| {
            let (farmer, token) = (farmer.clone(), farmer.refresh_token.clone());
            tokio::spawn(async move { refresh(&farmer, &token).await })
        })
        .collect();
    let mut successors = Vec::new();
    for call in calls {
        successors.push(call.await.unwrap().expect(200).text("/tokens/refreshToken"));
    }
    successors.dedup();

    assert_eq!(successors.len(), 1);
}

#[tokio::test]
async fn what_is_no_refresh_token_is_unauthorised_never_invalid_input() {
    let app = TestApp::start().await;

    for body in [json!({"refreshToken": "garbage"}), json!({"refreshToken": ""})] {
        let reply = app.anyone().post("/api/auth/refresh", &body).await;

        assert_eq!(reply.refusal(), refused(401, "invalid-refresh-token"), "{body}");
    }
}

#[tokio::test]
async fn logout_kills_the_access_token_at_once() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;

    farmer.post("/api/auth/logout", &json!({})).await.expect(204);

    let after = farmer.get("/api/auth/profile").await;
    assert_eq!(after.refusal(), refused(401, "unauthenticated"));
    assert_eq!(refresh(&farmer, &farmer.refresh_token).await.status, 401);
}

#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one_and_all_at_once() {
    let app = TestApp::start().await;
    let phone = app.farmer("สมชาย").await;
    let login = json!({"email": phone.email, "password": crate::app::PASSWORD});
    let (laptop, tablet) = (app.anyone().log_in(&login).await, app.anyone().log_in(&login).await);
    let stranger = app.farmer("คนอื่น").await;

    let listed = phone.get("/api/auth/sessions").await.expect(200).data("");
    let current: Vec<&Value> =
        listed.as_array().unwrap().iter().filter(|row| row["current"] == json!(true)).collect();
    let sessions_of = |user: &User| {
        let user = user.clone();
        async move {
            let rows = user.get("/api/auth/sessions").await.expect(200).data("");
            let rows = rows.as_array().unwrap().clone();
            let own = rows.into_iter().find(|row| row["current"] == json!(true)).unwrap();
            own["id"].as_str().unwrap().to_owned()
        }
    };
    let laptop_session = format!("/api/auth/sessions/{}", sessions_of(&laptop).await);
    let by_stranger = stranger.change(reqwest::Method::DELETE, &laptop_session, &json!({})).await;
    let request = phone.request(reqwest::Method::DELETE, &laptop_session);
    phone.send(request).await.expect(204);

    assert_eq!((listed.as_array().unwrap().len(), current.len()), (3, 1));
    assert_eq!(by_stranger.refusal(), refused(404, "not-found"));
    assert_eq!(laptop.get("/api/auth/profile").await.status, 401);
    phone.post("/api/auth/logout-all", &json!({})).await.expect(204);
    assert_eq!(tablet.get("/api/auth/profile").await.status, 401);
    assert_eq!(phone.get("/api/auth/profile").await.status, 401);
}

#[tokio::test]
async fn an_access_token_ends_after_a_quarter_of_an_hour() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;

    app.clock.advance(SignedDuration::from_secs(15 * 60 + 6));

    let reply = farmer.get("/api/auth/profile").await;
    assert_eq!(reply.refusal(), refused(401, "unauthenticated"));
    assert!(reply.header("www-authenticate").contains("invalid_token"));
    refresh(&farmer, &farmer.refresh_token).await.expect(200);
}

#[tokio::test]
async fn access_tokens_can_be_verified_with_the_published_keys() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;

    let keys = app.anyone().get("/.well-known/jwks.json").await.expect(200).json();

    let token = farmer.token.as_deref().unwrap();
    let header = jsonwebtoken::decode_header(token).unwrap();
    let key = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == json!(header.kid));
    let key = jsonwebtoken::DecodingKey::from_ed_components(key.unwrap()["x"].as_str().unwrap());
    let mut rules = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::EdDSA);
    rules.validate_aud = false;
    rules.validate_exp = false;
    let claims = jsonwebtoken::decode::<Value>(token, &key.unwrap(), &rules).unwrap().claims;
    assert_eq!(header.typ.as_deref(), Some("at+jwt"));
    assert_eq!(claims["sub"], json!(farmer.id));
}
