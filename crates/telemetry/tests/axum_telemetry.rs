//! The example `axum_telemetry`, started, driven over HTTP, and watched.
#![expect(clippy::unwrap_used, reason = "a failed setup must stop the test")]

#[expect(dead_code, reason = "the example's `main` listens on a port of its own")]
#[path = "../examples/axum_telemetry.rs"]
mod axum_telemetry;

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use reqwest::Client;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

/// Long past the second after which spans are sent.
const PATIENCE: Duration = Duration::from_secs(30);

async fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    (listener, base)
}

/// A collector that keeps what it is sent.
async fn collector() -> (String, UnboundedReceiver<Bytes>) {
    let keep = async |State(tell): State<UnboundedSender<Bytes>>, batch: Bytes| {
        tell.send(batch).unwrap();
    };
    let (tell, sent) = unbounded_channel();
    let (listener, base) = listener().await;
    let app = Router::new().route("/v1/traces", post(keep)).with_state(tell);
    tokio::spawn(async { axum::serve(listener, app).await.unwrap() });
    (base, sent)
}

/// Bytes, from their hexadecimal digits.
fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<char> = hex.chars().collect();
    let pairs = digits.chunks(2).map(|pair| pair.iter().collect::<String>());
    pairs.map(|pair| u8::from_str_radix(&pair, 16).unwrap()).collect()
}

fn contains(batch: &[u8], part: &[u8]) -> bool {
    batch.windows(part.len()).any(|window| window == part)
}

/// One test: the example's log is the process's.
#[tokio::test]
async fn a_request_is_counted_and_its_trace_is_sent_on() {
    let (collector, mut sent) = collector().await;
    let (listener, base) = listener().await;
    tokio::spawn(async { axum_telemetry::run(listener, Some(collector)).await.unwrap() });
    let http = Client::new();
    let get = |path: &str| http.get(format!("{base}{path}"));
    let text = async |request: reqwest::RequestBuilder| {
        request.send().await.unwrap().text().await.unwrap()
    };

    let traced = get("/farms/7").header("traceparent", format!("00-{TRACE}-{PARENT}-01"));
    assert_eq!(text(traced).await, "farm 7\n");
    assert_eq!(get("/farms").send().await.unwrap().status(), 404);
    let plain = text(get("/metrics")).await;
    let open = text(get("/metrics").header("Accept", "application/openmetrics-text")).await;
    let batch = timeout(PATIENCE, sent.recv()).await.unwrap().unwrap();

    let count = "http_server_request_duration_seconds_count{http_request_method=\"GET\",\
        http_route=\"/farms/{id}\",http_response_status_code=\"200\",url_scheme=\"http\",\
        error_type=\"\"} 1\n";
    assert!(plain.contains(count), "{plain}");
    assert!(!plain.contains(TRACE), "the text format has no exemplars");
    assert!(open.contains(&format!("# {{trace_id=\"{TRACE}\"}}")), "{open}");
    for part in [&bytes(TRACE), &bytes(PARENT), b"GET /farms/{id}".as_slice(), b"example"] {
        let shown = String::from_utf8_lossy(&batch);
        assert!(contains(&batch, part), "no {part:?} in {shown}");
    }
}
