//! Everything that goes wrong is a problem document, and the first reason comes first.

use reqwest::Method;
use serde_json::json;

use crate::app::TestApp;
use crate::reply::{Reply, refused};

fn assert_problem(reply: &Reply) {
    let problem = reply.json();
    assert_eq!(reply.header("content-type"), "application/problem+json", "{reply:?}");
    assert_eq!(problem["status"], json!(reply.status));
    assert_eq!(problem["requestId"].as_str().unwrap(), reply.header("x-request-id"));
    for key in ["type", "title", "code", "detail", "instance"] {
        assert!(problem[key].as_str().is_some_and(|text| !text.is_empty()), "{key}: {problem}");
    }
}

#[tokio::test]
async fn the_routers_own_refusals_are_problems_too() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;
    let raw = |body: &str, kind: &str| {
        let request = farmer.request(Method::POST, "/api/farms");
        farmer.send(request.header("Content-Type", kind).body(body.to_owned()))
    };
    let huge = format!("{{\"name\": \"{}\"}}", "ก".repeat(300 * 1024));
    let deep = format!("{}1{}", "[".repeat(40), "]".repeat(40));

    let unknown_path = farmer.get("/api/nowhere").await;
    let wrong_method = farmer.send(farmer.request(Method::PUT, "/api/farms")).await;
    let malformed = raw("{\"name\": ", "application/json").await;
    let too_deep = raw(&deep, "application/json").await;
    let form = raw("name=x", "application/x-www-form-urlencoded").await;
    let too_large = raw(&huge, "application/json").await;

    let expected = [
        (&unknown_path, refused(404, "not-found")),
        (&wrong_method, refused(405, "method-not-allowed")),
        (&malformed, refused(400, "malformed-json")),
        (&too_deep, refused(400, "malformed-json")),
        (&form, refused(415, "unsupported-media-type")),
        (&too_large, refused(413, "body-too-large")),
    ];
    for (reply, refusal) in expected {
        assert_eq!(reply.refusal(), refusal);
        assert_problem(reply);
    }
    let allow = wrong_method.header("allow");
    assert!(allow.contains("GET") && allow.contains("POST"), "{allow}");
}

#[tokio::test]
async fn what_cannot_be_read_comes_before_who_sent_it() {
    let app = TestApp::start().await;
    let anyone = app.anyone();
    let request = anyone.request(Method::POST, "/api/farms");
    let malformed = request.header("Content-Type", "application/json").body("{");

    let malformed = anyone.send(malformed).await;
    let unauthenticated = anyone.post("/api/farms", &json!({"nonsense": 1})).await;

    assert_eq!(malformed.refusal(), refused(400, "malformed-json"));
    assert_eq!(unauthenticated.refusal(), refused(401, "unauthenticated"));
    assert_eq!(unauthenticated.header("www-authenticate"), "Bearer");
    assert_problem(&unauthenticated);
}

#[tokio::test]
async fn absent_comes_before_forbidden_before_unsaid_before_stale_before_invalid() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;
    let reviewer = app.staff("reviewer").await;
    let farm = farmer.registers_farm("สวน").await;
    let path = format!("/api/farms/{}", farm.id());
    let nonsense = json!({"nonsense": 1});
    let refusal_of = |user: &crate::app::User, path: &str, etag: Option<&str>| {
        let request = user.request(Method::PATCH, path).json(&nonsense);
        let user = user.clone();
        let request = match etag {
            Some(etag) => request.header("If-Match", etag),
            None => request,
        };
        async move { user.send(request).await.refusal() }
    };

    let absent = "/api/farms/0197b6a0-0000-7000-8000-000000000000";
    assert_eq!(refusal_of(&reviewer, absent, None).await, refused(404, "not-found"));
    assert_eq!(refusal_of(&reviewer, &path, None).await, refused(403, "forbidden"));
    assert_eq!(refusal_of(&farmer, &path, None).await, refused(428, "precondition-required"));
    assert_eq!(refusal_of(&farmer, &path, Some("\"1\"")).await, refused(412, "stale-version"));
    assert_eq!(refusal_of(&farmer, &path, Some("W/\"2\"")).await, refused(412, "stale-version"));
    assert_eq!(refusal_of(&farmer, &path, Some("\"2\"")).await, refused(422, "unknown-field"));
}

