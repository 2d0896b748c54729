//! What a client says of its device when it logs in or refreshes.

use std::future::{Ready, ready};
use std::net::IpAddr;

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::Payload;
use actix_web::http::header::USER_AGENT;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use gacp_auth::Visit;
use jiff::Timestamp;

use crate::http::{ApiError, ClientAddress, RequestId, Shell};

const DEVICE_COOKIE: &str = "gacp_device";
const DEVICE_HEADER: &str = "X-Device-Token";

/// A device is remembered for a year without a login.
const DEVICE_AGE: Duration = Duration::days(365);

/// More of a user agent helps nobody to recognise his phone.
const USER_AGENT_CHARS: usize = 200;

/// The device token and the software that a client names, and how the request came.
pub(crate) struct Visitor {
    device_token: Option<String>,
    user_agent: Option<String>,
    address: Option<IpAddr>,
    request_id: RequestId,
    secure: bool,
}

impl Visitor {
    /// The visit at a moment.
    pub(crate) fn visit(&self, at: Timestamp) -> Visit<'_> {
        Visit {
            at,
            device_token: self.device_token.as_deref(),
            user_agent: self.user_agent.as_deref(),
            address: self.address,
            request_id: Some(self.request_id.as_str()),
        }
    }

    /// Whether the client reached us over TLS.
    pub(crate) fn is_secure(&self) -> bool {
        self.secure
    }
}

impl FromRequest for Visitor {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let header = |name: &str| {
            let value = request.headers().get(name)?.to_str().ok()?;
            Some(value.to_owned())
        };
        let cookie = request.cookie(DEVICE_COOKIE).map(|cookie| cookie.value().to_owned());
        let user_agent = header(USER_AGENT.as_str());
        let shell = request.app_data::<Data<Shell>>();
        ready(Ok(Self {
            device_token: cookie.or_else(|| header(DEVICE_HEADER)),
            user_agent: user_agent.map(|text| text.chars().take(USER_AGENT_CHARS).collect()),
            address: Some(ClientAddress::of(request).0),
            request_id: RequestId::of(request),
            secure: shell.is_some_and(|shell| shell.behind_tls),
        }))
    }
}

/// The cookie by which a browser is known again; no script and no other site sees it.
pub(crate) fn device_cookie(token: String, secure: bool) -> Cookie<'static> {
    Cookie::build(DEVICE_COOKIE, token)
        .path("/api/auth")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(secure)
        .max_age(DEVICE_AGE)
        .finish()
}
