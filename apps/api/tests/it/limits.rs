//! How often clients may ask, and how they are told.

use gacp_api::Config;
use gacp_api::http::Quotas;
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{TestApp, User};
use crate::reply::Reply;

fn limited(change: impl FnOnce(&mut Quotas)) -> impl FnOnce(&mut Config) {
    let mut quotas = Quotas::default();
    change(&mut quotas);
    move |config| config.rate_limit = Some(quotas)
}

/// A login that nobody can have.
fn nobody() -> Value {
    json!({"email": "nobody@farm.example", "password": "ไม่มีใครใช้รหัสนี้เลย-2026"})
}

async fn verify(user: &User) -> Reply {
    user.get("/api/certificates/GACP-2026-000001-0/verify").await
}

async fn refresh(user: &User) -> Reply {
    user.post("/api/auth/refresh", &json!({"refreshToken": user.refresh_token})).await
}

#[tokio::test]
async fn logins_beyond_the_limit_are_refused_before_their_body_is_read() {
    let app = TestApp::start_with(limited(|quotas| quotas.login = "3/h".parse().unwrap())).await;
    let anyone = app.anyone();

    let first = anyone.post("/api/auth/login", &nobody()).await;
    for _ in 0..2 {
        anyone.post("/api/auth/login", &json!([])).await.expect(422);
    }
    let request = anyone.request(Method::POST, "/api/auth/login").header("Accept-Language", "th");
    let refused = anyone.send(request.body("no JSON")).await;

    assert_eq!(first.status, 401);
    assert_eq!(
        first.header("ratelimit-policy"),
        "\"login\";q=3;w=3600, \"everything\";q=6000;w=60"
    );
    assert_eq!(first.header("ratelimit"), "\"login\";r=2;t=1200, \"everything\";r=5999;t=1");
    assert_eq!((refused.status, refused.code()), (429, "rate-limited".to_owned()));
    assert_eq!(refused.header("content-type"), "application/problem+json");
    assert_eq!(refused.header("content-language"), "th");
    assert_eq!(refused.header("cache-control"), "no-store");
    assert!(refused.header("ratelimit").starts_with("\"login\";r=0;t="));
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1190..=1200).contains(&wait), "{wait}");
    assert!(refused.header("ratelimit").starts_with(&format!("\"login\";r=0;t={wait}")));
}

#[tokio::test]
async fn sessions_are_refreshed_so_often_and_garbage_counts_for_its_sender() {
    let app = TestApp::start_with(limited(|quotas| quotas.refresh = "2/h".parse().unwrap())).await;
    let mut somchai = app.farmer("สมชาย").await;
    let malee = app.farmer("มาลี").await;

    for _ in 0..2 {
        somchai.refresh_token = refresh(&somchai).await.expect(200).text("/tokens/refreshToken");
    }

    assert_eq!(refresh(&somchai).await.status, 429);
    assert_eq!(refresh(&malee).await.status, 200);
    let mut forger = app.anyone();
    for status in [401, 401, 429] {
        forger.refresh_token.push('x');
        assert_eq!(refresh(&forger).await.status, status);
    }
}

#[tokio::test]
async fn registrations_and_verifications_have_limits_of_their_own() {
    let change = limited(|quotas| {
        quotas.register = "1/h".parse().unwrap();
        quotas.verify = "1/h".parse().unwrap();
    });
    let app = TestApp::start_with(change).await;
    let anyone = app.anyone();

    anyone.post("/api/auth/register", &json!({})).await.expect(422);
    anyone.post("/api/auth/register", &json!({})).await.expect(429);
    assert_ne!(verify(&anyone).await.status, 429);
    assert_eq!(verify(&anyone).await.status, 429);
    anyone.post("/api/auth/login", &nobody()).await.expect(401);
}

#[tokio::test]
async fn a_forged_address_gains_nothing_and_a_proxys_word_counts() {
    let ask = async |app: &TestApp, claimed: &str| {
        let anyone = app.anyone();
        let request = anyone.request(Method::POST, "/api/auth/login");
        anyone.send(request.header("X-Forwarded-For", claimed).json(&nobody())).await.status
    };
    let once = |quotas: &mut Quotas| quotas.login = "1/h".parse().unwrap();
    let open = TestApp::start_with(limited(once)).await;
    let behind = TestApp::start_with(|config| {
        limited(once)(config);
        config.server.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;

    assert_eq!([ask(&open, "192.0.2.1").await, ask(&open, "192.0.2.2").await], [401, 429]);

    assert_eq!([ask(&behind, "192.0.2.1").await, ask(&behind, "192.0.2.2").await], [401, 401]);
    assert_eq!(ask(&behind, "198.51.100.1, 192.0.2.1").await, 429);
    assert_eq!(ask(&behind, "2001:db8:0:1::1").await, 401);
    assert_eq!(ask(&behind, "2001:db8:0:2::1").await, 429);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_at_once_as_many_pass_as_are_left() {
    let change = limited(|quotas| quotas.everything = "10/h".parse().unwrap());
    let app = TestApp::start_with(change).await;

    assert_eq!(passed(&[app.anyone()], |user| async move { user.get("/").await }).await, 10);
}

#[tokio::test]
async fn probes_are_never_counted() {
    let change = limited(|quotas| quotas.everything = "1/h".parse().unwrap());
    let app = TestApp::start_with(change).await;

    for _ in 0..5 {
        let probe = app.anyone().get("/health/ready").await.expect(200);
        assert_eq!(probe.header("ratelimit"), "");
    }
}

/// How many of 32 requests that are sent at once, to all of these in turn, are not refused.
async fn passed<F>(to: &[User], ask: impl Fn(User) -> F) -> usize
where
    F: Future<Output = Reply> + Send + 'static,
{
    let users = to.iter().cycle().take(32);
    let runs: Vec<_> = users.map(|user| tokio::spawn(ask(user.clone()))).collect();
    let mut passed = 0;
    for run in runs {
        passed += usize::from(run.await.unwrap().status != 429);
    }
    passed
}
