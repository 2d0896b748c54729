//! The guard of a route, and the proof that a request passed it.

use std::future::{Ready, ready};

use actix_web::dev::{Payload, ServiceRequest};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};

use super::{ApiError, Caller, query};
use crate::access::{Asked, Row};

/// A caller who passed the guard. Only the guard makes one.
#[derive(Debug, Clone, Copy)]
struct Admitted(Caller);

/// Refuses a caller whose role has no right to what the request asks, whatever the object, and
/// notes any other for [`Caller`] to extract. An action that the table does not know is not there.
pub(super) fn admit(
    access: &Row,
    request: &ServiceRequest,
    caller: Caller,
) -> Result<(), ApiError> {
    // A query that cannot be read was refused before, by the routes that read theirs.
    let query = query::pairs(request.request()).unwrap_or_default();
    let asked = Asked { action: request.match_info().get("action"), query: &query };
    let mut cases = access.cases_of(asked).peekable();
    if cases.peek().is_none() {
        return Err(ApiError::NotFound);
    }
    if cases.all(|case| case.rule().excludes(caller.actor.role)) {
        return Err(ApiError::Forbidden { reason: None });
    }
    request.extensions_mut().insert(Admitted(caller));
    Ok(())
}

impl Caller {
    /// Whoever passed the guard with a request.
    pub(super) fn of(request: &HttpRequest) -> Option<Self> {
        request.extensions().get::<Admitted>().map(|admitted| admitted.0)
    }
}

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request).ok_or(ApiError::Unauthenticated { presented: false }))
    }
}
