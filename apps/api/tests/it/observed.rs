//! What the server tells of itself: metrics, spans, log lines.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::app::{PASSWORD, TestApp, registration};
use crate::place::Place;
use crate::process::{Server, command};

pub(crate) const OPEN: &str = "application/openmetrics-text";
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// Requests that no client of good will would send.
const HOSTILE: usize = 10_000;

/// So many series there may be whatever clients send: all metrics but those of requests are there
/// from the start; one route, method and status are at most 18.
const MOST_SERIES: usize = 1_500;

/// A collector of spans that keeps what it is sent, and takes whatever comes.
pub(crate) struct Collector {
    pub(crate) endpoint: String,
    sent: Receiver<Vec<u8>>,
}

impl Collector {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let (tell, sent) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let tell = tell.clone();
                thread::spawn(move || take(stream, |batch| tell.send(batch).is_ok()));
            }
        });
        Self { endpoint, sent }
    }

    /// All that it was sent, once nothing came for a while.
    pub(crate) fn taken(&self) -> Vec<u8> {
        let batches = || self.sent.recv_timeout(Duration::from_secs(2)).ok();
        std::iter::from_fn(batches).flatten().collect()
    }
}

/// Reads requests with a length, and answers each with nothing.
fn take(mut stream: TcpStream, keep: impl Fn(Vec<u8>) -> bool) {
    let mut read = Vec::new();
    let mut part = [0; 16_384];
    loop {
        let head = read.windows(4).position(|bytes| bytes == b"\r\n\r\n");
        let whole = head.map(|head| head + 4 + length(&read[..head]));
        if let Some(whole) = whole.filter(|whole| *whole <= read.len()) {
            let batch = read.drain(..whole).collect();
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
            if !keep(batch) || stream.write_all(answer).is_err() {
                return;
            }
            continue;
        }
        match stream.read(&mut part) {
            Ok(0) | Err(_) => return,
            Ok(more) => read.extend_from_slice(&part[..more]),
        }
    }
}

fn length(head: &[u8]) -> usize {
    let head = String::from_utf8_lossy(head).to_lowercase();
    let line = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    line.unwrap().trim().parse().unwrap()
}

fn series(metrics: &str) -> BTreeSet<&str> {
    let lines = metrics.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.rsplit_once(' ')).map(|(series, _)| series).collect()
}

fn value(metrics: &str, series: &str) -> f64 {
    let line = metrics.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {series} in {metrics}")).parse().unwrap()
}

#[tokio::test]
async fn metrics_have_an_address_of_their_own_and_two_formats() {
    let app = TestApp::start().await;
    let http = Client::new();
    let get = async |base: &str, accept: &str| {
        let request = http.get(format!("{base}/metrics")).header("Accept", accept);
        let reply = request.send().await.unwrap();
        let kind = reply.headers().get("content-type").cloned();
        (reply.status().as_u16(), kind, reply.text().await.unwrap())
    };

    let (status, kind, text) = get(&app.metrics, "image/png").await;
    let (_, open_kind, open) = get(&app.metrics, OPEN).await;
    let (elsewhere, _, _) = get(&app.base, "*/*").await;
    let posted = http.post(format!("{}/metrics", app.metrics)).send().await.unwrap();

    assert_eq!(status, 200);
    assert_eq!(kind.unwrap(), "text/plain; version=0.0.4; charset=utf-8");
    assert!(text.contains("# TYPE auth_registrations_total counter\n"), "{text}");
    let expected = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    assert_eq!(open_kind.unwrap(), expected);
    assert!(open.contains("# TYPE auth_registrations counter\n") && open.ends_with("# EOF\n"));
    assert_eq!(elsewhere, 404);
    assert_eq!(posted.status(), 405);
    assert_eq!(posted.headers()["allow"], "GET, HEAD");
}

