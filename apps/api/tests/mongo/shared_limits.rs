//! Limits that servers on one store and one Redis share.

use std::time::{Duration, Instant};

use gacp_api::http::Quotas;
use serde_json::json;

use crate::app::{TestApp, User};
use crate::door::Door;
use crate::reply::Reply;

#[expect(clippy::disallowed_methods, reason = "the harness alone is told where its server is")]
pub(crate) fn redis() -> String {
    std::env::var("REDIS_URL").unwrap_or_else(|_unset| {
        panic!("REDIS_URL is not set: run `cargo xtask test`, or `cargo xtask services up` first")
    })
}

/// A server that allows ten logins per hour.
async fn start(redis: &str) -> TestApp {
    let quotas = Quotas { login: "10/h".parse().unwrap(), ..Quotas::default() };
    let change = |config: &mut gacp_api::Config| {
        config.rate_limit = Some(quotas);
        config.redis_url = Some(redis.to_owned().into());
        config.resilience.open = Duration::from_secs(1);
    };
    TestApp::start_with(change).await
}

async fn log_in(user: User) -> Reply {
    user.post("/api/auth/login", &json!({"email": "nobody@farm.example", "password": "x"})).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_add_up_to_one_limit_also_with_32_requests_at_once() {
    let app = start(&redis()).await;
    let other = gacp_api::start(&app.config, app.clock.clone()).await.unwrap();
    let there = User { base: format!("http://{}", other.address()), ..app.anyone() };

    let users = [app.anyone(), there.clone()];
    let runs = users.iter().cycle().take(32).map(|user| tokio::spawn(log_in(user.clone())));
    let runs: Vec<_> = runs.collect();
    let mut passed = 0;
    for run in runs {
        passed += u32::from(run.await.unwrap().status != 429);
    }
    let refused = log_in(there).await.expect(429);
    other.stop().await;

    assert_eq!(passed, 10);
    assert!(
        refused.header("ratelimit-policy").starts_with("\"login\";q=10;w=3600, "),
        "{refused:?}"
    );
    assert!(refused.header("ratelimit").starts_with("\"login\";r=0;t="), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_redis_half_of_a_limit_applies_and_nothing_fails() {
    let door = Door::open(&redis()).await;
    let app = start(&door.address).await;
    for _ in 0..4 {
        assert_ne!(log_in(app.anyone()).await.status, 429);
    }
    let whole = app.anyone().get("/health/ready").await.expect(200);

    door.set_open(false);
    let degraded = until(async || app.anyone().get("/health/ready").await, "\"degraded\"").await;
    let mut replies = Vec::new();
    for _ in 0..10 {
        replies.push(log_in(app.anyone()).await);
    }
    door.set_open(true);
    until(async || app.anyone().get("/health/ready").await, "\"ready\"").await;
    // The breaker around Redis is open for a moment yet, and closes once some have found it well.
    let well = async || {
        log_in(app.anyone()).await;
        app.anyone().get("/health/ready").await
    };
    until(well, "\"redis\":\"closed\"").await;
    let back = log_in(app.anyone()).await;

    let told = whole.json();
    assert_eq!(told["status"], "ready");
    assert_eq!(told["checks"], json!({"server": "up", "store": "up", "redis": "up"}));
    assert_eq!(told["breakers"], json!({"mongodb": "closed", "redis": "closed"}));
    assert_eq!(told["limits"]["requests"]["atOnce"], 512);
    assert_eq!((degraded.status, &degraded.json()["checks"]["redis"]), (200, &json!("down")));
    // Four of the five that a process grants alone were used before.
    assert_eq!(replies.iter().filter(|reply| reply.status != 429).count(), 1, "{replies:?}");
    assert!(replies.iter().all(|reply| reply.status < 500), "{replies:?}");
    assert!(replies[0].header("ratelimit-policy").starts_with("\"login\";q=5;"), "{replies:?}");
    assert!(back.header("ratelimit-policy").starts_with("\"login\";q=10;"), "{back:?}");
    assert_ne!(back.status, 429);
}

/// Asks until the reply has this in it.
async fn until(mut ask: impl AsyncFnMut() -> Reply, part: &str) -> Reply {
    let end = Instant::now() + Duration::from_secs(10);
    loop {
        let reply = ask().await;
        if reply.body.contains(part) {
            return reply;
        }
        assert!(Instant::now() < end, "{reply:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
