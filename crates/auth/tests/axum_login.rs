//! The example `axum_login`, started and driven over HTTP.
#![expect(clippy::unwrap_used, reason = "a failed setup must stop the test")]

#[expect(dead_code, reason = "the example's `main` listens on a port of its own")]
#[path = "../examples/axum_login.rs"]
mod axum_login;

use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;

struct Server {
    base: String,
    http: Client,
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async { axum_login::run(listener).await.unwrap() });
        Self { base, http: Client::new() }
    }

    async fn post(&self, path: &str, body: &Value) -> Response {
        self.http.post(format!("{}{path}", self.base)).json(body).send().await.unwrap()
    }

    async fn me(&self, bearer: &Value) -> Response {
        let request = self.http.get(format!("{}/me", self.base));
        request.bearer_auth(bearer.as_str().unwrap()).send().await.unwrap()
    }
}

#[tokio::test]
async fn a_newcomer_registers_logs_in_refreshes_and_logs_out() {
    let server = Server::start().await;
    let registration = json!({
        "email": "somying@farm.example", "password": "three blue buffaloes",
        "fullName": "สมหญิง แก้วมณี", "phone": "081-234-5678", "nationalId": "1-2345-67890-12-1",
        "consent": {"termsVersion": "2026-01", "privacyVersion": "2026-01"},
    });
    let login = json!({"email": "somying@farm.example", "password": "three blue buffaloes"});

    assert_eq!(server.post("/register", &registration).await.status(), StatusCode::CREATED);
    assert_eq!(server.post("/register", &registration).await.status(), StatusCode::CONFLICT);
    let first: Value = server.post("/login", &login).await.json().await.unwrap();
    let next = json!({"refreshToken": first["refreshToken"]});
    let next: Value = server.post("/refresh", &next).await.json().await.unwrap();
    let me: Value = server.me(&next["accessToken"]).await.json().await.unwrap();
    assert_eq!(me, json!({"email": "somying@farm.example", "fullName": "สมหญิง แก้วมณี"}));

    let logout = server.http.post(format!("{}/logout", server.base));
    let logout = logout.bearer_auth(next["accessToken"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(logout.status(), StatusCode::NO_CONTENT);
    for tokens in [first, next] {
        let refused = server.me(&tokens["accessToken"]).await;
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(refused.headers()["www-authenticate"], "Bearer");
    }
}

#[tokio::test]
async fn who_proves_nothing_gets_nothing() {
    let server = Server::start().await;
    let login = json!({"email": "nobody@farm.example", "password": "three blue buffaloes"});

    let outcomes = [
        server.post("/login", &login).await.status(),
        server.post("/refresh", &json!({"refreshToken": "grt_x"})).await.status(),
        server.me(&json!("x")).await.status(),
        server.post("/logout", &json!({})).await.status(),
    ];

    assert_eq!(outcomes, [StatusCode::UNAUTHORIZED; 4]);
}
