//! `If-None-Match`: a client that has the current state needs no body (RFC 9110 §13.1.2).

use actix_web::HttpResponse;
use actix_web::dev::ServiceResponse;
use actix_web::http::header::{
    AGE, CACHE_CONTROL, CONTENT_LOCATION, ETAG, HeaderMap, HeaderName, IF_NONE_MATCH, VARY,
};
use actix_web::http::{Method, StatusCode};

use super::cached::CACHE_STATUS;

/// When a verification was made: it is outside the entity tag, so that a client learns that what
/// it has was still true a moment ago.
pub(crate) const CHECKED_AT: HeaderName = HeaderName::from_static("checked-at");

/// Turns a full reply to `GET` or `HEAD` into a 304 when the client has that state already.
pub(super) fn apply(response: ServiceResponse) -> ServiceResponse {
    let request = response.request();
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if !(reads && response.status() == StatusCode::OK && is_known(&response)) {
        return response;
    }
    let mut fresh = HttpResponse::NotModified();
    // What RFC 9110 §15.4.5 wants repeated.
    for name in [ETAG, CACHE_CONTROL, CONTENT_LOCATION, VARY, CHECKED_AT, AGE, CACHE_STATUS] {
        for value in response.headers().get_all(&name) {
            fresh.append_header((name.clone(), value.clone()));
        }
    }
    response.into_response(fresh.finish())
}

fn is_known(response: &ServiceResponse) -> bool {
    let current = response.headers().get(ETAG).and_then(|tag| tag.to_str().ok());
    current.is_some_and(|current| holds(response.request().headers(), current))
}

/// Weak comparison: `W/` does not count.
fn holds(headers: &HeaderMap, current: &str) -> bool {
    let lines = headers.get_all(IF_NONE_MATCH).filter_map(|line| line.to_str().ok());
    let mut tags = lines.flat_map(|line| line.split(',')).map(str::trim);
    tags.any(|tag| tag == "*" || opaque(tag) == opaque(current))
}

fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn tags_compare_weakly_and_a_star_fits_all() {
        let holds = |said: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(IF_NONE_MATCH, HeaderValue::from_str(said).unwrap());
            holds(&headers, "\"3\"")
        };

        for yes in ["\"3\"", "W/\"3\"", "\"2\", \"3\"", "*"] {
            assert!(holds(yes), "{yes}");
        }
        for no in ["\"2\"", "3", "", "\"33\""] {
            assert!(!holds(no), "{no}");
        }
    }
}
