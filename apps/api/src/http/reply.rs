//! What a handler answers: a status, its headers and a body that is ready to be sent or stored.

use actix_web::body::BoxBody;
use actix_web::cookie::Cookie;
use actix_web::error::HttpError;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, LINK, LOCATION, SET_COOKIE,
    TryIntoHeaderPair,
};
use actix_web::{HttpRequest, HttpResponse, Responder};
use gacp_store::{Revision, StoredReply};
use jiff::Timestamp;
use serde::Serialize;

use super::expected::etag;
use super::negotiate::JSON;

/// A reply that can be sent, and stored for the request's repetitions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Vec<u8>,
    good_until: Option<Timestamp>,
}

/// As long as most bodies are, in bytes: they need not grow while they are written.
const USUAL: usize = 512;

/// When a reply stops being right, though nobody writes.
pub(super) struct GoodUntil(pub(super) Timestamp);

#[derive(Serialize)]
struct Envelope<T> {
    data: T,
}

/// 200 with a record: `{"data": …}` and its entity tag.
pub fn ok(revision: Revision, data: &impl Serialize) -> Reply {
    self::data(data).with((ETAG, etag(revision)))
}

/// 201 with a new record: where it is, what it is, and its entity tag.
pub fn created(location: &str, revision: Revision, data: &impl Serialize) -> Reply {
    ok(revision, data).status(StatusCode::CREATED).with((LOCATION, location))
}

/// 200 with something that has no version: `{"data": …}`.
pub fn data(data: &impl Serialize) -> Reply {
    plain(&Envelope { data })
}

/// 200 with a body that stands for itself, without `data` around it.
pub fn plain(body: &impl Serialize) -> Reply {
    bytes(JSON, json(body))
}

/// 200 with JSON that is written already.
pub fn written(json: &str) -> Reply {
    bytes(JSON, json.into())
}

/// 200 with a body in any media type.
pub fn bytes(media_type: &'static str, body: Vec<u8>) -> Reply {
    let headers = vec![(CONTENT_TYPE, HeaderValue::from_static(media_type))];
    Reply { status: StatusCode::OK, headers, body, good_until: None }
}

/// 204: done, and nothing to say about it.
pub fn no_content() -> Reply {
    let status = StatusCode::NO_CONTENT;
    Reply { status, headers: Vec::new(), body: Vec::new(), good_until: None }
}

/// A view as JSON. Views are structs of texts, numbers and lists: those always serialise; one that
/// does not is a bug that must not undo what was already decided, so the body stays empty.
fn json(view: &impl Serialize) -> Vec<u8> {
    let mut body = Vec::with_capacity(USUAL);
    if let Err(error) = serde_json::to_writer(&mut body, view) {
        tracing::error!(%error, "a view does not serialise");
        body.clear();
    }
    body
}

impl Reply {
    /// The same reply with another status.
    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The same reply with one header more.
    #[must_use]
    pub fn with(mut self, header: impl TryIntoHeaderPair) -> Self {
        match header.try_into_pair() {
            Ok(header) => self.headers.push(header),
            Err(error) => {
                let error: HttpError = error.into();
                // A bug, which must not undo what was already decided.
                tracing::error!(%error, "a header is none, and is left out");
            }
        }
        self
    }

    /// The same reply, never to be kept by anybody: it holds credentials.
    #[must_use]
    pub fn no_store(self) -> Self {
        self.with((CACHE_CONTROL, HeaderValue::from_static("no-store")))
    }

    /// The same reply, which sets a cookie.
    #[must_use]
    pub fn cookie(self, cookie: &Cookie<'_>) -> Self {
        self.with((SET_COOKIE, cookie.to_string()))
    }

    /// The same reply with the address of the next page.
    #[must_use]
    pub(super) fn next(self, address: &str) -> Self {
        self.with((LINK, format!("<{address}>; rel=\"next\"")))
    }

    /// The reply as it is stored.
    pub fn into_stored(self) -> StoredReply {
        let Self { status, headers, body, .. } = self;
        let text = |(name, value): (HeaderName, HeaderValue)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        };
        let headers = headers.into_iter().filter_map(text).collect();
        StoredReply { status: status.as_u16(), headers, body }
    }

    /// The same reply, which is not right any more from this moment on, such as a deadline that
    /// is told to have not passed; nothing where it stays right until something is written.
    #[must_use]
    pub fn good_until(mut self, moment: Option<Timestamp>) -> Self {
        self.good_until = moment;
        self
    }

    /// The reply as it is sent.
    pub(super) fn into_response(self) -> HttpResponse {
        let Self { status, headers, body, good_until } = self;
        let mut response = HttpResponse::build(status);
        for (name, value) in headers {
            response.append_header((name, value));
        }
        let mut response = if body.is_empty() { response.finish() } else { response.body(body) };
        if let Some(moment) = good_until {
            response.extensions_mut().insert(GoodUntil(moment));
        }
        response
    }
}

impl From<StoredReply> for Reply {
    fn from(StoredReply { status, headers, body }: StoredReply) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let reply = Self { status, headers: Vec::new(), body, good_until: None };
        headers.into_iter().fold(reply, Self::with)
    }
}

impl Responder for Reply {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        self.into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_the_same_after_it_was_stored() {
        let reply = created("/api/farms/7", Revision::FIRST, &["x"]).no_store();

        assert_eq!(Reply::from(reply.clone().into_stored()), reply);
    }

    #[test]
    fn a_header_that_is_none_is_left_out_and_the_rest_is_sent() {
        let reply = no_content().with(("x-a", "1")).with(("x b", "2")).with(("x-c", "3\n"));

        let headers = reply.into_stored().headers;
        assert_eq!(headers, [("x-a".to_owned(), "1".to_owned())]);
    }

    #[test]
    fn a_created_record_says_where_and_what_it_is() {
        let stored = created("/api/farms/7", Revision::FIRST, &["x"]).into_stored();

        let headers: Vec<_> =
            stored.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(stored.status, 201);
        assert_eq!(stored.body, br#"{"data":["x"]}"#);
        assert_eq!(
            headers,
            [("content-type", JSON), ("etag", "\"1\""), ("location", "/api/farms/7")]
        );
    }
}
