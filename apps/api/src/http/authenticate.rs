//! Who sends a request.

use actix_web::dev::ServiceRequest;
use actix_web::http::header::AUTHORIZATION;
use async_trait::async_trait;
use gacp_auth::Claimed;
use gacp_store::Actor;
use jiff::Timestamp;
use uuid::Uuid;

use super::ApiError;

/// Somebody who is signed in, and whom the route admits. A handler that takes one cannot be
/// reached by anybody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The account and its role at this moment.
    pub actor: Actor,
    /// The session that the token belongs to.
    pub session: Uuid,
}

impl Caller {
    /// The caller in the words of the accounts' use cases.
    pub(crate) fn in_session(&self) -> gacp_auth::Caller {
        gacp_auth::Caller { actor: self.actor, session: self.session.into() }
    }
}

/// Finds out whom a bearer token stands for.
#[async_trait]
pub trait Authenticate: Send + Sync {
    /// Whom a token is for, if it is genuine and timely. Nobody else is asked, so that its session
    /// may have ended. Fails with [`ApiError::Unauthenticated`].
    fn claimed(&self, bearer: &str, now: Timestamp) -> Result<Claimed, ApiError>;

    /// The caller who claims to be somebody. Fails with [`ApiError::Unauthenticated`] when there is
    /// none (any more), and otherwise when that cannot be found out.
    async fn caller(&self, claimed: Claimed, now: Timestamp) -> Result<Caller, ApiError>;

    /// Who will most probably turn out to be the caller, where finding out takes a while. Nothing is
    /// proven by it: it serves to get ready what the caller may be given.
    fn expected(&self, _claimed: &Claimed) -> Option<Actor> {
        None
    }
}

/// The token of `Authorization: Bearer …` (RFC 6750 §2.1); the scheme's case does not matter.
pub(super) fn bearer(request: &ServiceRequest) -> Result<&str, ApiError> {
    let mut lines = request.headers().get_all(AUTHORIZATION);
    let line = lines.next().ok_or(ApiError::Unauthenticated { presented: false })?;
    let credentials = line.to_str().ok().filter(|_| lines.next().is_none());
    let token = credentials
        .and_then(|credentials| credentials.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim_matches(' '));
    token.filter(|token| !token.is_empty()).ok_or(ApiError::Unauthenticated { presented: true })
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_bearer_token_is_read_and_everything_else_is_a_refused_credential() {
        let read = |value: &str| {
            let request = TestRequest::get().insert_header((AUTHORIZATION, value)).to_srv_request();
            bearer(&request).map(str::to_owned)
        };

        for good in ["Bearer abc", "bearer abc", "BEARER  abc "] {
            assert_eq!(read(good).unwrap(), "abc", "{good}");
        }
        for bad in ["Basic abc", "Bearer", "Bearer ", "abc", ""] {
            let refused = read(bad).unwrap_err();
            assert!(matches!(refused, ApiError::Unauthenticated { presented: true }), "{bad}");
        }
        let silent = TestRequest::get().to_srv_request();
        let refused = bearer(&silent).unwrap_err();
        assert!(matches!(refused, ApiError::Unauthenticated { presented: false }));
    }
}
