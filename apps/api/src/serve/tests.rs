//! The server over real connections.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use actix_web::http;
use async_trait::async_trait;
use gacp_auth::Claimed;
use gacp_resilience::gate::{Gate, Limits};
use gacp_store::MemoryLedger;
use jiff::Timestamp;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::*;
use crate::access::{Case, Party, Row, Rule, Subject, When};
use crate::clock::Clock;
use crate::http::{ApiError, Authenticate, Caller, Options, Reply, ingress, reply};
use crate::routes::operations;
use gacp_resilience::deadline;
use gacp_telemetry::metrics::{HttpMetrics, Registry, Scheme};
use gacp_telemetry::traces::Traces;

struct Nobody;

#[async_trait]
impl Authenticate for Nobody {
    fn claimed(&self, _: &str, _: Timestamp) -> Result<Claimed, ApiError> {
        Err(ApiError::Unauthenticated { presented: true })
    }

    async fn caller(&self, _: Claimed, _: Timestamp) -> Result<Caller, ApiError> {
        Err(ApiError::Unauthenticated { presented: true })
    }
}

async fn slow() -> Reply {
    tokio::time::sleep(Duration::from_millis(300)).await;
    reply::data(&"done")
}

async fn echo() -> Reply {
    reply::data(&"read")
}

const ANYBODY: &[Case] = &[Case::new(When::Always, Rule::new(Subject::Nothing, &[Party::Anybody]))];

static SLOW: Row = Row::of(http::Method::GET, "/slow", ANYBODY);
static ECHO: Row = Row::of(http::Method::POST, "/echo", ANYBODY);

static URGENT: Row = Row::of(http::Method::GET, "/urgent", ANYBODY);
static LEFT: Row = Row::of(http::Method::GET, "/left", ANYBODY);

/// How long it may be worked on, in whole seconds.
async fn left() -> Reply {
    let left = deadline::remaining().unwrap().as_secs_f64().ceil();
    reply::data(&left)
}

fn routes() -> Routes {
    operations::routes()
        .on(&SLOW, Options::plain(), slow)
        .on(&URGENT, Options::plain().urgent(), slow)
        .on(&LEFT, Options::plain().within(Duration::from_secs(3)), left)
        .on(&ECHO, Options::plain().json(), echo)
}

async fn server() -> (Running, String) {
    server_of(ingress::limits(64)).await
}

async fn server_of(limits: Limits) -> (Running, String) {
    let shell = web::Data::new(Shell {
        clock: Clock::system(),
        authenticate: Arc::new(Nobody),
        receipts: MemoryLedger::shared(),
        keyring: crate::http::tests::keyring().await,
        trusted_proxies: Vec::new(),
        limits: None,
        origins: Vec::new(),
        behind_tls: true,
        metrics: HttpMetrics::register(&mut Registry::default(), Scheme::Http, []),
        traces: Traces::off(),
        ingress: Gate::new(limits),
        replies: None,
        writes: crate::http::tests::nothing_announced(),
    });
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let running =
        start(listener, shell, Arc::new(Readiness::of(Vec::new(), Vec::new())), routes, |_| {})
            .unwrap();
    let base = format!("http://{}", running.address());
    (running, base)
}

#[tokio::test]
async fn health_is_told_and_draining_is_not_ready() {
    let (running, base) = server().await;
    let get = async |path: &str| reqwest::get(format!("{base}{path}")).await.unwrap();

    let live = get("/health/live").await;
    let ready = get("/health/ready").await;
    running.readiness.drain();
    let draining = get("/health/ready").await;

    assert_eq!(live.json::<Value>().await.unwrap(), json!({"status": "live"}));
    let all_up = json!({"status": "ready", "checks": {"server": "up"}});
    assert_eq!(ready.json::<Value>().await.unwrap(), all_up);
    assert_eq!(draining.status(), 503);
    assert!(draining.headers().contains_key("retry-after"));
    let problem: Value = draining.json().await.unwrap();
    assert_eq!(problem["checks"], json!({"server": "draining"}));
    assert_eq!(problem["code"], json!("service-unavailable"));
    running.stop().await;
}

#[tokio::test]
async fn the_front_page_is_plain_and_hardened() {
    let (running, base) = server().await;

    let page = reqwest::get(&base).await.unwrap();

    let header = |name: &str| page.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/html; charset=utf-8");
    assert!(header("content-security-policy").starts_with("default-src 'none'"));
    assert!(header("strict-transport-security").starts_with("max-age="));
    assert!(!page.headers().contains_key("server"));
    assert!(page.text().await.unwrap().contains("/api/openapi.json"));
    running.stop().await;
}