#[tokio::test]
async fn a_forged_or_foreign_token_is_refused() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;
    let token = farmer.token.clone().unwrap();
    let unsigned = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.eyJzdWIiOiJ4In0.";

    for forged in [&token[..token.len() - 4], unsigned, "x", &"a.".repeat(5_000)] {
        let mut forger = farmer.clone();
        forger.token = Some(forged.to_owned());

        let reply = forger.get("/api/auth/profile").await;

        assert_eq!(reply.refusal(), refused(401, "unauthenticated"));
    }
}

#[tokio::test]
async fn problems_speak_thai_when_asked() {
    let app = TestApp::start().await;
    let anyone = app.anyone();

    let request = anyone.request(Method::GET, "/api/nowhere");
    let thai = anyone.send(request.header("Accept-Language", "th-TH, en;q=0.5")).await;
    let english = anyone.get("/api/nowhere").await;

    assert_ne!(thai.json()["title"], english.json()["title"]);
    assert_eq!(thai.header("content-language"), "th");
    assert!(thai.header("vary").to_lowercase().contains("accept-language"));
    assert_eq!(thai.code(), english.code());
}

#[tokio::test]
async fn a_request_id_is_taken_over_or_made() {
    let app = TestApp::start().await;
    let anyone = app.anyone();
    let with = |id: &'static str| {
        anyone.send(anyone.request(Method::GET, "/api/nowhere").header("X-Request-Id", id))
    };

    let own = with("order-7.a_B").await;
    let odd = with("two words").await;

    assert_eq!(own.header("x-request-id"), "order-7.a_B");
    assert_eq!(own.json()["requestId"], json!("order-7.a_B"));
    assert!(!odd.header("x-request-id").is_empty() && odd.header("x-request-id") != "two words");
}

#[tokio::test]
async fn head_is_get_without_a_body_and_options_names_the_methods() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;

    let head = farmer.send(farmer.request(Method::HEAD, "/api/auth/profile")).await;
    let options = farmer.send(farmer.request(Method::OPTIONS, "/api/farms")).await;
    let unacceptable = farmer.request(Method::GET, "/api/farms").header("Accept", "image/png");
    let unacceptable = farmer.send(unacceptable).await;

    assert_eq!((head.status, head.body.as_str(), head.etag()), (200, "", "\"1\""));
    assert!(options.header("allow").contains("POST"), "{options:?}");
    assert_eq!(unacceptable.refusal(), refused(406, "not-acceptable"));
}

#[tokio::test]
async fn replies_are_hardened() {
    let app = TestApp::start().await;

    let reply = app.anyone().get("/api/standards").await.expect(200);
    let page = app.anyone().get("/").await.expect(200);

    for reply in [&reply, &page] {
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("referrer-policy"), "no-referrer");
        assert_eq!(reply.header("server"), "");
    }
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
}

#[tokio::test]
async fn duplicate_keys_are_refused_by_name() {
    let app = TestApp::start().await;
    let anyone = app.anyone();
    let request = anyone.request(Method::POST, "/api/auth/login");
    let body = "{\"email\": \"a@b.example\", \"email\": \"c@d.example\", \"password\": \"x\"}";

    let reply = anyone.send(request.header("Content-Type", "application/json").body(body)).await;

    assert_eq!(reply.status, 422);
    assert_eq!(reply.field_errors(), crate::reply::fields(&[("/email", "duplicate-key")]));
}

#[tokio::test]
async fn an_action_without_parameters_needs_no_body_whatever_type_is_announced() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;
    let farm = farmer.registers_farm("สวน").await;
    let path = format!("/api/farms/{}/actions/submit", farm.id());
    let announced = |path: &str| {
        let request = farmer.request(Method::POST, path).header("If-Match", "*");
        farmer.send(request.header("Content-Type", "application/json"))
    };

    let submitted = announced(&path).await;
    let registered = announced("/api/farms").await;
    let logged_out = farmer.send(farmer.request(Method::POST, "/api/auth/logout")).await;

    assert_eq!(submitted.status, 200, "{submitted:?}");
    assert_eq!(registered.refusal(), refused(400, "malformed-json"));
    assert_eq!(logged_out.status, 204, "{logged_out:?}");
}
