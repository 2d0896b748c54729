//! The body of a request: read once, bounded, before anybody asks who sent it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::{BodyStream, to_bytes_limited};
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::http::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, TRANSFER_ENCODING,
};
use actix_web::web::{self, Bytes};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use gacp_store::{BoxError, Submitted};
use garde::Validate;
use serde::de::DeserializeOwned;

use super::ApiError;
use super::negotiate::JSON;
use crate::json::{Node, submitted};

/// More than any form; boundaries and searches say that they need [`LARGE`].
pub(super) const NORMAL: usize = 256 * 1024;
/// A boundary of 10 000 positions with full precision.
pub(super) const LARGE: usize = 1024 * 1024;

/// What is longer is parsed and checked on a thread of its own: a boundary of 10 000 positions takes tens of
/// milliseconds, in which no other request may have to wait.
const QUICK: usize = 16 * 1024;

/// A phone on a bad network manages 1 MiB in this time; who takes longer holds a connection.
const PATIENCE: Duration = Duration::from_secs(30);

/// A JSON body as a draft, checked or refused: the use case raises the refusal in its own order.
///
/// Extracting it never fails on a route that declares a JSON body.
#[derive(Debug)]
pub struct Body<T>(pub Submitted<T>);

/// What was sent: the bytes for fingerprints and signatures, and what they say.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) bytes: Bytes,
    node: Node,
}

impl Sent {
    /// The body of this request, if its route reads one.
    pub(super) fn of(request: &HttpRequest) -> Option<Arc<Self>> {
        request.extensions().get::<Arc<Self>>().map(Arc::clone)
    }
}

/// Reads and parses the body of a request and notes it for [`Body`] to extract.
pub(super) async fn intake(
    request: &mut ServiceRequest,
    limit: usize,
    is_optional: bool,
) -> Result<(), ApiError> {
    check_length(request.headers(), limit)?;
    let has_type = request.headers().contains_key(CONTENT_TYPE);
    if has_type || announces_body(request.headers()) {
        check_media_type(request)?;
    }
    let bytes = collect(request.take_payload(), limit).await?;
    let is_empty = bytes.is_empty() && (is_optional || !has_type);
    let node = if is_empty { Node::empty() } else { parsed(bytes.clone()).await? };
    request.extensions_mut().insert(Arc::new(Sent { bytes, node }));
    Ok(())
}

async fn parsed(bytes: Bytes) -> Result<Node, ApiError> {
    let is_quick = bytes.len() <= QUICK;
    let parse = move || Node::parse(&bytes).map_err(|error| ApiError::Unreadable(error.into()));
    if is_quick {
        return parse();
    }
    web::block(parse).await.unwrap_or_else(|error| Err(ApiError::Internal(error.into())))
}

/// Refuses what is announced as too large before any of it is read.
fn check_length(headers: &HeaderMap, limit: usize) -> Result<(), ApiError> {
    match content_length(headers) {
        Some(length) if length > limit => Err(ApiError::TooLarge),
        _ => Ok(()),
    }
}

fn content_length(headers: &HeaderMap) -> Option<usize> {
    let text = headers.get(CONTENT_LENGTH)?.to_str().ok()?;
    // A length that does not fit is as good as the largest.
    Some(text.parse().unwrap_or(usize::MAX))
}

fn announces_body(headers: &HeaderMap) -> bool {
    content_length(headers).map_or(headers.contains_key(TRANSFER_ENCODING), |length| length > 0)
}

fn check_media_type(request: &ServiceRequest) -> Result<(), ApiError> {
    let media_type = request.mime_type().ok().flatten().ok_or(ApiError::UnsupportedMediaType)?;
    let charset = media_type.get_param("charset");
    let is_utf8 = charset.is_none_or(|charset| charset.as_str().eq_ignore_ascii_case("utf-8"));
    let encodings = request.headers().get_all(CONTENT_ENCODING);
    let is_plain =
        encodings.into_iter().all(|value| value.as_bytes().eq_ignore_ascii_case(b"identity"));
    let is_json = media_type.essence_str().eq_ignore_ascii_case(JSON);
    if is_json && is_utf8 && is_plain { Ok(()) } else { Err(ApiError::UnsupportedMediaType) }
}

/// Reads all of a body, counting: chunked ones announce no length.
async fn collect(payload: Payload, limit: usize) -> Result<Bytes, ApiError> {
    let read = to_bytes_limited(BodyStream::new(payload), limit);
    let read = tokio::time::timeout(PATIENCE, read).await;
    let bounded = read.map_err(|_elapsed| ApiError::TooSlow)?;
    let bytes = bounded.map_err(|_exceeded| ApiError::TooLarge)?;
    bytes.map_err(|error| ApiError::Unreadable(BoxError::from(error.to_string())))
}

impl<T> FromRequest for Body<T>
where
    T: DeserializeOwned + Validate + Send + 'static,
    T::Context: Default,
{
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let sent = Sent::of(request);
        Box::pin(async move {
            let undeclared = || ApiError::Internal("the route does not declare a body".into());
            let sent = sent.ok_or_else(undeclared)?;
            if sent.bytes.len() <= QUICK {
                return Ok(Self(submitted(&sent.node)));
            }
            let checked = web::block(move || submitted(&sent.node)).await;
            checked.map(Self).map_err(|error| ApiError::Internal(error.into()))
        })
    }
}
