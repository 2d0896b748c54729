//! From a reply that is kept to one that is sent.

use std::time::Duration;

use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{AGE, CONTENT_TYPE, ETAG, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use gacp_cache::{Entry, How, Served};
use jiff::Timestamp;

use super::load::GOOD_UNTIL;
use crate::http::ApiError;
use crate::http::conditional::CHECKED_AT;

/// What a cache did for a reply (RFC 9211).
pub(crate) const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");

/// A reply that is kept, or could be, as this request gets it.
pub(super) fn of(
    entry: &Entry,
    served: &Served<StatusCode>,
    request: &HttpRequest,
    now: Timestamp,
) -> ServiceResponse {
    let mut response = match entry.status() {
        404 => HttpResponse::from_error(ApiError::NotFound),
        _ => found(entry, now),
    };
    if is_kept(served.how) {
        response.headers_mut().insert(AGE, HeaderValue::from(served.age.as_secs()));
    }
    let mut response = ServiceResponse::new(request.clone(), response);
    tell(&mut response, &status(served.how, served.fresh_for));
    response
}

fn found(entry: &Entry, now: Timestamp) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.append_header((CONTENT_TYPE, entry.content_type()));
    response.append_header((ETAG, entry.etag()));
    for (name, value) in entry.headers().filter(|(name, _)| *name != GOOD_UNTIL) {
        // That it is what it was has been checked a moment ago.
        let fresh = (name == CHECKED_AT.as_str()).then(|| now.to_string());
        response.append_header((name, fresh.as_deref().unwrap_or(value)));
    }
    response.body(entry.body().clone())
}

/// Whether time alone has made wrong what is kept.
pub(super) fn is_over(entry: &Entry, now: Timestamp) -> bool {
    let until = entry.headers().find(|(name, _)| *name == GOOD_UNTIL).map(|(_, until)| until);
    until.is_some_and(|until| until.parse().is_ok_and(|until: Timestamp| until <= now))
}

/// A reply that nobody else gets.
pub(super) fn told(mut response: ServiceResponse, how: How) -> ServiceResponse {
    tell(&mut response, &status(how, Duration::ZERO));
    response
}

fn tell(response: &mut ServiceResponse, status: &str) {
    if let Ok(status) = HeaderValue::from_str(status) {
        response.headers_mut().insert(CACHE_STATUS, status);
    }
}

/// Whether it was made before it was asked for.
pub(super) fn is_kept(how: How) -> bool {
    match how {
        How::Hit | How::Stale | How::StaleOnError => true,
        How::Miss | How::Collapsed | How::Bypassed => false,
    }
}

/// `gacp; hit; ttl=59`, `gacp; fwd=uri-miss`, …
fn status(how: How, fresh_for: Duration) -> String {
    let left = fresh_for.as_secs();
    match how {
        How::Hit => format!("gacp; hit; ttl={left}"),
        How::Stale => "gacp; hit; ttl=-1; detail=revalidating".to_owned(),
        How::StaleOnError => "gacp; hit; ttl=-1; detail=error".to_owned(),
        How::Miss => "gacp; fwd=uri-miss".to_owned(),
        How::Collapsed => "gacp; fwd=uri-miss; collapsed".to_owned(),
        How::Bypassed => "gacp; fwd=bypass".to_owned(),
    }
}
