//! `Idempotency-Key`: a request that is sent again because its reply was lost acts once.
//!
//! See draft-ietf-httpapi-idempotency-key-header. The key is claimed before the handler runs. The
//! reply to a change is stored in the change's own transaction; refusals that would come again are
//! stored afterwards; everything else frees the key, behind the reply when the store is out. When
//! the client goes away in between nothing is freed, because nobody knows how far the change got:
//! the lease ends by itself.

use std::sync::Arc;
use std::time::Duration;

use actix_web::body::to_bytes;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, LINK, LOCATION,
    RETRY_AFTER, VARY,
};
use actix_web::{HttpMessage as _, HttpRequest};
use gacp_store::{
    BoxError, Claim, Fingerprint, Lease, RECEIPT_LEASE, Receipt, ReceiptKey, ReceiptStore,
    StoredReply,
};
use gacp_telemetry::log::along;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout};

use super::body::Sent;
use super::call::Granted;
use super::{ApiError, Caller, Reply, Shell};

pub(super) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
pub(super) const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The headers that belong to the content of a reply; the others belong to one exchange.
const KEPT: [HeaderName; 8] =
    [CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_TYPE, ETAG, LINK, LOCATION, RETRY_AFTER, VARY];

/// Freeing a key takes a moment where the store works: whoever repeats the request at once finds
/// it free. Nobody waits longer to be told that the store is out.
const FREEING: Duration = Duration::from_millis(250);

/// How soon freeing a key is tried again.
const FREEING_PAUSE: Duration = Duration::from_millis(500);

/// So many keys are being freed at once. In an outage that fails more requests than this, the
/// leases of the others end by themselves: the store must not be asked by a growing crowd.
static FREEING_AT_ONCE: Semaphore = Semaphore::const_new(256);

/// What to do with a request.
pub(super) enum Turn {
    /// It goes on to its handler; there is a key to settle or free afterwards, or not.
    Run(Option<Granted>),
    /// It was answered before.
    Replay(Reply),
}

/// Claims the key of a request, if it has one.
pub(super) async fn claim(request: &ServiceRequest, shell: &Shell) -> Result<Turn, ApiError> {
    let Some(given) = given_key(request)? else { return Ok(Turn::Run(None)) };
    let (key, fingerprint) = names(request.request(), &given, shell);
    let lease = getrandom::u64().map_err(|error| ApiError::Internal(BoxError::from(error)))?;
    let lease = Lease(lease);
    let claimed = shell.receipts.claim(&key, &fingerprint, lease, shell.clock.now()).await;
    if claimed.is_err() {
        // It may have been granted all the same, and only the store's answer was lost.
        tokio::spawn(along(free(Arc::clone(&shell.receipts), key, lease)));
    }
    match claimed? {
        Claim::Granted => {
            let granted = Granted::new(key, lease);
            request.extensions_mut().insert(granted.clone());
            Ok(Turn::Run(Some(granted)))
        }
        Claim::Answered(reply) => Ok(Turn::Replay(
            Reply::from(reply).with((IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"))),
        )),
        Claim::Reused => Err(ApiError::IdempotencyReused),
        Claim::Running => Err(ApiError::IdempotencyInProgress),
    }
}

/// The key that the client gave: 1–255 visible ASCII characters, once.
fn given_key(request: &ServiceRequest) -> Result<Option<String>, ApiError> {
    let mut lines = request.headers().get_all(IDEMPOTENCY_KEY);
    let Some(line) = lines.next() else { return Ok(None) };
    let key = line.as_bytes();
    let is_key = (1..=255).contains(&key.len()) && key.iter().all(u8::is_ascii_graphic);
    if !is_key || lines.next().is_some() {
        return Err(ApiError::query("/Idempotency-Key", "invalid-format"));
    }
    Ok(Some(String::from_utf8_lossy(key).into_owned()))
}

/// What stands for the request, and what for its body; neither can be read back.
fn names(request: &HttpRequest, given: &str, shell: &Shell) -> (ReceiptKey, Fingerprint) {
    let caller = Caller::of(request).map(|caller| caller.actor.id.to_string());
    let caller = caller.unwrap_or_else(|| "public".to_owned());
    let sent = Sent::of(request);
    let body = sent.as_ref().map_or(&[][..], |sent| &sent.bytes);
    let mac = shell.keyring.idempotency_mac();
    let (method, path) = (request.method().as_str(), request.path());
    let parts = ["key", &caller, method, path, given].map(str::as_bytes);
    (ReceiptKey(mac.tag(&parts)), Fingerprint(mac.tag(&[b"body", body])))
}

/// Keeps the reply or frees the key. That failing costs the client a wait, not the reply.
pub(super) async fn finish(
    response: ServiceResponse,
    granted: Granted,
    shell: &Shell,
) -> ServiceResponse {
    let status = response.status();
    let refused = matches!(status, StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY);
    if status.is_success() && granted.is_answered() {
        return response;
    }
    if !(status.is_success() || refused) {
        let receipts = Arc::clone(&shell.receipts);
        let freeing = tokio::spawn(along(free(receipts, granted.key, granted.lease)));
        // It goes on behind the reply.
        let _done = timeout(FREEING, freeing).await;
        return response;
    }
    let (response, reply) = copied(response).await;
    let receipt = Receipt { key: granted.key, lease: granted.lease, reply };
    if let Err(error) = shell.receipts.settle(&receipt).await {
        tracing::warn!(%error, "the reply to an idempotent request could not be kept");
    }
    response
}

/// Frees a key as soon as the store lets it, and so before the lease ends by itself.
async fn free(receipts: Arc<dyn ReceiptStore>, key: ReceiptKey, lease: Lease) {
    let Ok(_turn) = FREEING_AT_ONCE.try_acquire() else { return };
    let lease_end = Instant::now() + RECEIPT_LEASE.unsigned_abs();
    while let Err(error) = receipts.release(&key, lease).await {
        if Instant::now() + FREEING_PAUSE >= lease_end {
            tracing::warn!(%error, "an idempotency key could not be freed");
            return;
        }
        sleep(FREEING_PAUSE).await;
    }
}

/// The response again, and what is stored of it.
async fn copied(response: ServiceResponse) -> (ServiceResponse, StoredReply) {
    let (request, response) = response.into_parts();
    let (response, body) = response.into_parts();
    // Handlers of idempotent routes answer with bytes, which cannot fail to be read.
    let body = to_bytes(body).await.unwrap_or_default();
    let header = |name: &HeaderName| {
        let value = response.headers().get(name)?.to_str().ok()?;
        Some((name.as_str().to_owned(), value.to_owned()))
    };
    let reply = StoredReply {
        status: response.status().as_u16(),
        headers: KEPT.iter().filter_map(header).collect(),
        body: body.to_vec(),
    };
    let response = response.set_body(body).map_into_boxed_body();
    (ServiceResponse::new(request, response), reply)
}
