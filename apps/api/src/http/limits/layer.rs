//! In front of the router: what comes from one address, whatever it is.

use actix_governor::KeyExtractor as _;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;

use super::{ByAddress, Limit, of, standing};
use crate::http::shell;

/// What load balancers ask. They do so from few addresses, and a process that does not answer them
/// is taken out.
const UNLIMITED: &str = "/health/";

/// Whether requests for this path are counted.
pub(crate) fn is_limited(path: &str) -> bool {
    !path.starts_with(UNLIMITED)
}

/// Counts a request, and tells its client how it stands with everything that was counted.
pub(in crate::http) async fn run<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let Some(limits) = of(request.request()).filter(|_| is_limited(request.path())) else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let standing = limits.rule(Limit::Everything).take(ByAddress.extract(&request)?).await;
    let response = match standing.outcome() {
        Ok(()) => next.call(request).await?.map_into_boxed_body(),
        Err(refusal) => request.error_response(refusal),
    };
    // A refusal is explained first: the explanation is a reply of its own.
    let mut response = shell::explain(response);
    let request = response.request().clone();
    standing::write(standing, &request, response.headers_mut());
    Ok(response)
}
