//! The name of one request: in every reply, every problem, every log line.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::{Payload, ServiceRequest};
use actix_web::http::header::HeaderName;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use gacp_store::fresh_uuid;
use gacp_telemetry::log::Context;
use jiff::Timestamp;
use uuid::Uuid;

use super::ApiError;

/// Carries it, in requests and in replies.
pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Long enough for any scheme, short enough for every log line.
const MAX_LENGTH: usize = 128;

/// The name of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// The id that the client gave, if it is one, or a new one.
    pub(super) fn assign(request: &ServiceRequest, now: impl FnOnce() -> Timestamp) -> Self {
        let given = request.headers().get(X_REQUEST_ID).and_then(|value| value.to_str().ok());
        let given = given.filter(|text| is_request_id(text)).map(Arc::from);
        let id = Self(given.unwrap_or_else(|| fresh(now())));
        request.extensions_mut().insert(id.clone());
        id
    }

    /// The id that the shell gave to a request.
    pub(crate) fn of(request: &HttpRequest) -> Self {
        request.extensions().get::<Self>().cloned().unwrap_or_else(|| Self("none".into()))
    }

    /// What lines of the log have of the request that has this id.
    pub(super) fn context(&self) -> Context {
        Context::of("request_id", Arc::clone(&self.0))
    }

    /// The id as it is sent and logged.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn fresh(now: Timestamp) -> Arc<str> {
    let mut text = Uuid::encode_buffer();
    Arc::from(&*fresh_uuid(now).as_hyphenated().encode_lower(&mut text))
}

fn is_request_id(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=MAX_LENGTH).contains(&text.len()) && text.bytes().all(allowed)
}

impl FromRequest for RequestId {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_short_and_plain() {
        for plain in ["a", "order-7.a_B", &"x".repeat(128)] {
            assert!(is_request_id(plain), "{plain}");
        }
        for odd in ["", "two words", "ก", "a\"b", "a/b", &"x".repeat(129)] {
            assert!(!is_request_id(odd), "{odd}");
        }
    }
}
