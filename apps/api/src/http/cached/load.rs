//! From a reply that was made to one that is kept.

use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody as _};
use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, LINK};
use actix_web::web::Bytes;
use gacp_cache::{Entry, Loaded};
use jiff::Timestamp;

use crate::clock::Clock;
use crate::http::conditional::CHECKED_AT;
use crate::http::reply::GoodUntil;

/// The headers that belong to the content of a reply. One with any other, such as a cookie, is for
/// nobody else.
const CONTENT: [HeaderName; 5] = [CACHE_CONTROL, CHECKED_AT, CONTENT_TYPE, ETAG, LINK];

/// When an entry is over whatever its age; it does not leave the server.
pub(super) const GOOD_UNTIL: &str = "good-until";

/// What is kept of a reply, and the reply itself where nobody else gets it.
pub(super) fn of(
    response: ServiceResponse,
    clock: &Clock,
) -> (Loaded<StatusCode>, Option<ServiceResponse>) {
    let status = response.status();
    if status == StatusCode::OK {
        return kept(response, clock);
    }
    let loaded = match Entry::new(404, "text/plain", "\"\"", Bytes::new()) {
        // What is told is made anew for each request: it names the request.
        Ok(nothing) if status == StatusCode::NOT_FOUND => Loaded::Negative(nothing),
        _ if status.is_server_error() => Loaded::Failed(status),
        _ => Loaded::Pass(status),
    };
    (loaded, Some(response))
}

fn kept(response: ServiceResponse, clock: &Clock) -> (Loaded<StatusCode>, Option<ServiceResponse>) {
    let (request, response) = response.into_parts();
    let until = response.extensions().get::<GoodUntil>().map(|GoodUntil(until)| *until);
    let (head, body) = response.into_parts();
    let body = match body.try_into_bytes() {
        Ok(bytes) => {
            let entry = entry(head.headers(), &bytes);
            if let Some(kept) = entry.and_then(|entry| lasting(entry, until, clock.now())) {
                return (kept, None);
            }
            BoxBody::new(bytes)
        }
        Err(stream) => stream,
    };
    let whole = ServiceResponse::new(request, head.map_body(|_, ()| body));
    (Loaded::Pass(StatusCode::OK), Some(whole))
}

/// An entry for as long as it stays right though nobody writes, if that ends. It says so itself:
/// the clock by which that is judged may be set.
fn lasting(entry: Entry, until: Option<Timestamp>, now: Timestamp) -> Option<Loaded<StatusCode>> {
    let Some(until) = until else { return Some(Loaded::Keep(entry)) };
    let left = Duration::try_from(until.duration_since(now)).ok().filter(|left| !left.is_zero())?;
    let entry = entry.with_header(GOOD_UNTIL, &until.to_string()).ok()?;
    Some(Loaded::KeepFor(entry, left))
}

fn entry(headers: &HeaderMap, body: &Bytes) -> Option<Entry> {
    if headers.keys().any(|name| !CONTENT.contains(name)) {
        return None;
    }
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if text(&CACHE_CONTROL).is_some_and(|rule| rule.contains("no-store")) {
        return None;
    }
    let content_type = text(&CONTENT_TYPE)?;
    let entry = match text(&ETAG) {
        Some(etag) => Entry::new(200, content_type, etag, body.clone()),
        None => Entry::hashed(content_type, body.clone()),
    };
    [CACHE_CONTROL, CHECKED_AT, LINK].iter().try_fold(entry.ok()?, |entry, name| {
        match headers.get(name) {
            None => Some(entry),
            Some(value) => entry.with_header(name.as_str(), value.to_str().ok()?).ok(),
        }
    })
}