#[tokio::test]
async fn logins_are_counted_by_role_and_by_what_went_wrong() {
    let app = TestApp::start().await;
    let anyone = app.anyone();
    let body = registration("สมศรี นับได้");
    let login = |email: &Value, password: &str| json!({"email": email, "password": password});
    let enter = async |body: Value| anyone.post("/api/auth/login", &body).await;

    let before = app.scraped().await;
    anyone.post("/api/auth/register", &body).await.expect(201);
    let user = anyone.log_in(&login(&body["email"], PASSWORD)).await;
    enter(login(&body["email"], "wrong-Turmeric-1")).await.expect(401);
    enter(login(&json!("nobody@farm.example"), PASSWORD)).await.expect(401);
    enter(json!({"password": PASSWORD})).await.expect(422);
    let refresh = json!({"refreshToken": user.refresh_token});
    anyone.post("/api/auth/refresh", &refresh).await.expect(200);
    anyone.post("/api/auth/refresh", &refresh).await.expect(200);
    anyone.post("/api/auth/refresh", &json!({"refreshToken": "x"})).await.expect(401);
    app.staff("admin").await;

    let metrics = app.scraped().await;
    for (series, expected) in [
        ("auth_registrations_total", 1.0),
        (r#"auth_login_success_total{role="FARMER"}"#, 1.0),
        (r#"auth_login_success_total{role="ADMIN"}"#, 1.0),
        (r#"auth_login_success_total{role="REVIEWER"}"#, 0.0),
        (r#"auth_login_failure_total{reason="wrong_password"}"#, 1.0),
        (r#"auth_login_failure_total{reason="unknown_account"}"#, 1.0),
        (r#"auth_login_failure_total{reason="invalid"}"#, 1.0),
        (r#"auth_login_failure_total{reason="locked"}"#, 0.0),
        ("auth_login_duration_seconds_count", 5.0),
        (r#"auth_refresh_total{outcome="rotated"}"#, 1.0),
        (r#"auth_refresh_total{outcome="repeated"}"#, 1.0),
        (r#"auth_refresh_total{outcome="refused"}"#, 1.0),
        (r#"gate_rejected_total{gate="password-hash",reason="full"}"#, 0.0),
        (r#"gate_inside{gate="password-hash"}"#, 0.0),
        // The registration, and four logins that were looked at.
        (r#"gate_work_seconds_count{gate="password-hash"}"#, 5.0),
    ] {
        let counted = value(&metrics, series) - value(&before, series);
        assert!((counted - expected).abs() < 0.5, "{series} is {counted}");
    }
    let login = r#"http_server_request_duration_seconds_count{http_request_method="POST",http_route="/api/auth/login",http_response_status_code="401",url_scheme="http",error_type=""}"#;
    assert!((value(&metrics, login) - 2.0).abs() < 0.5);
    assert!(metrics.contains(r#"db_collection_name="accounts",db_operation_name="find_by_email""#));
}

#[tokio::test]
async fn retries_are_counted_from_the_start() {
    let app = TestApp::start().await;

    let metrics = app.scraped().await;

    for outcome in ["made", "exhausted", "too_late", "over_budget"] {
        let none = format!(r#"outcome="{outcome}"}} 0"#);
        let mut lines = metrics.lines().filter(|line| line.starts_with("retries_total{dependency"));
        assert!(lines.any(|line| line.ends_with(&none)), "{outcome}: {metrics}");
    }
}

/// A method, a path and a header that nobody has sent before.
async fn pester(http: &Client, base: &str, number: usize) {
    let method = match number % 4 {
        0 => Method::from_bytes(format!("X{number}").as_bytes()).unwrap(),
        1 => Method::POST,
        2 => Method::DELETE,
        _ => Method::GET,
    };
    let path = match number % 5 {
        0 => format!("/{number}"),
        1 => format!("/api/farms/{number}?q={number}"),
        2 => format!("/api/auth/login/{number}"),
        3 => format!("/api/certificates/GACP-{number}/verify"),
        _ => format!("/%00{number}%2e%2e/ก{number}"),
    };
    let request = http.request(method, format!("{base}{path}"));
    let request = request.header("X-Request-Id", format!("r{number}"));
    let request = request.header("Accept", format!("text/x{number}"));
    let request = request.header("traceparent", format!("00-{number:032x}-{number:016x}-01"));
    let reply = request.bearer_auth(format!("x{number}")).send().await.unwrap();
    assert!((400..500).contains(&reply.status().as_u16()), "{path}: {reply:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_clients_send_makes_few_series() {
    let app = TestApp::start().await;
    let http = Client::new();
    let clients: Vec<_> = (0..16)
        .map(|client| {
            let (http, base) = (http.clone(), app.base.clone());
            tokio::spawn(async move {
                for number in (client..HOSTILE).step_by(16) {
                    pester(&http, &base, number).await;
                }
            })
        })
        .collect();
    for client in clients {
        client.await.unwrap();
    }

    let metrics = app.scraped().await;

    let counts = metrics
        .lines()
        .filter(|line| line.starts_with("http_server_request_duration_seconds_count{"));
    let counted: f64 = counts.map(|line| value(line, line.rsplit_once(' ').unwrap().0)).sum();
    assert!((counted - 10_000.0).abs() < 0.5, "{counted} requests were counted");
    let series = series(&metrics);
    assert!(series.len() <= MOST_SERIES, "{} series", series.len());
    // Nothing of what they sent; times may hold any digits.
    let sent = |series: &&str| series.contains("7777") || series.contains("X8");
    assert_eq!(series.iter().find(|series| sent(series)), None);
}

/// Logs in within the client's trace, which has these flags: what the collector was sent, and the
/// line of the request.
async fn login_in_a_trace(flags: &str) -> (Vec<u8>, Value) {
    let collector = Collector::start();
    let place = Place::new();
    let server = Server::start_with(&place, |command| {
        command.arg("--demo").env("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.endpoint);
    });
    let request = Client::new().post(format!("{}/api/auth/login", server.base));
    let body = json!({"email": "farmer@demo.example", "password": "demo-Turmeric-2026"});
    let request = request.header("traceparent", format!("00-{TRACE}-00f067aa0ba902b7-{flags}"));
    let request = request.header("x-request-id", "mine");
    assert_eq!(request.json(&body).send().await.unwrap().status(), 200);

    // Spans are flushed before the process ends.
    let logged = server.ended().await;
    let mut lines = logged.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let line = lines.rfind(|line| line["route"] == "/api/auth/login").unwrap();
    (collector.taken(), line)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_is_one_trace_from_its_client_to_the_store() {
    let (sent, line) = login_in_a_trace("01").await;

    let holds = |needle: &[u8]| sent.windows(needle.len()).any(|bytes| bytes == needle);
    let trace: Vec<u8> =
        (0..16).map(|at| u8::from_str_radix(&TRACE[2 * at..2 * at + 2], 16).unwrap()).collect();
    assert!(holds(&trace), "the trace of the client");
    for named in ["POST /api/auth/login", "accounts.find_by_email", "sessions.open", "gacp-api"] {
        assert!(holds(named.as_bytes()), "no {named}");
    }
    assert_eq!((&line["trace_id"], &line["status"]), (&TRACE.into(), &200.into()));
    assert_eq!(line["span_id"].as_str().map(str::len), Some(16));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trace_that_is_not_kept_is_in_the_log_alone() {
    let (sent, line) = login_in_a_trace("00").await;

    let holds = |needle: &[u8]| sent.windows(needle.len()).any(|bytes| bytes == needle);
    for named in ["/api/auth/login", "accounts.find_by_email", "sessions.open"] {
        assert!(!holds(named.as_bytes()), "{named} was sent");
    }
    assert!(holds(b"gacp-api"), "jobs have traces of their own");
    assert_eq!((&line["request_id"], &line["trace_id"]), (&"mine".into(), &TRACE.into()));
    assert_eq!(line["span_id"].as_str().map(str::len), Some(16));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_health_check_needs_nothing_but_the_program() {
    let place = Place::new();
    let server = Server::start(&place);
    let address = server.base.strip_prefix("http://").unwrap().to_owned();
    let ask = || command(&place).env("GACP_LISTEN", &address).arg("health").output().unwrap();

    let ready = ask();
    server.ended().await;
    let gone = ask();

    assert_eq!((ready.status.code(), ready.stdout.as_slice()), (Some(0), b"ready\n".as_slice()));
    assert_eq!(gone.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&gone.stderr).contains(&address), "{gone:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_leaves_is_counted_and_no_longer_served() {
    let app = TestApp::start().await;
    let address = app.base.strip_prefix("http://").unwrap().to_owned();
    let leaving = tokio::task::spawn_blocking(move || {
        for _ in 0..20 {
            let mut stream = TcpStream::connect(&address).unwrap();
            let body = r#"{"email":"a@b.example","password":"12345678901234"}"#;
            let head = "POST /api/auth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json";
            write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).unwrap();
            thread::sleep(Duration::from_millis(5));
        }
    });
    leaving.await.unwrap();

    let active = r#"http_server_active_requests{http_request_method="POST",url_scheme="http"}"#;
    let mut left = 0.0;
    for _ in 0..100 {
        let metrics = app.scraped().await;
        let lines = metrics
            .lines()
            .filter(|line| line.starts_with("http_server_request_duration_seconds_count{"));
        let ended: f64 = lines.map(|line| value(line, line.rsplit_once(' ').unwrap().0)).sum();
        left = value(&metrics, active);
        if left < 0.5 && ended > 19.5 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{left} are still under way");
}