#[tokio::test]
async fn head_has_the_length_of_get_and_no_body() {
    let (running, base) = server().await;
    let http = Client::new();

    let get = http.get(format!("{base}/health/live")).send().await.unwrap();
    let head = http.head(format!("{base}/health/live")).send().await.unwrap();

    assert_eq!(head.status(), 200);
    assert_eq!(head.headers()["content-length"], get.headers()["content-length"]);
    assert_eq!(head.text().await.unwrap(), "");
    running.stop().await;
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_and_the_reply_arrives() {
    let (running, base) = server().await;
    let http = Client::new();

    for size in [300 * 1024, 4 * 1024 * 1024] {
        let request = http.request(Method::POST, format!("{base}/echo"));
        let request = request.header("content-type", "application/json");
        let reply = request.body("x".repeat(size)).send().await.unwrap();
        assert_eq!(reply.status(), 413, "{size}");
        assert_eq!(reply.headers()["content-type"], "application/problem+json");
    }
    running.stop().await;
}

#[tokio::test]
async fn a_chunked_body_is_counted_while_it_comes() {
    let (running, base) = server().await;
    let mut connection = TcpStream::connect(running.address()).await.unwrap();
    let head = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                Transfer-Encoding: chunked\r\n\r\n";
    connection.write_all(head.as_bytes()).await.unwrap();
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x1_0000));
    for _ in 0..5 {
        connection.write_all(chunk.as_bytes()).await.unwrap();
    }

    let mut reply = [0; 12];
    connection.read_exact(&mut reply).await.unwrap();

    assert_eq!(&reply, b"HTTP/1.1 413");
    assert_eq!(reqwest::get(format!("{base}/health/live")).await.unwrap().status(), 200);
    running.stop().await;
}

#[tokio::test]
async fn stopping_finishes_what_is_in_flight_then_closes_and_idle_connections_do_not_delay_it() {
    let (running, base) = server().await;
    let closed = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&closed);
    let running = running.closing(async move { flag.store(true, Ordering::Relaxed) });
    let http = Client::new();
    http.get(format!("{base}/health/live")).send().await.unwrap().text().await.unwrap();
    let url = format!("{base}/slow");
    let in_flight = tokio::spawn(async move { reqwest::get(url).await.unwrap().status() });
    tokio::time::sleep(Duration::from_millis(100)).await;
    let started = Instant::now();

    running.stop().await;

    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    assert!(closed.load(Ordering::Relaxed));
    assert_eq!(in_flight.await.unwrap(), 200);
    assert!(http.get(format!("{base}/health/live")).send().await.is_err());
}

#[tokio::test]
async fn who_comes_when_there_is_too_much_to_do_is_told_to_come_back() {
    let (running, base) =
        server_of(Limits { at_once: 1, waiting: 0, patience: Duration::from_secs(2) }).await;
    let get = |path: &str| tokio::spawn(reqwest::get(format!("{base}{path}")));
    let busy = get("/slow");
    tokio::time::sleep(Duration::from_millis(100)).await;

    let refused = get("/slow").await.unwrap().unwrap();
    let live = get("/health/live").await.unwrap().unwrap();

    assert_eq!(
        (live.status().as_u16(), busy.await.unwrap().unwrap().status().as_u16()),
        (200, 200)
    );
    assert_eq!(refused.status(), 503);
    let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((5..=7).contains(&wait), "{wait}");
    assert_eq!(refused.json::<Value>().await.unwrap()["code"], "service-unavailable");
    let again = get("/slow").await.unwrap().unwrap();
    assert_eq!(again.status(), 200, "the place is free again");
    running.stop().await;
}

#[tokio::test]
async fn the_urgent_take_the_place_of_those_that_wait() {
    let (running, base) =
        server_of(Limits { at_once: 1, waiting: 1, patience: Duration::from_secs(2) }).await;
    let get = |path: &str| tokio::spawn(reqwest::get(format!("{base}{path}")));
    let mut replies = Vec::new();
    for path in ["/slow", "/slow", "/urgent"] {
        replies.push(get(path));
        tokio::time::sleep(Duration::from_millis(80)).await;
    }

    let mut statuses = Vec::new();
    for reply in replies {
        statuses.push(reply.await.unwrap().unwrap().status().as_u16());
    }

    assert_eq!(statuses, [200, 503, 200]);
    running.stop().await;
}

#[tokio::test]
async fn a_request_has_a_deadline_and_a_route_may_have_a_shorter_one() {
    let (running, base) = server().await;

    let left: Value = reqwest::get(format!("{base}/left")).await.unwrap().json().await.unwrap();

    assert_eq!(left["data"], 3.0);
    running.stop().await;
}
