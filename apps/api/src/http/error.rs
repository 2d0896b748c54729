//! Why a request was refused: one type, one table.

use std::error::Error as _;
use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CACHE_CONTROL, HeaderValue, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use gacp_auth::{AuthError, Unproven};
use gacp_certifications::{CertificationError, Conflict};
use gacp_farms::{FarmError, Obstacle};
use gacp_store::{BoxError, Precondition, Receipt, StoreError, Violations};
use gacp_store_guarded::Refused;
use serde_json::Value;
use thiserror::Error;

use super::limits::whole_seconds;
use super::problem::{Code, Problem};

/// When to come back after something that is out: long enough for a restart to have happened.
const OUTAGE_SECONDS: u64 = 5;
/// When to come back once the store is full: somebody has to make room first.
const FULL_SECONDS: u64 = 60;
/// When to ask again for the reply of a request that is still running.
const RUNNING_SECONDS: u64 = 1;

/// Why a request was refused.
#[derive(Debug, Error)]
pub enum ApiError {
    /// The body is not one JSON document.
    #[error("body is unreadable")]
    Unreadable(#[source] BoxError),
    /// The body did not arrive in time.
    #[error("body did not arrive in time")]
    TooSlow,
    /// The body is not `application/json`.
    #[error("body is not JSON")]
    UnsupportedMediaType,
    /// The body is larger than the route takes.
    #[error("body is too large")]
    TooLarge,
    /// Nobody is signed in.
    #[error("not authenticated")]
    Unauthenticated {
        /// Whether a token came with the request, and was refused.
        presented: bool,
    },
    /// The caller may not do this.
    #[error("not allowed")]
    Forbidden {
        /// Why, in kebab-case, where there is more to say than the role.
        reason: Option<&'static str>,
    },
    /// There is no such thing, or it is somebody else's.
    #[error("not found")]
    NotFound,
    /// The address knows other methods only.
    #[error("method not allowed")]
    MethodNotAllowed {
        /// Those that it knows, as in `Allow`.
        allow: String,
    },
    /// The route makes none of the media types that the client takes.
    #[error("not acceptable")]
    NotAcceptable,
    /// Parameters are unknown or have impossible values.
    #[error("query is invalid")]
    InvalidQuery(#[source] Violations),
    /// The cursor was made for another list, or not by us.
    #[error("cursor is invalid")]
    InvalidCursor,
    /// `If-Match` is missing or names another state.
    #[error("precondition failed")]
    Precondition(#[from] Precondition),
    /// Fields break rules.
    #[error("body breaks rules")]
    Invalid(#[from] Violations),
    /// The idempotency key was used with another body.
    #[error("idempotency key was used for another request")]
    IdempotencyReused,
    /// Another run of the request holds its idempotency key.
    #[error("request is still running")]
    IdempotencyInProgress,
    /// A use case of accounts and sessions refused.
    #[error("refused")]
    Auth(#[from] AuthError),
    /// A use case of farms refused.
    #[error("refused")]
    Farms(#[from] FarmError),
    /// A use case of certifications refused.
    #[error("refused")]
    Certifications(#[from] CertificationError),
    /// A store failed.
    #[error("store failed")]
    Store(#[from] StoreError),
    /// The client asks too often.
    #[error("too many requests")]
    RateLimited {
        /// When it may ask again.
        wait: Duration,
    },
    /// The process has as much to do as it can.
    #[error("too much to do")]
    Crowded,
    /// The process should get no requests.
    #[error("not ready")]
    NotReady {
        /// What was looked at, and how it is.
        details: Vec<(&'static str, Value)>,
    },
    /// A bug.
    #[error("internal error")]
    Internal(#[source] BoxError),
}

impl ApiError {
    /// A query parameter that is not right.
    pub fn query(pointer: &str, code: &str) -> Self {
        Self::InvalidQuery(Violations::one(pointer, code))
    }

    /// The whole contract between errors and HTTP. No wildcard arm: a new error must be placed.
    fn row(&self) -> Code {
        match self {
            Self::Unreadable(_) => Code::MalformedJson,
            Self::TooSlow => Code::RequestTimeout,
            Self::UnsupportedMediaType => Code::UnsupportedMediaType,
            Self::TooLarge => Code::BodyTooLarge,
            Self::Unauthenticated { .. } => Code::Unauthenticated,
            Self::Forbidden { .. } => Code::Forbidden,
            Self::NotFound => Code::NotFound,
            Self::MethodNotAllowed { .. } => Code::MethodNotAllowed,
            Self::NotAcceptable => Code::NotAcceptable,
            Self::InvalidQuery(_) => Code::InvalidQuery,
            Self::InvalidCursor => Code::InvalidCursor,
            Self::Precondition(precondition) => precondition_row(*precondition),
            Self::Invalid(_) => Code::InvalidFields,
            Self::IdempotencyReused => Code::IdempotencyKeyReused,
            Self::IdempotencyInProgress => Code::IdempotencyInProgress,
            Self::Auth(error) => auth_row(error),
            Self::Farms(error) => farms_row(error),
            Self::Certifications(error) => certifications_row(error),
            Self::Store(error) => store_row(error),
            Self::RateLimited { .. } => Code::RateLimited,
            Self::Crowded | Self::NotReady { .. } => Code::ServiceUnavailable,
            Self::Internal(_) => Code::InternalError,
        }
    }

    /// What the client is told.
    pub fn problem(&self) -> Problem {
        let problem = match self.violations() {
            Some(violations) => Problem::invalid(violations),
            None => timed(Problem::new(self.row()), self.outage()),
        };
        match self {
            Self::Auth(AuthError::Unproven(_)) => challenge(problem, false),
            Self::Farms(FarmError::WrongStatus { allowed, .. }) => {
                problem.allowing(allowed.iter().map(|action| action.as_str()))
            }
            Self::Certifications(error) => explained(problem, error),
            Self::InvalidQuery(violations) => problem.about(violations),
            Self::Unauthenticated { presented } => challenge(problem, *presented),
            Self::Forbidden { reason: Some(reason) } => problem.because([*reason]),
            Self::MethodNotAllowed { allow } => match HeaderValue::from_str(allow) {
                Ok(allow) => problem.header(ALLOW, allow),
                Err(_never_of_method_names) => problem,
            },
            // Nobody may keep it (RFC 6585 §4): the next reply is another one.
            Self::RateLimited { wait } => problem
                .retry_after(whole_seconds(*wait))
                .header(CACHE_CONTROL, HeaderValue::from_static("no-store")),
            Self::NotReady { details } => details
                .iter()
                .fold(problem, |problem, (name, detail)| problem.with(name, detail.clone())),
            _ => problem,
        }
    }

    /// How long it will be before the store is asked again, where it is being left alone.
    fn outage(&self) -> Option<Duration> {
        let (Self::Store(error)
        | Self::Auth(AuthError::Store(error))
        | Self::Farms(FarmError::Store(error))
        | Self::Certifications(CertificationError::Store(error))) = self
        else {
            return None;
        };
        match Refused::behind(error)? {
            Refused::Open(open) => Some(open.retry_after),
            Refused::Late | Refused::Crowded | Refused::Unanswered(_) => None,
        }
    }

    /// The fields that are wrong, when fields are.
    fn violations(&self) -> Option<&Violations> {
        match self {
            Self::Invalid(violations)
            | Self::Auth(AuthError::Invalid(violations))
            | Self::Farms(FarmError::Invalid(violations))
            | Self::Certifications(CertificationError::Invalid(violations)) => Some(violations),
            _ => None,
        }
    }

    /// The error and all of its sources, for the log.
    pub(super) fn chain(&self) -> String {
        let mut chain = self.to_string();
        let mut source = self.source();
        while let Some(error) = source {
            chain.push_str(": ");
            chain.push_str(&error.to_string());
            source = error.source();
        }
        chain
    }
}

fn precondition_row(precondition: Precondition) -> Code {
    match precondition {
        Precondition::Required => Code::PreconditionRequired,
        Precondition::Stale => Code::StaleVersion,
    }
}

fn auth_row(error: &AuthError) -> Code {
    match error {
        AuthError::Unproven(Unproven::InvalidCredentials) => Code::InvalidCredentials,
        AuthError::Unproven(Unproven::InvalidRefreshToken) => Code::InvalidRefreshToken,
        AuthError::Unproven(Unproven::RefreshTokenReused) => Code::RefreshTokenReused,
        AuthError::Unproven(Unproven::Unauthenticated) => Code::Unauthenticated,
        AuthError::NotFound => Code::NotFound,
        AuthError::Forbidden => Code::Forbidden,
        AuthError::AccountExists => Code::AccountExists,
        AuthError::Precondition(precondition) => precondition_row(*precondition),
        AuthError::Invalid(_) => Code::InvalidFields,
        AuthError::Overloaded => Code::TemporarilyOverloaded,
        AuthError::Store(error) => store_row(error),
    }
}

fn farms_row(error: &FarmError) -> Code {
    match error {
        FarmError::NotFound => Code::NotFound,
        FarmError::Forbidden => Code::Forbidden,
        FarmError::Precondition(precondition) => precondition_row(*precondition),
        FarmError::Invalid(_) => Code::InvalidFields,
        FarmError::NameTaken => Code::FarmNameTaken,
        FarmError::NotEditable(Obstacle::LiveWork) => Code::FarmHasLiveWork,
        FarmError::NotEditable(Obstacle::Status(_) | Obstacle::Full) => Code::FarmNotEditable,
        FarmError::WrongStatus { .. } => Code::InvalidTransition,
        FarmError::Store(error) => unnamed_row(error),
    }
}

fn certifications_row(error: &CertificationError) -> Code {
    match error {
        CertificationError::NotFound => Code::NotFound,
        CertificationError::Forbidden(_) => Code::Forbidden,
        CertificationError::Precondition(precondition) => precondition_row(*precondition),
        CertificationError::Invalid(_) => Code::InvalidFields,
        CertificationError::WrongStatus { .. } => Code::InvalidTransition,
        CertificationError::Conflict(conflict) => conflict_row(conflict),
        CertificationError::Signing(_) => Code::InternalError,
        CertificationError::Store(error) => unnamed_row(error),
    }
}

/// A call that named no state lost every race for it: coming back helps, a fresh state does not.
fn unnamed_row(error: &StoreError) -> Code {
    match error {
        StoreError::Stale => Code::TemporarilyOverloaded,
        StoreError::Unavailable(_)
        | StoreError::Contended(_)
        | StoreError::Full(_)
        | StoreError::Corrupt(_)
        | StoreError::Duplicate { .. } => store_row(error),
    }
}

fn conflict_row(conflict: &Conflict) -> Code {
    match conflict {
        Conflict::ApplicationExists => Code::ApplicationExists,
        Conflict::FarmNotEligible => Code::FarmNotEligible,
        Conflict::InspectorBooked => Code::InspectorBooked,
        Conflict::PaymentReferenceTaken => Code::PaymentReferenceTaken,
        Conflict::InspectionIncomplete(_) => Code::InspectionIncomplete,
        Conflict::NotPassed(_) => Code::NotPassed,
    }
}

/// What clients need to know beside the code of a refusal about applications.
fn explained(problem: Problem, error: &CertificationError) -> Problem {
    match error {
        CertificationError::WrongStatus { allowed, .. } => {
            problem.allowing(allowed.iter().map(|action| action.as_str()))
        }
        CertificationError::Forbidden(reason) => problem.because([reason.to_string()]),
        CertificationError::Conflict(Conflict::InspectionIncomplete(missing)) => {
            problem.missing(missing.iter().map(String::as_str))
        }
        CertificationError::Conflict(Conflict::NotPassed(reasons)) => {
            let reasons = reasons.iter().map(|reason| serde_json::json!(reason)).collect();
            problem.with("reasons", Value::Array(reasons))
        }
        _ => problem,
    }
}

/// Where a store's failure belongs; the ports' unique keys are told apart before it comes here.
fn store_row(error: &StoreError) -> Code {
    match error {
        StoreError::Unavailable(_) => Code::ServiceUnavailable,
        StoreError::Contended(_) => Code::TemporarilyOverloaded,
        StoreError::Full(_) => Code::StorageFull,
        StoreError::Duplicate { key: Receipt::LOST_LEASE } => Code::IdempotencyInProgress,
        StoreError::Corrupt(_) | StoreError::Duplicate { .. } => Code::InternalError,
        StoreError::Stale => Code::StaleVersion,
    }
}

/// The problem with the time after which trying again makes sense, where it does.
fn timed(problem: Problem, outage: Option<Duration>) -> Problem {
    match problem.code {
        Code::ServiceUnavailable => {
            problem.retry_after(spread(outage.map_or(OUTAGE_SECONDS, whole_seconds)))
        }
        Code::TemporarilyOverloaded | Code::IdempotencyInProgress => {
            problem.retry_after(RUNNING_SECONDS)
        }
        Code::StorageFull => problem.retry_after(FULL_SECONDS),
        _ => problem,
    }
}

/// So many seconds, and up to half of that more: those who were refused at once should not come
/// back at once.
fn spread(seconds: u64) -> u64 {
    // The keys of a map's hasher are drawn at random, and differ each time.
    let random = RandomState::new().hash_one(seconds);
    seconds + random % (seconds / 2 + 1)
}

/// RFC 6750 §3: a request without a token learns the scheme only.
fn challenge(problem: Problem, presented: bool) -> Problem {
    let challenge = if presented { "Bearer error=\"invalid_token\"" } else { "Bearer" };
    problem.header(WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.row().status()
    }

    /// A bare status: the shell, which knows the request's id and language, explains it.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<(ApiError, u16, &'static str)> {
        let source = || BoxError::from("why");
        let key = "farm-name";
        vec![
            (ApiError::Precondition(Precondition::Required), 428, "precondition-required"),
            (ApiError::Precondition(Precondition::Stale), 412, "stale-version"),
            (StoreError::Stale.into(), 412, "stale-version"),
            (StoreError::Unavailable(source()).into(), 503, "service-unavailable"),
            (StoreError::Full(source()).into(), 503, "storage-full"),
            (StoreError::Contended(source()).into(), 503, "temporarily-overloaded"),
            (StoreError::Corrupt(source()).into(), 500, "internal-error"),
            (StoreError::Duplicate { key }.into(), 500, "internal-error"),
            (
                StoreError::Duplicate { key: Receipt::LOST_LEASE }.into(),
                409,
                "idempotency-in-progress",
            ),
            (FarmError::from(StoreError::Stale).into(), 503, "temporarily-overloaded"),
            (
                CertificationError::from(StoreError::Unavailable(source())).into(),
                503,
                "service-unavailable",
            ),
            (AuthError::Overloaded.into(), 503, "temporarily-overloaded"),
            (ApiError::RateLimited { wait: Duration::ZERO }, 429, "rate-limited"),
            (Violations::one("/a", "required").into(), 422, "invalid-fields"),
            (Violations::one("/a", "unknown-field").into(), 422, "unknown-field"),
            (Violations::one("/a", "duplicate-key").into(), 422, "duplicate-key"),
        ]
    }

    #[test]
    fn errors_have_the_status_and_code_of_the_contract() {
        for (error, status, code) in rows() {
            let problem = error.problem();
            assert_eq!(problem.code.as_str(), code, "{error:?}");
            assert_eq!(problem.code.status().as_u16(), status, "{error:?}");
            assert_eq!(error.status_code().as_u16(), status, "{error:?}");
        }
    }

    #[test]
    fn whoever_is_told_to_come_back_is_told_when() {
        for (error, status, code) in rows() {
            let reply = error.problem().render(super::super::problem::Language::English, "id");
            let when = reply.headers().contains_key("retry-after");
            assert_eq!(
                when,
                [429, 503].contains(&status) || code == "idempotency-in-progress",
                "{error:?}"
            );
        }
    }

    #[test]
    fn the_chain_names_every_source() {
        let error = ApiError::Store(StoreError::Unavailable("disk is gone".into()));

        assert_eq!(error.chain(), "store failed: store is unavailable: disk is gone");
    }
}
