//! The real server on a free port, over a fresh store, with a clock the test can turn.

use std::sync::atomic::{AtomicU64, Ordering};

use gacp_api::{Clock, Config, Running};
use reqwest::Method;
use serde_json::{Value, json};

use crate::place::Place;
use crate::reply::Reply;

pub(crate) const PASSWORD: &str = "ขมิ้นชัน-Field-2026";
pub(crate) const DEMO_PASSWORD: &str = "demo-Turmeric-2026";

/// Makes e-mails, phones and national IDs that no other person of this test run has.
static PEOPLE: AtomicU64 = AtomicU64::new(1);

pub(crate) struct TestApp {
    pub(crate) base: String,
    /// Where its metrics are.
    pub(crate) metrics: String,
    pub(crate) clock: Clock,
    http: reqwest::Client,
    running: Option<Running>,
    pub(crate) config: Config,
    /// Goes last: the server's files are there.
    _place: Place,
}

/// Somebody who sends requests.
#[derive(Clone)]
pub(crate) struct User {
    pub(crate) base: String,
    pub(crate) http: reqwest::Client,
    pub(crate) token: Option<String>,
    pub(crate) refresh_token: String,
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) national_id: String,
}

impl TestApp {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// The server with a configuration that was changed.
    pub(crate) async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let place = Place::new();
        let mut config = place.config();
        change(&mut config);
        let clock = Clock::fixed("2026-01-05T02:00:00Z".parse().unwrap());
        let running = serve(&config, &clock).await;
        let base = format!("http://{}", running.address());
        let metrics = format!("http://{}", running.metrics_address().unwrap());
        let http = reqwest::Client::new();
        Self { base, metrics, clock, http, running: Some(running), config, _place: place }
    }

    /// Stops the server and starts another on the same data.
    pub(crate) async fn restart(&mut self) {
        self.running.take().unwrap().stop().await;
        let running = serve(&self.config, &self.clock).await;
        self.base = format!("http://{}", running.address());
        self.running = Some(running);
    }

    /// What is counted, as text.
    pub(crate) async fn scraped(&self) -> String {
        let reply = self.http.get(format!("{}/metrics", self.metrics)).send().await.unwrap();
        reply.text().await.unwrap()
    }

    pub(crate) fn anyone(&self) -> User {
        User {
            base: self.base.clone(),
            http: self.http.clone(),
            token: None,
            refresh_token: String::new(),
            id: String::new(),
            email: String::new(),
            national_id: String::new(),
        }
    }

    /// Registers a farmer and logs him in.
    pub(crate) async fn farmer(&self, name: &str) -> User {
        let body = registration(name);
        let anyone = self.anyone();
        anyone.post("/api/auth/register", &body).await.expect(201);
        let mut user = anyone.log_in(&json!({"email": body["email"], "password": PASSWORD})).await;
        body["nationalId"].as_str().unwrap().clone_into(&mut user.national_id);
        user
    }

    /// A member of staff of the demonstration data: `reviewer`, `inspector`, `approver`, …
    pub(crate) async fn staff(&self, role: &str) -> User {
        let email = format!("{role}@demo.example");
        self.anyone().log_in(&json!({"email": email, "password": DEMO_PASSWORD})).await
    }

    /// A second member of staff with the same role.
    pub(crate) async fn another(&self, role: &str) -> User {
        let number = PEOPLE.fetch_add(1, Ordering::Relaxed);
        let email = format!("{}{number}@staff.example", role.to_lowercase());
        let admin = self.staff("admin").await;
        let body =
            json!({"email": email, "fullName": "วิชัย ใจดี", "role": role, "password": PASSWORD});
        admin.post("/api/admin/users", &body).await.expect(201);
        self.anyone().log_in(&json!({"email": email, "password": PASSWORD})).await
    }
}

async fn serve(config: &Config, clock: &Clock) -> Running {
    gacp_api::start(config, clock.clone()).await.unwrap()
}

/// A body that registers a person whom no other test knows.
pub(crate) fn registration(name: &str) -> Value {
    let number = PEOPLE.fetch_add(1, Ordering::Relaxed);
    json!({
        "email": format!("farmer{number}@farm.example"),
        "password": PASSWORD,
        "fullName": name,
        "phone": format!("08{number:08}"),
        "nationalId": national_id(100_000_000_000 + number),
        "consent": {"termsVersion": "2026-01", "privacyVersion": "2026-01"},
    })
}

/// Twelve digits and their check digit.
pub(crate) fn national_id(first_twelve: u64) -> String {
    let digits = first_twelve.to_string();
    let weights = (2..=13).rev();
    let sum: u32 = digits
        .chars()
        .zip(weights)
        .map(|(digit, weight)| digit.to_digit(10).unwrap() * weight)
        .sum();
    format!("{digits}{}", (11 - sum % 11) % 10)
}

impl User {
    /// Logs in and returns the person with the session.
    pub(crate) async fn log_in(&self, body: &Value) -> User {
        let reply = self.post("/api/auth/login", body).await.expect(200);
        User {
            token: Some(reply.text("/tokens/accessToken")),
            refresh_token: reply.text("/tokens/refreshToken"),
            id: reply.text("/user/id"),
            email: reply.text("/user/email"),
            ..self.clone()
        }
    }

    /// The same person before he has logged in.
    pub(crate) fn anybody(&self) -> User {
        User { token: None, ..self.clone() }
    }

    /// A request to complete with headers and a body.
    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Reply {
        Reply::read(request.send().await.unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    /// A `POST` that may be repeated under its key.
    pub(crate) async fn post_once(&self, path: &str, key: &str, body: &Value) -> Reply {
        let request = self.request(Method::POST, path).header("Idempotency-Key", key);
        self.send(request.json(body)).await
    }

    /// A change of what is at `path`, in whatever state it is now.
    pub(crate) async fn change(&self, method: Method, path: &str, body: &Value) -> Reply {
        self.send(self.request(method, path).header("If-Match", "*").json(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Reply {
        self.change(Method::PATCH, path, body).await
    }

    /// An action on what is at `path`, in whatever state it is now.
    pub(crate) async fn act(&self, path: &str, action: &str, body: &Value) -> Reply {
        self.change(Method::POST, &format!("{path}/actions/{action}"), body).await
    }
}
