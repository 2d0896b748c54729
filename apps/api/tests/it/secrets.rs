//! What people entrust to the platform stands nowhere in clear: not in what is stored, not in what
//! is logged, not in a refusal, not in metrics, not in traces.

use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::app::{PASSWORD, national_id, registration};
use crate::observed::{Collector, OPEN};
use crate::place::Place;
use crate::process::Server;
use crate::reply::Reply;

const WRONG: &str = "ผิดแต่ก็ลับ-Secret-7351";
const NEW: &str = "ไพลทั้งแปลง-Field-2027";
const STAFFS: &str = "ของเจ้าหน้าที่-Staff-8842";

/// A client that remembers what it presented, what it was given, and what was said when it was
/// refused.
struct Person {
    http: Client,
    base: String,
    secrets: Vec<String>,
    refusals: String,
}

impl Person {
    async fn ask(&mut self, method: Method, path: &str, (token, body): (&str, &str)) -> Reply {
        let request = self.http.request(method, format!("{}{path}", self.base));
        let request = request.header("Content-Type", "application/json").header("If-Match", "*");
        let request = if token.is_empty() { request } else { request.bearer_auth(token) };
        let reply = Reply::read(request.body(body.to_owned()).send().await.unwrap()).await;
        if reply.status >= 400 {
            self.refusals.push_str(&reply.body);
        }
        reply
    }

    async fn post(&mut self, path: &str, token: &str, body: &Value) -> Reply {
        self.ask(Method::POST, path, (token, &body.to_string())).await
    }

    /// Logs in, and remembers the three tokens.
    async fn log_in(&mut self, body: &Value) -> (String, String) {
        let reply = self.post("/api/auth/login", "", body).await.expect(200);
        let [access, refresh, device] =
            ["/tokens/accessToken", "/tokens/refreshToken", "/deviceToken"]
                .map(|pointer| reply.text(pointer));
        self.secrets.extend([access.clone(), refresh.clone(), device]);
        (access, refresh)
    }

    async fn does_all_that_has_to_do_with_secrets(&mut self) {
        let mut body = registration("สมชาย ใจดี");
        let written = national_id(310_050_012_345);
        body["email"] = json!("somchai.hides@farm.example");
        body["nationalId"] = json!(written);
        self.secrets.extend([PASSWORD, WRONG, NEW, STAFFS].map(str::to_owned));
        self.secrets.push(written.clone());
        let id = |password: &str| json!({"nationalId": written, "password": password});
        let email = |password: &str| json!({"email": body["email"], "password": password});

        self.post("/api/auth/register", "", &body).await.expect(201);
        self.post("/api/auth/register", "", &body).await.expect(409);
        let with = |field: &str, value: Value| {
            let mut changed = body.clone();
            changed[field] = value;
            changed
        };
        let dashed = format!("{}-{}", &written[..1], &written[1..]);
        for refused in [
            with("password", json!("somchai.hides-1")),
            with("nationalId", json!(dashed.replace(&written[12..], "x"))),
            with("idCard", json!(written)),
        ] {
            self.post("/api/auth/register", "", &refused).await.expect(422);
        }
        let cut = body.to_string().replace('}', "");
        self.ask(Method::POST, "/api/auth/register", ("", &cut)).await.expect(400);

        for wrong in [id(WRONG), email(WRONG), json!({"email": WRONG, "password": WRONG})] {
            self.post("/api/auth/login", "", &wrong).await.expect(401);
        }
        let (_, refresh) = self.log_in(&id(PASSWORD)).await;
        let (access, _) = self.log_in(&email(PASSWORD)).await;
        let rotate = json!({"refreshToken": refresh});
        let next = self.post("/api/auth/refresh", "", &rotate).await.expect(200);
        let next = next.text("/tokens/refreshToken");
        self.secrets.push(next.clone());
        self.post("/api/auth/refresh", "", &json!({"refreshToken": next})).await.expect(200);
        self.post("/api/auth/refresh", "", &rotate).await.expect(401);
        self.post("/api/auth/refresh", "", &json!({"refreshToken": WRONG})).await.expect(401);
        self.ask(Method::GET, "/api/auth/profile", (&format!("{access}x"), "")).await.expect(401);
        let asked = format!("/api/farms?nationalId={written}");
        self.ask(Method::GET, &asked, (&access, "")).await.expect(400);
        self.ask(Method::GET, &format!("/api/{written}"), (&access, "")).await.expect(404);

        let change = json!({"currentPassword": PASSWORD, "newPassword": NEW});
        let wrong = json!({"currentPassword": WRONG, "newPassword": NEW});
        self.post("/api/auth/password/change", &access, &wrong).await.expect(401);
        self.post("/api/auth/password/change", &access, &change).await.expect(204);
        let patch = json!({"phone": "0899999999"}).to_string();
        self.ask(Method::PATCH, "/api/auth/profile", (&access, &patch)).await.expect(200);

        let demo = "demo-Turmeric-2026";
        let admin = json!({"email": "admin@demo.example", "password": demo});
        let (admin, _) = self.log_in(&admin).await;
        let staff = json!({
            "email": "malee@office.example", "fullName": "มาลี สุขใจ",
            "role": "REVIEWER", "password": STAFFS,
        });
        self.post("/api/admin/users", &admin, &staff).await.expect(201);
        self.ask(Method::GET, "/api/admin/audit", (&admin, "")).await.expect(200);
        self.post("/api/auth/logout-all", &access, &json!({})).await.expect(204);
    }
}

fn holds(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle.as_bytes())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_password_token_or_national_id_is_stored_told_or_said() {
    let (place, collector) = (Place::new(), Collector::start());
    let server = Server::start_with(&place, |command| {
        command.arg("--demo").env("GACP_LOG", "trace");
        command.env("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.endpoint);
    });
    let (http, base) = (Client::new(), server.base.clone());
    let mut person = Person { http, base, secrets: Vec::new(), refusals: String::new() };

    person.does_all_that_has_to_do_with_secrets().await;

    let metrics = format!("{}/metrics", server.metrics);
    let metrics = Client::new().get(metrics).header("Accept", OPEN).send().await.unwrap();
    let metrics = metrics.text().await.unwrap();
    let logged = server.ended().await;
    let traced = collector.taken();
    let stored = place.contents().await;
    // What is looked through is what it should be.
    assert!(holds(&stored, "somchai.hides@farm.example"), "nothing is stored");
    assert!(logged.contains("listening") && logged.lines().count() > 50, "{logged}");
    assert!(metrics.contains("/api/auth/login") && holds(&traced, "/api/auth/login"));
    for secret in &person.secrets {
        assert!(!metrics.contains(secret), "{secret} is in the metrics");
        assert!(!holds(&traced, secret), "{secret} is in the traces");
        assert!(!holds(&stored, secret), "{secret} is stored");
        assert!(!logged.contains(secret), "{secret} is logged");
        assert!(!person.refusals.contains(secret), "{secret} is in {}", person.refusals);
    }
}
