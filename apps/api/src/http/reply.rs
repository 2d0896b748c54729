//! What a handler answers: a status, its headers and a body that is ready to be sent or stored.

use actix_web::body::BoxBody;
use actix_web::cookie::Cookie;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, LINK, LOCATION, SET_COOKIE};
use actix_web::{HttpRequest, HttpResponse, Responder};
use gacp_store::{Revision, StoredReply};
use jiff::Timestamp;
use serde::Serialize;

use super::expected::etag;
use super::negotiate::JSON;

/// A reply that can be sent, and stored for the request's repetitions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    stored: StoredReply,
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
    self::data(data).with(ETAG.as_str(), &etag(revision))
}

/// 201 with a new record: where it is, what it is, and its entity tag.
pub fn created(location: &str, revision: Revision, data: &impl Serialize) -> Reply {
    ok(revision, data).status(StatusCode::CREATED).with(LOCATION.as_str(), location)
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
pub fn bytes(media_type: &str, body: Vec<u8>) -> Reply {
    let reply = StoredReply { status: StatusCode::OK.as_u16(), headers: Vec::new(), body };
    Reply::from(reply).with(CONTENT_TYPE.as_str(), media_type)
}

/// 204: done, and nothing to say about it.
pub fn no_content() -> Reply {
    let status = StatusCode::NO_CONTENT.as_u16();
    StoredReply { status, headers: Vec::new(), body: Vec::new() }.into()
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
        self.stored.status = status.as_u16();
        self
    }

    /// The same reply with one header more.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.stored.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same reply, never to be kept by anybody: it holds credentials.
    #[must_use]
    pub fn no_store(self) -> Self {
        self.with(CACHE_CONTROL.as_str(), "no-store")
    }

    /// The same reply, which sets a cookie.
    #[must_use]
    pub fn cookie(self, cookie: &Cookie<'_>) -> Self {
        self.with(SET_COOKIE.as_str(), &cookie.to_string())
    }

    /// The same reply with the address of the next page.
    #[must_use]
    pub(super) fn next(self, address: &str) -> Self {
        self.with(LINK.as_str(), &format!("<{address}>; rel=\"next\""))
    }

    /// The reply as it is stored.
    pub fn into_stored(self) -> StoredReply {
        self.stored
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
        let Self { stored: StoredReply { status, headers, body }, good_until } = self;
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
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
    fn from(stored: StoredReply) -> Self {
        Self { stored, good_until: None }
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
