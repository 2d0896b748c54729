//! A login of one's own: `gacp-auth` in an axum server, with everything in memory.
//!
//! ```console
//! cargo run -p gacp-auth --example axum_login
//! ```
//!
//! and in another shell, with `curl` 7.82 or newer and `jq`:
//!
//! ```console
//! API=http://127.0.0.1:3000
//! curl -s $API/register --json '{
//!   "email": "somying@farm.example", "password": "three blue buffaloes", "fullName": "สมหญิง แก้วมณี",
//!   "phone": "081-234-5678", "nationalId": "1-2345-67890-12-1",
//!   "consent": {"termsVersion": "2026-01", "privacyVersion": "2026-01"}}'
//! LOGIN=$(curl -s $API/login --json '{"email": "somying@farm.example", "password": "three blue buffaloes"}')
//! curl -s $API/me -H "Authorization: Bearer $(jq -r .accessToken <<<$LOGIN)"
//! curl -s $API/refresh --json "$(jq '{refreshToken}' <<<$LOGIN)"       # the next pair
//! curl -s $API/logout -X POST -H "Authorization: Bearer $(jq -r .accessToken <<<$LOGIN)"
//! curl -si $API/me -H "Authorization: Bearer $(jq -r .accessToken <<<$LOGIN)"   # 401
//! ```
//!
//! What a real server adds: stores that last, a master key that outlives the process, TLS, limits by
//! address, and problem details instead of one line of text.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{ConnectInfo, FromRequestParts, Json, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Router, serve};
use gacp_auth::{
    Argon2Hasher, Auth, AuthError, AuthParts, Caller, HashCost, LoginDraft, MemoryAuth,
    MemoryGuesses, NoBreaches, Policy, Registration, Tokens, Visit,
};
use gacp_keys::{Keyring, MasterKey, MemoryKeys};
use gacp_resilience::gate::{Gate, Limits};
use gacp_store::{AccountId, Actor, Attempt, BoxError, MemoryLedger, Role, Violations};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    eprintln!("listening on http://{}", listener.local_addr()?);
    run(listener).await
}

/// Serves until the process ends.
pub(crate) async fn run(listener: TcpListener) -> Result<(), BoxError> {
    let service = router(auth().await?).into_make_service_with_connect_info::<SocketAddr>();
    Ok(serve(listener, service).await?)
}

/// The whole object graph: what is kept, what hashes, what signs, and the rules.
async fn auth() -> Result<Auth, BoxError> {
    let ledger = MemoryLedger::shared();
    let stores = MemoryAuth::new(ledger.clone());
    let gate = Gate::new(Limits { at_once: 2, waiting: 64, patience: Duration::from_secs(2) });
    let keyring = Keyring::open(&MemoryKeys::default(), &MasterKey::generate()?, now()).await?;
    Ok(Auth::new(AuthParts {
        accounts: Arc::new(stores.accounts()),
        sessions: Arc::new(stores.sessions()),
        guesses: Arc::new(MemoryGuesses::default()),
        events: Arc::new(stores.events()),
        history: ledger,
        hasher: Arc::new(Argon2Hasher::new(HashCost::FLOOR, gate)?),
        breaches: Arc::new(NoBreaches),
        keyring,
        policy: Policy::new("http://127.0.0.1:3000", "axum-login"),
    }))
}

fn router(auth: Auth) -> Router {
    Router::new()
        .route("/register", post(register))
        .route("/login", post(log_in))
        .route("/refresh", post(refresh))
        .route("/me", get(me))
        .route("/logout", post(log_out))
        .with_state(auth)
}

#[expect(clippy::disallowed_methods, reason = "the shell is where time comes from")]
fn now() -> Timestamp {
    Timestamp::now()
}

async fn register(
    State(auth): State<Auth>,
    Json(draft): Json<Registration>,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let at = now();
    let newcomer = Actor { id: AccountId::at(at), role: Role::Farmer };
    let attempt = Attempt { by: newcomer, at, request_id: "example", once: None };
    let account = auth.register(&attempt, Violations::check(draft)).await?;
    let body = json!({"id": account.id(), "email": account.email()});
    Ok((StatusCode::CREATED, Json(body)))
}

async fn log_in(
    State(auth): State<Auth>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Json(draft): Json<LoginDraft>,
) -> Result<Granted, Refusal> {
    let login = auth.log_in(Violations::check(draft), &visit(&headers, peer)).await?;
    Ok(Granted { tokens: login.tokens, device_token: Some(login.device_token) })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RefreshBody {
    refresh_token: String,
}

async fn refresh(
    State(auth): State<Auth>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Json(body): Json<RefreshBody>,
) -> Result<Granted, Refusal> {
    let tokens = auth.refresh(&body.refresh_token, &visit(&headers, peer)).await?;
    Ok(Granted { tokens, device_token: None })
}

/// Nobody gets here without a session that lives.
async fn me(State(auth): State<Auth>, Proven(caller): Proven) -> Result<Json<Value>, Refusal> {
    let account = auth.profile(caller.actor.id).await?.account;
    Ok(Json(json!({"email": account.email(), "fullName": account.full_name()})))
}

async fn log_out(State(auth): State<Auth>, Proven(caller): Proven) -> Result<StatusCode, Refusal> {
    auth.log_out(&caller, now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn visit(headers: &HeaderMap, peer: SocketAddr) -> Visit<'_> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    Visit {
        at: now(),
        device_token: text("x-device-token"),
        user_agent: text("user-agent"),
        address: Some(peer.ip()),
        request_id: text("x-request-id"),
    }
}

/// Who asks, as proven by the request: a handler that takes it is guarded.
struct Proven(Caller);

impl FromRequestParts<Auth> for Proven {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, auth: &Auth) -> Result<Self, Refusal> {
        let value = parts.headers.get(header::AUTHORIZATION);
        let bearer = value.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        Ok(Self(auth.authenticate(bearer.unwrap_or_default(), now()).await?))
    }
}

/// Tokens, which nobody on the way may keep.
struct Granted {
    tokens: Tokens,
    device_token: Option<String>,
}

impl IntoResponse for Granted {
    fn into_response(self) -> Response {
        let body = json!({
            "accessToken": self.tokens.access_token,
            "refreshToken": self.tokens.refresh_token,
            "expiresIn": self.tokens.expires_in,
            "deviceToken": self.device_token,
        });
        ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
    }
}

struct Refusal(AuthError);

impl From<AuthError> for Refusal {
    fn from(error: AuthError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match &self.0 {
            AuthError::Unproven(_) => StatusCode::UNAUTHORIZED,
            AuthError::NotFound => StatusCode::NOT_FOUND,
            AuthError::Forbidden => StatusCode::FORBIDDEN,
            AuthError::AccountExists => StatusCode::CONFLICT,
            AuthError::Precondition(_) => StatusCode::PRECONDITION_FAILED,
            AuthError::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            AuthError::Overloaded | AuthError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        let text = match self.0 {
            AuthError::Invalid(violations) => violations.to_string(),
            error => error.to_string(),
        };
        let mut response = (status, text).into_response();
        if status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        response
    }
}
