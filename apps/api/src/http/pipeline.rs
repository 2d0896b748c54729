//! What happens to a request between the router and its handler, in the order of refusals.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;

use actix_governor::KeyExtractor as _;
use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::FutureExt as _;
use gacp_resilience::deadline::Deadline;
use gacp_resilience::gate::Pass;
use gacp_store::Actor;
use tokio::join;
use tracing::{Instrument as _, Span};

use super::cached::{Ahead, Kept};
use super::idempotency::{self, Turn};
use super::limits::ByAddress;
use super::routes::Options;
use super::{
    ApiError, Limit, Shell, admit, authenticate, body, cached, conditional, headers, ingress,
    limits, negotiate, shell, visit,
};
use crate::access::Row;

/// Runs a request through the steps of its route. It never fails: an error is a reply too.
pub(super) async fn run(
    access: &'static Row,
    options: Rc<Options>,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse, actix_web::Error> {
    // The router is done with the request: it may be shared from here on.
    let whole = request.request().clone();
    let response = match guarded(steps(access, &options, request, next)).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => refusal(&whole, error),
        Err(panic) => panicked(&whole, &*panic),
    };
    let mut response = conditional::apply(shell::explain(response));
    mark(access, &options, &mut response);
    Ok(response)
}

/// A request that is to be worked on.
struct Begun {
    kept: Option<Kept>,
    /// What was found of its reply meanwhile.
    ahead: Option<Box<Ahead>>,
    /// While it is kept the request is one of those that are worked on.
    _pass: Option<Pass>,
    deadline: Deadline,
    turn: Turn,
}

