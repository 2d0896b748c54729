//! An axum server whose replies are cached, and whose writes end what they make wrong.
//!
//! ```console
//! cargo run -p gacp-cache --example axum_cache
//! ```
//!
//! and in another shell:
//!
//! ```console
//! API=http://127.0.0.1:3000; SOMYING='X-User: somying'
//! curl -i $API/farms/7 -H "$SOMYING"                                     # Cache-Status: example; fwd=miss
//! curl -i $API/farms/7 -H "$SOMYING"                                     # Cache-Status: example; hit
//! curl -i $API/farms/7 -H "$SOMYING" -H 'If-None-Match: "1"'             # 304, from the cache
//! curl -i -X PUT $API/farms/7 -H "$SOMYING" -d 'Baan Suan Mai'           # 204
//! curl -i $API/farms/7 -H "$SOMYING"                                     # the new name, at once
//! curl -i $API/farms/7 -H 'X-User: malee'                                # 404: not hers, and not cached for her
//! curl $API/metrics
//! ```
//!
//! Who asks is known, and what he may see is decided, before the cache is asked; the key says for
//! whom the reply was made. A query parameter that no key knows goes past the cache.

use std::error::Error;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use gacp_cache::{
    Counters, Entry, Event, How, InProcess, Key, Loaded, Policy, ReadThrough, Reply, Scope, Served,
    Tag, Tags, Writes,
};
use tokio::net::TcpListener;

const FARM: &str = "/farms/{id}";

/// All that the route has to say about caching.
const POLICY: Policy = Policy::fresh_for(Duration::from_mins(5));

/// Longer than a write takes.
const IN_DOUBT: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    run(TcpListener::bind("127.0.0.1:3000").await?).await
}

/// Serves until the process ends.
pub(crate) async fn run(listener: TcpListener) -> Result<(), Box<dyn Error>> {
    let router = Router::new().route(FARM, get(show).put(rename)).route("/metrics", get(metrics));
    Ok(axum::serve(listener, router.with_state(Arc::new(App::new()))).await?)
}

struct App {
    farms: Farms,
    seen: Arc<Counters>,
    replies: ReadThrough<StatusCode>,
    writes: Writes,
}

impl App {
    fn new() -> Self {
        let (cache, seen) =
            (Arc::new(InProcess::of_bytes(32 << 20)), Arc::new(Counters::default()));
        Self {
            farms: Farms::default(),
            replies: ReadThrough::new(cache.clone(), seen.clone(), 1_024),
            writes: Writes::new(cache, seen.clone(), IN_DOUBT),
            seen,
        }
    }
}

async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, StatusCode> {
    let user = user(&headers)?;
    // No value here has to be decoded.
    let parts = query.as_deref().unwrap_or_default().split('&').filter(|part| !part.is_empty());
    let pairs = parts.map(|part| part.split_once('=').unwrap_or((part, "")));
    let key = Key::of(FARM, "GET", Scope::User(user)).path("id", &id).query(&["fields"], pairs);
    let (load, farm, reader) = (Arc::clone(&app), id.clone(), user.to_owned());
    let load = || async move { load.farms.load(&farm, &reader).await };
    let Ok(key) = key else {
        app.replies.bypassed();
        return past_the_cache(load().await);
    };
    let tags = Tags::of([Tag::of("farm", &id), Tag::of("user", user)]);
    let served = app.replies.serve(key.key(), &tags, &POLICY, load).await;
    respond(served.map_err(|_aborted| StatusCode::INTERNAL_SERVER_ERROR)?, &headers)
}

async fn rename(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    name: String,
) -> Result<StatusCode, StatusCode> {
    let user = user(&headers)?;
    let write = app.writes.begin(Tags::of([Tag::of("farm", &id)])).await;
    let renamed = app.farms.rename(&id, user, name).await;
    // Before it is acknowledged; where the cache is out, the write is done all the same.
    write.settle().await;
    renamed
}

