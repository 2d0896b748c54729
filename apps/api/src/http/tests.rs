//! A small application behind the shell, asked in every wrong way.

use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::body::{BoxBody, to_bytes};
use actix_web::dev::{Service as _, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use actix_web::test::{TestRequest, init_service};
use actix_web::web;
use async_trait::async_trait;
use gacp_auth::Claimed;
use gacp_cache::{Nothing, Writes};
use gacp_keys::{Keyring, MasterKey, MemoryKeys};
use gacp_resilience::gate::Gate;
use gacp_store::{
    AccountId, Actor, Cursor, MemoryLedger, Page, ReceiptStore, Revision, Role, StoreError, page_of,
};
use garde::Validate;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::clock::Clock;
use gacp_telemetry::metrics::{HttpMetrics, Registry, Scheme};
use gacp_telemetry::traces::Traces;

mod guards;
mod idempotency;
mod kept;
mod lines;
mod lists;
mod refusals;
mod table;

pub(crate) async fn keyring() -> Keyring {
    let master = MasterKey::generate().unwrap();
    Keyring::open(&MemoryKeys::default(), &master, Timestamp::UNIX_EPOCH).await.unwrap()
}

/// The number of somebody whose session cannot be looked up, and of one whose session has ended.
const OUT: u128 = 3;
const ENDED: u128 = 4;

/// Knows `good` and `other`, `out` for a store that does not answer, and `ended`.
struct Doorman;

#[async_trait]
impl Authenticate for Doorman {
    fn claimed(&self, bearer: &str, _: Timestamp) -> Result<Claimed, ApiError> {
        let Caller { actor, session } = match bearer {
            "good" => farmer(1),
            "other" => farmer(2),
            "out" => farmer(OUT),
            "ended" => farmer(ENDED),
            _ => return Err(ApiError::Unauthenticated { presented: true }),
        };
        Ok(Claimed { account: actor.id, session: session.into() })
    }

    async fn caller(&self, claimed: Claimed, _: Timestamp) -> Result<Caller, ApiError> {
        match claimed.session.uuid().as_u128() {
            OUT => Err(StoreError::Unavailable("disk on fire".into()).into()),
            ENDED => Err(ApiError::Unauthenticated { presented: true }),
            number => Ok(farmer(number)),
        }
    }
}

fn farmer(number: u128) -> Caller {
    Caller {
        actor: Actor { id: AccountId::from(Uuid::from_u128(number)), role: Role::Farmer },
        session: Uuid::from_u128(number),
    }
}

#[derive(Debug, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Thing {
    #[garde(length(chars, min = 1, max = 10))]
    name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ThingFilter {
    kind: Option<String>,
}

impl Filter for ThingFilter {
    const SYNC: bool = true;
}

#[derive(Clone)]
struct Things {
    ledger: Arc<MemoryLedger>,
    made: Arc<AtomicUsize>,
}

impl Things {
    async fn make(
        &self,
        attempt: &gacp_store::Attempt<'_, String>,
        draft: gacp_store::Submitted<Thing>,
    ) -> Result<String, ApiError> {
        let name = draft?.into_inner().name;
        // Give other runs of the same request their turn.
        tokio::task::yield_now().await;
        match name.as_str() {
            "taken" => return Err(ApiError::IdempotencyReused),
            "out" => return Err(StoreError::Unavailable("gone".into()).into()),
            "panic" => panic!("on purpose"),
            _ => {}
        }
        self.ledger.append(&attempt.change(Vec::new(), &name))?;
        self.made.fetch_add(1, Ordering::Relaxed);
        Ok(name)
    }
}

async fn make(
    caller: Caller,
    call: Call,
    draft: Body<Thing>,
    things: web::Data<Things>,
) -> Result<Reply, ApiError> {
    let answer = |name: &String| reply::created("/api/things/1", Revision::FIRST, name);
    call.run(caller.actor, answer, async |attempt| things.make(attempt, draft.0).await).await
}

async fn list(list: List<ThingFilter>) -> Reply {
    let kind = list.filter.kind.clone();
    let ids = (1..=45_u128).filter(|id| kind.is_none() || id % 2 == 0);
    let cursor = |id: &u128| Cursor {
        id: Uuid::from_u128(*id),
        updated_at: Timestamp::from_second(i64::try_from(*id).unwrap()).unwrap(),
    };
    let page: Page<u128> = page_of(ids, &list.page, cursor);
    list.reply(page, |id| id)
}

async fn show(id: web::Path<Uuid>) -> Reply {
    reply::ok(Revision::from(3), &id.to_string())
}

async fn change(target: IfMatch, draft: Body<Thing>) -> Result<Reply, ApiError> {
    let revision = Revision::from(3);
    target.0.check(revision)?;
    draft.0?;
    Ok(reply::ok(revision.next(), &"changed"))
}

async fn bug() -> Reply {
    panic!("a bug")
}

async fn chosen(media_type: Negotiated) -> Reply {
    reply::bytes(media_type.0, b"x".to_vec())
}

async fn act(_: Caller) -> Reply {
    reply::data(&"done")
}

/// Takes a caller on a route that lets everybody in.
async fn whoami(caller: Caller) -> Reply {
    reply::data(&caller.actor.id.to_string())
}

/// How much has been made.
async fn count(things: web::Data<Things>) -> Reply {
    let made = things.made.load(Ordering::SeqCst);
    tracing::info!(made, "counted");
    reply::data(&made)
}

type Sending = Pin<Box<dyn Future<Output = ServiceResponse<BoxBody>>>>;

/// The application, and what was made in it.
#[derive(Clone)]
pub(crate) struct TestApp {
    service: Rc<dyn Fn(TestRequest) -> Sending>,
    things: Things,
    clock: Clock,
}

async fn start() -> TestApp {
    start_with(|_| {}).await
}

/// The application whose receipts are kept somewhere else than its history.
async fn start_on(ledger: Arc<MemoryLedger>, receipts: Arc<dyn ReceiptStore>) -> TestApp {
    assemble(ledger, |shell| shell.receipts = receipts).await
}

/// The application in a shell that was changed.
pub(crate) async fn start_with(change: impl FnOnce(&mut Shell)) -> TestApp {
    assemble(MemoryLedger::shared(), change).await
}

/// Nobody is told what is written.
pub(crate) fn nothing_announced() -> Writes {
    Writes::new(Arc::new(Nothing), Arc::new(()), Duration::from_secs(1))
}

async fn assemble(ledger: Arc<MemoryLedger>, change: impl FnOnce(&mut Shell)) -> TestApp {
    let clock = Clock::fixed("2026-01-05T02:00:00Z".parse().unwrap());
    let things = Things { ledger, made: Arc::default() };
    let mut shell = Shell {
        clock: clock.clone(),
        authenticate: Arc::new(Doorman),
        receipts: things.ledger.clone(),
        keyring: keyring().await,
        trusted_proxies: Vec::new(),
        limits: None,
        origins: vec!["https://app.example".to_owned()],
        behind_tls: false,
        metrics: HttpMetrics::register(&mut Registry::default(), Scheme::Http, []),
        traces: Traces::off(),
        ingress: Gate::new(ingress::limits(64)),
        replies: None,
        writes: nothing_announced(),
    };
    change(&mut shell);
    let shell = web::Data::new(shell);
    let data = web::Data::new(things.clone());
    let app = app(shell, table::routes(), &|config| {
        config.app_data(data.clone());
    });
    let service = init_service(app).await;
    let service = move |request: TestRequest| -> Sending {
        let sending = service.call(request.to_request());
        Box::pin(async move { sending.await.unwrap() })
    };
    TestApp { service: Rc::new(service), things, clock }
}

/// A reply, read to its end.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    #[track_caller]
    pub(crate) fn assert_problem(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.code().as_str()), (status, code), "{self:?}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["type"], json!(format!("urn:gacp:problem:{code}")));
        assert_eq!(problem["status"], json!(status));
        assert_eq!(problem["instance"], problem["requestId"]);
        assert_eq!(problem["requestId"].as_str().unwrap(), self.header("x-request-id"));
        assert!(problem["title"].is_string() && problem["detail"].is_string());
        assert_eq!(self.header("x-content-type-options"), "nosniff");
    }
}

impl TestApp {
    pub(crate) async fn send(&self, request: TestRequest) -> Seen {
        let response = (self.service)(request).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = to_bytes(response.into_body()).await.unwrap().to_vec();
        Seen { status, headers, body }
    }

    pub(crate) async fn get(&self, path: &str) -> Seen {
        self.send(signed_in(Method::GET, path)).await
    }
}

pub(crate) fn signed_in(method: Method, path: &str) -> TestRequest {
    anybody(method, path).insert_header(("authorization", "Bearer good"))
}

pub(crate) fn anybody(method: Method, path: &str) -> TestRequest {
    TestRequest::default().method(method).uri(path)
}

fn raw(path: &str, media_type: &str, body: &str) -> TestRequest {
    signed_in(Method::POST, path)
        .insert_header(("content-type", media_type))
        .set_payload(body.to_owned())
}
