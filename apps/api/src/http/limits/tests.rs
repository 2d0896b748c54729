use actix_web::http::Method;
use actix_web::test::TestRequest;

use super::*;
use crate::http::tests::{TestApp, anybody, signed_in, start_with};

fn quotas() -> Quotas {
    Quotas { everything: "20/h".parse().unwrap(), ..Quotas::default() }
}

async fn limited(quotas: Quotas) -> TestApp {
    start_with(|shell| shell.limits = Some(Arc::new(Limits::of(&quotas)))).await
}

fn from(address: &str, request: TestRequest) -> TestRequest {
    request.peer_addr(format!("{address}:4711").parse().unwrap())
}

#[tokio::test]
async fn every_reply_says_how_its_client_stands() {
    let app = limited(quotas()).await;

    let found = app.get("/api/things").await;
    let absent = app.send(anybody(Method::GET, "/nowhere")).await;
    let unasked = app.send(anybody(Method::GET, "/health/live")).await;

    assert_eq!(found.header("ratelimit-policy"), "\"everything\";q=20;w=3600, \"user\";q=600;w=60");
    assert_eq!(found.header("ratelimit"), "\"everything\";r=19;t=180, \"user\";r=599;t=1");
    assert_eq!((absent.status, absent.header("ratelimit")), (404, "\"everything\";r=18;t=360"));
    assert_eq!(unasked.header("ratelimit"), "");
}

#[tokio::test]
async fn one_address_is_refused_before_anything_else_is_looked_at() {
    let app = limited(Quotas { everything: "2/h".parse().unwrap(), ..quotas() }).await;
    let ask = |address| app.send(from(address, anybody(Method::GET, "/api/things")));

    let statuses = [ask("192.0.2.1").await.status, ask("192.0.2.1").await.status];
    let refused = ask("192.0.2.1").await;
    let other = ask("192.0.2.2").await;

    assert_eq!((statuses, other.status), ([401, 401], 401));
    refused.assert_problem(429, "rate-limited");
    assert_eq!(refused.header("retry-after"), "1800");
    assert_eq!(refused.header("ratelimit"), "\"everything\";r=0;t=1800");
    assert_eq!(refused.header("cache-control"), "no-store");
}

#[tokio::test]
async fn neighbours_in_ipv6_share_and_forged_headers_gain_nothing() {
    let app = limited(Quotas { everything: "2/h".parse().unwrap(), ..quotas() }).await;
    let ask = |address: &str, forged: &'static str| {
        let request =
            anybody(Method::GET, "/api/things").insert_header(("x-forwarded-for", forged));
        app.send(from(address, request))
    };

    assert_eq!(ask("[2001:db8:0:1::1]", "1.1.1.1").await.status, 401);
    assert_eq!(ask("[2001:db8:0:2::2]", "1.1.1.2").await.status, 401);
    assert_eq!(ask("[2001:db8:0:3::3]", "1.1.1.3").await.status, 429);
    assert_eq!(ask("[2001:db8:0:100::1]", "1.1.1.4").await.status, 401);
}

#[tokio::test]
async fn a_user_is_limited_wherever_he_comes_from_once_he_is_known() {
    let app = limited(Quotas { user: "1/h".parse().unwrap(), ..quotas() }).await;
    let ask = |address| app.send(from(address, signed_in(Method::GET, "/api/things")));

    assert_eq!(ask("192.0.2.1").await.status, 200);
    ask("192.0.2.2").await.assert_problem(429, "rate-limited");
    assert_eq!(app.send(anybody(Method::GET, "/api/things")).await.status, 401);
    let other =
        anybody(Method::GET, "/api/things").insert_header(("authorization", "Bearer other"));
    assert_eq!(app.send(other).await.status, 200);
}

#[tokio::test]
async fn a_page_of_an_allowed_origin_can_read_a_refusal() {
    let app = limited(Quotas { everything: "1/h".parse().unwrap(), ..quotas() }).await;
    let ask =
        || anybody(Method::GET, "/api/things").insert_header(("origin", "https://app.example"));

    app.send(ask()).await;
    let refused = app.send(ask()).await;

    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("access-control-allow-origin"), "https://app.example");
}

#[tokio::test]
async fn without_limits_nobody_is_counted() {
    let app = start_with(|_| {}).await;

    assert_eq!(app.get("/api/things").await.header("ratelimit"), "");
}
