//! Headers that every reply carries.

use actix_cors::Cors;
use actix_web::http::Method;
use actix_web::http::header::{
    ACCEPT, ACCEPT_LANGUAGE, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap,
    HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH, LINK, LOCATION, REFERRER_POLICY, RETRY_AFTER,
    SERVER, STRICT_TRANSPORT_SECURITY, VARY, X_CONTENT_TYPE_OPTIONS,
};

use super::idempotency::{IDEMPOTENCY_KEY, IDEMPOTENCY_REPLAYED};
use super::limits::{RATELIMIT, RATELIMIT_POLICY};
use super::request_id::X_REQUEST_ID;

/// How long browsers may remember what a preflight said: their own upper bound.
const PREFLIGHT_SECONDS: usize = 7_200;

/// Hardens a reply; `is_api` tells whether it comes from the API and not from a page beside it,
/// `behind_tls` whether clients come over HTTPS.
pub(super) fn harden(headers: &mut HeaderMap, is_api: bool, behind_tls: bool) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.remove(SERVER);
    if behind_tls {
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(STRICT_TRANSPORT_SECURITY, year);
    }
    if is_api && !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
}

/// Adds a request header to `Vary`, once, by the name that people write.
pub(super) fn vary(headers: &mut HeaderMap, on: &'static str) {
    if !headers.contains_key(VARY) {
        headers.insert(VARY, HeaderValue::from_static(on));
        return;
    }
    let lines = headers.get_all(VARY).filter_map(|line| line.to_str().ok());
    let mut names: Vec<String> =
        lines.flat_map(|line| line.split(',')).map(|name| name.trim().to_owned()).collect();
    if names.iter().any(|name| name.eq_ignore_ascii_case(on)) {
        return;
    }
    names.push(on.to_owned());
    if let Ok(value) = HeaderValue::from_str(&names.join(", ")) {
        headers.insert(VARY, value);
    }
}

/// Lets pages of exactly these origins use the API.
pub(super) fn cors(origins: &[String]) -> Cors {
    let methods =
        [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let sent = [
        ACCEPT,
        ACCEPT_LANGUAGE,
        AUTHORIZATION,
        CONTENT_TYPE,
        IF_MATCH,
        IF_NONE_MATCH,
        IDEMPOTENCY_KEY,
        X_REQUEST_ID,
        HeaderName::from_static("x-device-token"),
        HeaderName::from_static("traceparent"),
    ];
    let read = [
        ETAG,
        LOCATION,
        LINK,
        RETRY_AFTER,
        IDEMPOTENCY_REPLAYED,
        X_REQUEST_ID,
        RATELIMIT,
        RATELIMIT_POLICY,
        HeaderName::from_static("checked-at"),
    ];
    let cors = Cors::default()
        .allowed_methods(methods)
        .allowed_headers(sent)
        .expose_headers(read)
        // The device cookie.
        .supports_credentials()
        .max_age(PREFLIGHT_SECONDS);
    origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vary_names_every_header_once() {
        let mut headers = HeaderMap::new();
        headers.insert(VARY, HeaderValue::from_static("accept-language"));

        vary(&mut headers, "Accept-Language");
        vary(&mut headers, "Authorization");
        vary(&mut headers, "Authorization");

        assert_eq!(headers.get(VARY).unwrap(), "accept-language, Authorization");
        headers.remove(VARY);
        vary(&mut headers, "Accept");
        assert_eq!(headers.get(VARY).unwrap(), "Accept");
    }
}
