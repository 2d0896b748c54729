//! `Accept`: in which of its media types a route answers (RFC 9110 §12.5.1).

use std::future::{Ready, ready};

use actix_web::dev::{Payload, ServiceRequest};
use actix_web::http::header::{ACCEPT, HeaderMap};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};

use super::ApiError;
use super::problem::PROBLEM_JSON;
use super::quality::{Quality, listed};

/// What routes answer in when they do not say otherwise.
pub(super) const JSON: &str = "application/json";

/// The media type in which the client wants the reply, one of those of the route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Negotiated(pub &'static str);

impl FromRequest for Negotiated {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let chosen = request.extensions().get::<Self>().copied();
        ready(Ok(chosen.unwrap_or(Self(JSON))))
    }
}

/// Chooses among the media types of a route, the preferred first. Fails with
/// [`ApiError::NotAcceptable`] when the client takes none; a route without types is not asked.
pub(super) fn negotiate(
    request: &ServiceRequest,
    offered: &[&'static str],
) -> Result<(), ApiError> {
    if offered.is_empty() {
        return Ok(());
    }
    let chosen = choose(request.headers(), offered).ok_or(ApiError::NotAcceptable)?;
    // Whoever asks for it takes JSON where there is none.
    if chosen != JSON {
        request.extensions_mut().insert(Negotiated(chosen));
    }
    Ok(())
}

fn choose(headers: &HeaderMap, offered: &[&'static str]) -> Option<&'static str> {
    let ranges = listed(headers, &ACCEPT);
    if ranges.is_empty() {
        return offered.first().copied();
    }
    let mut best: Option<(&'static str, Quality)> = None;
    for media in offered.iter().copied() {
        let named = [media.to_owned(), any_of_type(media), "*/*".to_owned()];
        let found = named.iter().find_map(|name| ranges.iter().find(|range| range.value == *name));
        let quality = found.map_or(Quality::NONE, |range| range.quality);
        if quality > best.map_or(Quality::NONE, |(_, best)| best) {
            best = Some((media, quality));
        }
    }
    let problems = ranges.iter().any(|r| r.value == PROBLEM_JSON && r.quality > Quality::NONE);
    // Who can read our problems can read JSON.
    let json = || offered.iter().copied().find(|media| problems && *media == JSON);
    best.map(|(media, _)| media).or_else(json)
}

fn any_of_type(media: &str) -> String {
    format!("{}/*", media.split('/').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    const CSV: &str = "text/csv";

    fn chosen(accept: &str, offered: &[&'static str]) -> Option<&'static str> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_str(accept).unwrap());
        choose(&headers, offered)
    }

    #[test]
    fn json_is_made_for_whoever_takes_it() {
        let takes = [
            "application/json",
            "*/*",
            "application/*",
            "application/problem+json",
            "text/html, application/json;q=0.1",
            "APPLICATION/JSON; charset=utf-8",
        ];
        for accept in takes {
            assert_eq!(chosen(accept, &[JSON]), Some(JSON), "{accept}");
        }
        for accept in ["image/png", "application/json;q=0", "text/*", "application/json;q=0, */*"] {
            assert_eq!(chosen(accept, &[JSON]), None, "{accept}");
        }
        assert_eq!(choose(&HeaderMap::new(), &[JSON]), Some(JSON));
    }

    #[test]
    fn the_client_decides_and_the_route_breaks_ties() {
        assert_eq!(chosen("text/csv, application/json;q=0.9", &[JSON, CSV]), Some(CSV));
        assert_eq!(chosen("text/csv, application/json", &[JSON, CSV]), Some(JSON));
        assert_eq!(chosen("*/*;q=0.1, text/*", &[JSON, CSV]), Some(CSV));
    }
}