async fn metrics(State(app): State<Arc<App>>) -> String {
    let line = |event: Event| format!("cache_{} {}\n", event.name(), app.seen.count(event));
    Event::ALL.into_iter().map(line).collect()
}

/// Who asks; here he says so himself.
fn user(headers: &HeaderMap) -> Result<&str, StatusCode> {
    let user = headers.get("x-user").and_then(|user| user.to_str().ok());
    user.ok_or(StatusCode::UNAUTHORIZED)
}

/// A reply from the cache or as if: its headers say where it comes from (RFC 9211).
fn respond(served: Served<StatusCode>, asked: &HeaderMap) -> Result<Response, StatusCode> {
    let status = match served.how {
        How::Hit => format!("example; hit; ttl={}", served.fresh_for.as_secs()),
        How::Stale | How::StaleOnError => "example; hit; ttl=-1".to_owned(),
        How::Miss => "example; fwd=miss".to_owned(),
        How::Collapsed => "example; fwd=miss; collapsed".to_owned(),
        How::Bypassed => "example; fwd=bypass".to_owned(),
    };
    let entry = match served.reply {
        Reply::Entry(entry) => entry,
        Reply::Other(status) => return Err(status),
    };
    let mut response = if asked.get(header::IF_NONE_MATCH).is_some_and(|tag| *tag == *entry.etag())
    {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        send(&entry)
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::ETAG, entry.etag()),
        (header::VARY, "x-user"),
        (header::CACHE_CONTROL, "private, no-cache"),
        (header::AGE, &served.age.as_secs().to_string()),
    ] {
        // All of them are visible characters.
        headers.extend(HeaderValue::from_str(value).map(|value| (name, value)));
    }
    headers.extend(HeaderValue::from_str(&status).map(|value| (CACHE_STATUS, value)));
    Ok(response)
}

const CACHE_STATUS: header::HeaderName = header::HeaderName::from_static("cache-status");

fn past_the_cache(loaded: Loaded<StatusCode>) -> Result<Response, StatusCode> {
    match loaded {
        Loaded::Keep(entry) | Loaded::KeepFor(entry, _) | Loaded::Negative(entry) => {
            Ok(send(&entry))
        }
        Loaded::Pass(status) | Loaded::Failed(status) => Err(status),
    }
}

fn send(entry: &Entry) -> Response {
    let status = StatusCode::from_u16(entry.status()).unwrap_or_default();
    let headers = [(header::CONTENT_TYPE, entry.content_type().to_owned())];
    (status, headers, entry.body().clone()).into_response()
}

/// The store: one farm, and how often it was changed.
struct Farms {
    name: Mutex<String>,
    version: AtomicU64,
}

impl Default for Farms {
    fn default() -> Self {
        Self { name: Mutex::new("Baan Suan".to_owned()), version: AtomicU64::new(1) }
    }
}

impl Farms {
    const ID: &str = "7";
    const OWNER: &str = "somying";

    async fn load(&self, id: &str, reader: &str) -> Loaded<StatusCode> {
        tokio::time::sleep(Duration::from_millis(50)).await;
        if (id, reader) != (Self::ID, Self::OWNER) {
            return Loaded::Pass(StatusCode::NOT_FOUND);
        }
        let body = format!("{}\n", self.name.lock().unwrap_or_else(PoisonError::into_inner));
        let etag = format!("\"{}\"", self.version.load(Ordering::SeqCst));
        match Entry::new(200, "text/plain; charset=utf-8", &etag, body) {
            Ok(entry) => Loaded::Keep(entry),
            // It is too large.
            Err(_) => Loaded::Failed(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }

    async fn rename(&self, id: &str, by: &str, name: String) -> Result<StatusCode, StatusCode> {
        tokio::time::sleep(Duration::from_millis(50)).await;
        if (id, by) != (Self::ID, Self::OWNER) {
            return Err(StatusCode::NOT_FOUND);
        }
        *self.name.lock().unwrap_or_else(PoisonError::into_inner) = name;
        self.version.fetch_add(1, Ordering::SeqCst);
        Ok(StatusCode::NO_CONTENT)
    }
}
