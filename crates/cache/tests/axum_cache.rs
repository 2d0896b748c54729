//! The example `axum_cache`, started and driven over HTTP.
#![expect(clippy::unwrap_used, reason = "a failed setup must stop the test")]

#[expect(dead_code, reason = "the example's `main` listens on a port of its own")]
#[path = "../examples/axum_cache.rs"]
mod axum_cache;

use reqwest::{Client, Method, RequestBuilder};
use tokio::net::TcpListener;

/// What a test looks at.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    status: u16,
    from: String,
    body: String,
}

async fn seen(request: RequestBuilder) -> Seen {
    let response = request.send().await.unwrap();
    let from = response.headers().get("cache-status").map(|from| from.to_str().unwrap());
    let from = from.unwrap_or_default().split("; ttl").next().unwrap().to_owned();
    Seen { status: response.status().as_u16(), from, body: response.text().await.unwrap() }
}

fn expected(status: u16, from: &str, body: &str) -> Seen {
    Seen { status, from: from.to_owned(), body: body.to_owned() }
}

const HIT: &str = "example; hit";
const MISS: &str = "example; fwd=miss";

#[tokio::test]
async fn replies_are_cached_for_whom_they_were_made_until_somebody_writes() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async { axum_cache::run(listener).await.unwrap() });
    let http = Client::new();
    let as_user = |user: &str, method, path: &str| {
        http.request(method, format!("{base}{path}")).header("x-user", user)
    };
    let farm = |user| as_user(user, Method::GET, "/farms/7");

    assert_eq!(seen(http.get(format!("{base}/farms/7"))).await, expected(401, "", ""));
    assert_eq!(seen(farm("somying")).await, expected(200, MISS, "Baan Suan\n"));
    assert_eq!(seen(farm("somying")).await, expected(200, HIT, "Baan Suan\n"));
    let unchanged = farm("somying").header("if-none-match", "\"1\"");
    assert_eq!(seen(unchanged).await, expected(304, HIT, ""));
    for _ in 0..2 {
        assert_eq!(seen(farm("malee")).await, expected(404, "", ""));
    }
    let tracked = as_user("somying", Method::GET, "/farms/7?utm=x");
    assert_eq!(seen(tracked).await, expected(200, "", "Baan Suan\n"));

    let write = as_user("somying", Method::PUT, "/farms/7").body("Baan Suan Mai");
    assert_eq!(seen(write).await, expected(204, "", ""));
    let changed = farm("somying").header("if-none-match", "\"1\"");
    assert_eq!(seen(changed).await, expected(200, MISS, "Baan Suan Mai\n"));

    let metrics = seen(http.get(format!("{base}/metrics"))).await.body;
    for line in ["cache_hit 2\n", "cache_invalidated 1\n", "cache_bypassed 1\n"] {
        assert!(metrics.contains(line), "{line} in {metrics}");
    }
}
