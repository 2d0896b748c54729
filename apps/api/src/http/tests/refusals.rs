//! What is refused, as what, and in which order.

use super::*;

#[tokio::test]
async fn the_routers_own_refusals_are_problems() {
    let app = start().await;

    let unknown = app.get("/api/nowhere").await;
    let wrong_method = app.send(signed_in(Method::DELETE, "/api/things")).await;
    let odd_id = app.get("/api/things/no-uuid").await;

    unknown.assert_problem(404, "not-found");
    wrong_method.assert_problem(405, "method-not-allowed");
    assert_eq!(wrong_method.header("allow"), "GET, POST, HEAD, OPTIONS");
    odd_id.assert_problem(404, "not-found");
}

#[tokio::test]
async fn head_is_answered_where_get_is_and_options_names_the_methods() {
    let app = start().await;

    let head = app.send(signed_in(Method::HEAD, "/api/things")).await;
    let options = app.send(anybody(Method::OPTIONS, "/api/things/large")).await;
    let no_head = app.send(signed_in(Method::HEAD, "/api/things/large")).await;

    assert_eq!(head.status, 200);
    assert_eq!((options.status, options.header("allow")), (204, "POST, OPTIONS"));
    assert!(!options.header("x-request-id").is_empty());
    no_head.assert_problem(405, "method-not-allowed");
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_told_apart() {
    let app = start().await;
    let json = "application/json";
    let large = format!("{{\"name\": \"{}\"}}", "x".repeat(300 * 1024));
    let deep = format!("{}1{}", "[".repeat(33), "]".repeat(33));
    let gzip = raw("/api/things", json, "{}").insert_header(("content-encoding", "gzip"));
    let untyped = signed_in(Method::POST, "/api/things")
        .insert_header(("content-length", "2"))
        .set_payload("{}");

    let cases = [
        (raw("/api/things", json, "{\"name\":"), 400, "malformed-json"),
        (raw("/api/things", json, ""), 400, "malformed-json"),
        (raw("/api/things", json, &deep), 400, "malformed-json"),
        (raw("/api/things", "text/plain", "{}"), 415, "unsupported-media-type"),
        (raw("/api/things", "application/merge-patch+json", "{}"), 415, "unsupported-media-type"),
        (
            raw("/api/things", "application/json; charset=tis-620", "{}"),
            415,
            "unsupported-media-type",
        ),
        (gzip, 415, "unsupported-media-type"),
        (untyped, 415, "unsupported-media-type"),
        (raw("/api/things", json, &large), 413, "body-too-large"),
    ];
    for (request, status, code) in cases {
        app.send(request).await.assert_problem(status, code);
    }
    let utf8 = raw("/api/things", "application/json; charset=UTF-8", "{\"name\": \"a\"}");
    assert_eq!(app.send(utf8).await.status, 201);
    let large = if_match_three(raw("/api/things/large", json, &large));
    app.send(large).await.assert_problem(422, "invalid-fields");
}

#[tokio::test]
async fn an_announced_length_is_refused_before_anything_is_read() {
    let app = start().await;
    let request =
        raw("/api/things", "application/json", "").insert_header(("content-length", "262145"));

    app.send(request).await.assert_problem(413, "body-too-large");
}

#[tokio::test]
async fn a_request_without_a_body_counts_as_an_empty_object() {
    let app = start().await;

    let reply = app.send(signed_in(Method::POST, "/api/things")).await;

    reply.assert_problem(422, "invalid-fields");
    assert_eq!(reply.json()["errors"][0]["pointer"], json!("/name"));
    assert_eq!(reply.json()["errors"][0]["code"], json!("required"));
}

#[tokio::test]
async fn refusals_come_in_the_order_of_the_contract() {
    let app = start().await;
    let address = format!("/api/things/{}", Uuid::from_u128(1));
    let patch = |body: &str| {
        let request =
            anybody(Method::PATCH, &address).insert_header(("content-type", "application/json"));
        request.set_payload(body.to_owned())
    };
    let token = |request: TestRequest| request.insert_header(("authorization", "Bearer good"));
    let broken = "{\"nonsense\": 1}";

    app.send(patch("{").insert_header(("accept", "text/css")))
        .await
        .assert_problem(406, "not-acceptable");
    app.send(patch("{")).await.assert_problem(400, "malformed-json");
    app.send(patch(broken)).await.assert_problem(401, "unauthenticated");
    app.send(token(patch(broken))).await.assert_problem(428, "precondition-required");
    let stale = token(patch(broken)).insert_header(("if-match", "\"2\""));
    app.send(stale).await.assert_problem(412, "stale-version");
    let weak = token(patch(broken)).insert_header(("if-match", "W/\"3\""));
    app.send(weak).await.assert_problem(412, "stale-version");
    app.send(if_match_three(token(patch(broken)))).await.assert_problem(422, "invalid-fields");
    assert_eq!(app.send(if_match_three(token(patch("{\"name\": \"a\"}")))).await.status, 200);
}

fn if_match_three(request: TestRequest) -> TestRequest {
    request.insert_header(("if-match", "\"3\""))
}

#[tokio::test]
async fn every_field_that_is_wrong_is_named_and_no_value_is_echoed() {
    let app = start().await;
    let request = raw(
        "/api/things",
        "application/json",
        "{\"name\": \"secret-and-far-too-long\", \"x\": \"secret\"}",
    );

    let reply = app.send(request.insert_header(("accept-language", "th"))).await;

    reply.assert_problem(422, "invalid-fields");
    let rows = [("/name", "too-long"), ("/x", "unknown-field")];
    for (error, (pointer, code)) in reply.json()["errors"].as_array().unwrap().iter().zip(rows) {
        assert_eq!(
            (error["pointer"].as_str(), error["code"].as_str()),
            (Some(pointer), Some(code))
        );
    }
    let text = String::from_utf8(reply.body).unwrap();
    assert!(text.contains("ไม่เกิน 10") && !text.contains("secret"), "{text}");
    assert_eq!(reply.headers.get("content-language").unwrap(), "th");
}

#[tokio::test]
async fn a_missing_token_and_a_bad_one_are_challenged_differently() {
    let app = start().await;
    let with = |token: &str| {
        anybody(Method::GET, "/api/things")
            .insert_header(("authorization", format!("Bearer {token}")))
    };

    let none = app.send(anybody(Method::GET, "/api/things")).await;
    let bad = app.send(with("forged")).await;
    let out = app.send(with("out")).await;

    none.assert_problem(401, "unauthenticated");
    assert_eq!(none.header("www-authenticate"), "Bearer");
    bad.assert_problem(401, "unauthenticated");
    assert_eq!(bad.header("www-authenticate"), "Bearer error=\"invalid_token\"");
    out.assert_problem(503, "service-unavailable");
    assert!(!out.header("retry-after").is_empty());
    assert!(!String::from_utf8(out.body).unwrap().contains("disk"));
}

#[tokio::test]
async fn a_panic_costs_one_request() {
    let app = start().await;

    let bug = app.get("/api/things/bug").await;

    bug.assert_problem(500, "internal-error");
    assert!(!String::from_utf8(bug.body).unwrap().contains("a bug"));
    assert_eq!(app.get("/api/things").await.status, 200);
}

#[tokio::test]
async fn problems_speak_the_language_of_the_client() {
    let app = start().await;
    let ask = |language: &str| {
        anybody(Method::GET, "/api/nowhere").insert_header(("accept-language", language))
    };

    let thai = app.send(ask("en;q=0.5, th-TH")).await;
    let english = app.send(ask("en, th;q=0.9")).await;

    assert_eq!(thai.json()["title"], json!("ไม่พบข้อมูล"));
    assert_eq!(english.json()["title"], json!("Not found"));
    assert_eq!((thai.header("content-language"), english.header("content-language")), ("th", "en"));
    assert_eq!(thai.header("vary").to_lowercase(), "accept-language");
}

#[tokio::test]
async fn a_good_request_id_is_taken_over_and_a_bad_one_replaced() {
    let app = start().await;
    let with = |id: &str| anybody(Method::GET, "/api/nowhere").insert_header(("x-request-id", id));

    assert_eq!(app.send(with("order-7.a_B")).await.header("x-request-id"), "order-7.a_B");
    for bad in ["two words", &"x".repeat(129)] {
        let made = app.send(with(bad)).await;
        assert_eq!(Uuid::parse_str(made.header("x-request-id")).unwrap().get_version_num(), 7);
    }
}

#[tokio::test]
async fn replies_say_how_they_may_be_kept_and_what_they_depend_on() {
    let app = start().await;

    let private = app.get("/api/things").await;
    let secret = app.get("/api/secrets").await;
    let csv = app
        .send(anybody(Method::GET, "/api/things/chosen").insert_header(("accept", "text/csv")))
        .await;

    assert_eq!(private.header("cache-control"), "private, no-cache");
    let vary = private.header("vary");
    assert!(vary.contains("Authorization") && vary.contains("Origin"), "{vary}");
    assert_eq!(secret.header("cache-control"), "no-store");
    assert_eq!((csv.header("content-type"), csv.body.as_slice()), ("text/csv", &b"x"[..]));
    assert!(csv.header("vary").contains("Accept"), "{csv:?}");
}

#[tokio::test]
async fn a_client_that_has_the_current_state_gets_no_body() {
    let app = start().await;
    let path = format!("/api/things/{}", Uuid::from_u128(1));
    let with = |tag: &str| signed_in(Method::GET, &path).insert_header(("if-none-match", tag));

    let full = app.get(&path).await;
    let known = app.send(with("W/\"3\", \"9\"")).await;
    let other = app.send(with("\"4\"")).await;

    assert_eq!((full.status, full.header("etag")), (200, "\"3\""));
    assert_eq!((known.status, known.header("etag"), known.body.len()), (304, "\"3\"", 0));
    assert_eq!(other.status, 200);
}

#[tokio::test]
async fn pages_of_listed_origins_may_use_the_api_and_no_others() {
    let app = start().await;
    let preflight = |origin: &str| {
        anybody(Method::OPTIONS, "/api/things")
            .insert_header(("origin", origin))
            .insert_header(("access-control-request-method", "POST"))
            .insert_header(("access-control-request-headers", "authorization,idempotency-key"))
    };
    let ask =
        signed_in(Method::GET, "/api/things").insert_header(("origin", "https://app.example"));

    let allowed = app.send(preflight("https://app.example")).await;
    let refused = app.send(preflight("https://evil.example")).await;
    let read = app.send(ask).await;

    assert_eq!(allowed.header("access-control-allow-origin"), "https://app.example");
    refused.assert_problem(403, "forbidden");
    assert_eq!(refused.header("access-control-allow-origin"), "");
    assert!(read.header("access-control-expose-headers").to_lowercase().contains("etag"));
}

#[test]
fn the_table_lists_every_route_once() {
    let list = table::routes().list();

    assert_eq!(list.len(), 14);
    assert!(list.contains(&("PATCH".to_owned(), "/api/things/{id}".to_owned())));
}