/// What comes before the handler, then the handler. Each is a future of its own: one has the room
/// of the other.
async fn steps(
    access: &'static Row,
    options: &Options,
    mut request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse, actix_web::Error> {
    let parts = request.app_data::<web::Data<Shell>>().cloned();
    let parts = parts.ok_or_else(|| ApiError::Internal("the shell is not in place".into()))?;
    let begun = begin(access, options, &mut request, &parts).await?;
    finish(access, &parts, begun, request, next).await
}

/// 429 of the address, 406, 413, 415, 400 of body and query, then 503 if there is too much to do.
/// Then the clock runs: 401, 429 of the user, the guard, the idempotency key.
async fn begin(
    access: &'static Row,
    options: &Options,
    request: &mut ServiceRequest,
    parts: &Shell,
) -> Result<Begun, actix_web::Error> {
    let kept = options.kept.map(|rule| Kept { path: access.path(), rule });
    let mut ahead = None;
    if let Some(limit) = options.limit {
        let counting = limits::count(request.request(), limit, ByAddress.extract(request)?);
        let kept = kept.filter(|_| access.is_public());
        let counted;
        (counted, ahead) = join!(counting, looking(kept, parts, request.request(), None));
        counted?;
    }
    negotiate::negotiate(request, options.produces)?;
    if let Some(limit) = options.body_limit {
        body::intake(request, limit, options.body_optional).await?;
    }
    if let Some(check) = options.query {
        check(request.request())?;
    }
    // Not before: whoever sends his body slowly would take the place of others.
    let pass = ingress::turn(parts, options.admission()).await?;
    let deadline = Deadline::within(options.deadline);
    if !access.is_public() {
        ahead = deadline.scope(admitted(access, kept, request, parts)).await?;
    }
    let turn = deadline.scope(turn(options, request, parts)).await?;
    Ok(Begun { kept, ahead, _pass: pass, deadline, turn })
}

/// The reply of the handler, or of the run that was answered before, or one that is kept.
async fn finish(
    access: &'static Row,
    parts: &Shell,
    begun: Begun,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse, actix_web::Error> {
    let Begun { kept, ahead, _pass, deadline, turn } = begun;
    match turn {
        Turn::Replay(reply) => {
            // The run that was answered may have ended before it told the cache.
            cached::invalidate_whatever(request.request(), parts).await;
            Ok(request.into_response(reply.into_response()))
        }
        Turn::Run(Some(granted)) => {
            // Also when the deadline has passed: nobody else gives the key back.
            let response = shell::explain(handled(access, deadline, request, next).await);
            // Boxed, here and below: what few requests need takes no room of the others.
            Ok(Box::pin(idempotency::finish(response, granted, parts)).await)
        }
        Turn::Run(None) => {
            let Some(kept) = kept else {
                return Ok(handled(access, deadline, request, next).await);
            };
            let whole = request.request().clone();
            // In a block: what was looked up has no room while the reply is made.
            let answering = {
                let looked = cached::look(kept, ahead, parts, &whole).await;
                if let Some(looked) = &looked
                    && let Some(response) = cached::fresh(looked, parts, &whole)
                {
                    return Ok(response);
                }
                let handle = Box::pin(handled(access, deadline, request, next));
                Box::pin(cached::answer(looked, parts, &whole, handle))
            };
            Ok(answering.await?)
        }
    }
}

/// Finds out who calls and whether he may, and meanwhile looks for the reply that he asks for.
async fn admitted(
    access: &'static Row,
    kept: Option<Kept>,
    request: &ServiceRequest,
    parts: &Shell,
) -> Result<Option<Box<Ahead>>, ApiError> {
    let (bearer, now) = (authenticate::bearer(request)?, parts.clock.now());
    let claimed = parts.authenticate.claimed(bearer, now)?;
    let by = kept.and_then(|_| parts.authenticate.expected(&claimed));
    let kept = kept.filter(|_| by.is_some());
    let (caller, ahead) = join!(
        parts.authenticate.caller(claimed, now),
        looking(kept, parts, request.request(), by),
    );
    let caller = caller?;
    visit::comes_from(caller.actor.id);
    let user = limits::of_user(caller.actor.id.uuid());
    limits::count(request.request(), Limit::User, user).await?;
    admit::admit(access, request, caller)?;
    Ok(ahead)
}

/// Looks for a reply, if there is one to look for already.
async fn looking(
    kept: Option<Kept>,
    parts: &Shell,
    request: &HttpRequest,
    by: Option<Actor>,
) -> Option<Box<Ahead>> {
    kept?.ahead(parts, request, by).await
}

/// Finds out whether the same request has come before.
async fn turn(
    options: &Options,
    request: &ServiceRequest,
    parts: &Shell,
) -> Result<Turn, ApiError> {
    if options.idempotent { idempotency::claim(request, parts).await } else { Ok(Turn::Run(None)) }
}

/// What the service does for a request, in its trace: between the route and the calls of stores.
fn use_case(access: &Row) -> Span {
    if Span::current().is_none() {
        return Span::none();
    }
    tracing::info_span!("service", otel.name = access.id(), otel.kind = "internal")
}

/// What a handler answers, whatever becomes of it.
fn handled(
    access: &'static Row,
    deadline: Deadline,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> impl Future<Output = ServiceResponse> {
    let whole = request.request().clone();
    // The span begins with the work: a reply that is kept takes none.
    let work = async move { next.call(request).instrument(use_case(access)).await };
    guarded(deadline.scope(work)).map(move |answer| match answer {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => refusal(&whole, error),
        Err(panic) => panicked(&whole, &*panic),
    })
}

fn refusal(request: &HttpRequest, error: actix_web::Error) -> ServiceResponse {
    ServiceResponse::new(request.clone(), HttpResponse::from_error(error))
}

/// A bug is a refusal like any other to the client, and is told apart by whoever counts.
fn panicked(request: &HttpRequest, panic: &(dyn Any + Send)) -> ServiceResponse {
    visit::has_panicked(request);
    refusal(request, ApiError::Internal(said(panic).into()).into())
}

/// What every reply of a route says about being kept.
fn mark(access: &Row, options: &Options, response: &mut ServiceResponse) {
    let map = response.headers_mut();
    if !access.is_public() {
        headers::vary(map, "Authorization");
    }
    if options.produces.len() > 1 {
        headers::vary(map, "Accept");
    }
    if let Some(rule) = options.cache
        && !map.contains_key(CACHE_CONTROL)
    {
        map.insert(CACHE_CONTROL, HeaderValue::from_static(rule));
    }
}

/// The future's output, or what it panicked with: a bug costs one request, not its connection.
/// After a panic the future is dropped without being polled again.
fn guarded<F: Future>(future: F) -> impl Future<Output = Result<F::Output, Box<dyn Any + Send>>> {
    AssertUnwindSafe(future).catch_unwind()
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("panicked: {}", text.unwrap_or_else(|| "without a message".to_owned()))
}
