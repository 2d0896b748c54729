//! Limits that only a handler can apply: it alone knows whose request it is.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use gacp_limits::Key;
use uuid::Uuid;

use super::key::of_address;
use super::{Limit, count};
use crate::http::{ApiError, ClientAddress};

/// Counts the request that it was taken from.
pub struct Throttle(HttpRequest);

impl Throttle {
    /// Counts a refresh of a session; without one it counts for the client's address. Fails with
    /// [`ApiError::RateLimited`].
    pub async fn refresh(&self, session: Option<Uuid>) -> Result<(), ApiError> {
        let of_client = || of_address(ClientAddress::of(&self.0));
        let key = session.map_or_else(of_client, |session| Key(session.into_bytes()));
        count(&self.0, Limit::Refresh, key).await
    }
}

impl FromRequest for Throttle {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(request.clone())))
    }
}
