//! The outermost layer: every reply has a request id, its headers, a log line, and if it is a
//! refusal, a problem that explains it.

use actix_cors::CorsError;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{AGE, ALLOW, CONTENT_TYPE, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse, web};

use super::cached::CACHE_STATUS;
use super::problem::{Code, Language, PROBLEM_JSON, Problem};
use super::request_id::X_REQUEST_ID;
use super::visit::Visit;
use super::{ApiError, RequestId, Shell, headers};

/// Takes a request in and lets its reply out.
pub(super) async fn run<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let parts = request.app_data::<web::Data<Shell>>().cloned();
    let parts = parts.ok_or_else(|| ApiError::Internal("the shell is not in place".into()))?;
    let id = RequestId::assign(&request, || parts.clock.now());
    let visit = Visit::begin(&request, &id, &parts);
    let mut response = visit.around(next.call(request)).await?.map_into_boxed_body();
    if is_refusal(response.status()) {
        response = visit.inside(|| explain(response));
    }
    let is_api = response.request().path().starts_with("/api");
    let map = response.headers_mut();
    headers::harden(map, is_api, parts.behind_tls);
    if let Ok(id) = HeaderValue::from_str(id.as_str()) {
        map.insert(X_REQUEST_ID, id);
    }
    Ok(visit.answered(response))
}

/// Turns a refusal into the problem that explains it. Other replies stay as they are.
pub(super) fn explain(response: ServiceResponse) -> ServiceResponse {
    let status = response.status();
    if !is_refusal(status) || is_explained(&response) {
        return response;
    }
    let mut problem = match response.response().error() {
        Some(error) => problem_of(error, status),
        None => Problem::new(code_of(status)),
    };
    for name in [ALLOW, AGE, CACHE_STATUS] {
        if let Some(value) = response.headers().get(&name) {
            problem = problem.header(name, value.clone());
        }
    }
    let reply = render(&problem, response.request());
    response.into_response(reply)
}

fn is_refusal(status: StatusCode) -> bool {
    status.is_client_error() || status.is_server_error()
}

fn is_explained(response: &ServiceResponse) -> bool {
    let media_type = response.headers().get(CONTENT_TYPE);
    media_type.is_some_and(|media_type| media_type == PROBLEM_JSON)
}

fn problem_of(error: &actix_web::Error, status: StatusCode) -> Problem {
    let known = error.as_error::<ApiError>();
    let problem = match known {
        Some(error) => error.problem(),
        None if error.as_error::<CorsError>().is_some() => Problem::new(Code::Forbidden),
        None => Problem::new(code_of(status)),
    };
    if problem.code.status().is_server_error() {
        let chain = known.map_or_else(|| error.to_string(), ApiError::chain);
        tracing::error!(code = problem.code.as_str(), error = chain, "request failed");
    }
    problem
}

/// The code for a refusal that the framework made by itself.
fn code_of(status: StatusCode) -> Code {
    match status {
        StatusCode::UNAUTHORIZED => Code::Unauthenticated,
        StatusCode::FORBIDDEN => Code::Forbidden,
        StatusCode::NOT_FOUND => Code::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Code::MethodNotAllowed,
        StatusCode::NOT_ACCEPTABLE => Code::NotAcceptable,
        StatusCode::REQUEST_TIMEOUT => Code::RequestTimeout,
        StatusCode::PAYLOAD_TOO_LARGE => Code::BodyTooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Code::UnsupportedMediaType,
        StatusCode::TOO_MANY_REQUESTS => Code::RateLimited,
        StatusCode::SERVICE_UNAVAILABLE => Code::ServiceUnavailable,
        status if status.is_client_error() => Code::InvalidQuery,
        _ => Code::InternalError,
    }
}

fn render(problem: &Problem, request: &HttpRequest) -> HttpResponse {
    problem.render(Language::of(request.headers()), RequestId::of(request).as_str())
}
