//! One request as an operator sees it: a span, a line in the access log, and what is counted. It
//! ends with the last byte of the reply, or when its client goes away.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method as Verb;
use actix_web::web::Bytes;
use actix_web::{HttpMessage as _, HttpRequest};
use gacp_store::AccountId;
use gacp_telemetry::log;
use gacp_telemetry::metrics::{InFlight, Method};
use gacp_telemetry::traces::{self, Arrival};
use tracing::field::{Empty, display};
use tracing::{Instrument as _, Span};

use super::{RequestId, Shell};

/// What the access log calls a request that no route fits.
const UNMATCHED: &str = "unmatched";

/// The code behind a request panicked.
struct Panicked;

/// Notes that the code behind a request panicked.
pub(super) fn has_panicked(request: &HttpRequest) {
    request.extensions_mut().insert(Panicked);
}

/// Notes whose request this is, in its span, if it has one.
pub(super) fn comes_from(account: AccountId) {
    Span::current().record("user.id", display(account));
}

/// A request under way. Its line has no path, no query, nothing personal.
pub(super) struct Visit {
    in_flight: Option<InFlight>,
    arrival: Arrival,
    lines: log::Context,
    /// None where nobody would see it.
    span: Span,
    method: Verb,
    reply: Option<(String, u16)>,
    has_panicked: bool,
}

impl Visit {
    /// A request begins.
    pub(super) fn begin(request: &ServiceRequest, id: &RequestId, parts: &Shell) -> Self {
        let in_flight = parts.metrics.begin(request.method().as_str());
        let headers = request.headers();
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let arrival = parts.traces.arrival(header);
        let span = if arrival.is_kept() {
            span_of(&arrival, in_flight.method(), id)
        } else {
            Span::none()
        };
        Self {
            in_flight: Some(in_flight),
            lines: id.context().within(&arrival),
            arrival,
            span,
            method: request.method().clone(),
            reply: None,
            has_panicked: false,
        }
    }

    /// Works for it: what is said meanwhile is said of it.
    pub(super) fn around<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        self.lines.clone().scope(work.instrument(self.span.clone()))
    }

    /// Does something for it at once.
    pub(super) fn inside<R>(&self, work: impl FnOnce() -> R) -> R {
        self.lines.enter(|| self.span.in_scope(work))
    }

    /// Its reply begins, and ends with its body.
    pub(super) fn answered(mut self, response: ServiceResponse) -> ServiceResponse {
        let (request, status) = (response.request(), response.status().as_u16());
        let route = request.match_pattern();
        self.has_panicked = request.extensions().contains::<Panicked>();
        if let Some(in_flight) = &mut self.in_flight {
            in_flight.answered(route.as_deref(), status);
        }
        if self.arrival.is_kept() {
            self.describe(route.as_deref(), status);
        }
        self.reply = Some((route.unwrap_or_else(|| UNMATCHED.to_owned()), status));
        let is_empty =
            matches!(response.response().body().size(), BodySize::None | BodySize::Sized(0));
        // Nobody reads the body of such a reply.
        if is_empty || request.method() == Verb::HEAD {
            self.end();
            return response;
        }
        response.map_body(|_, body| BoxBody::new(Watched { body, visit: Some(self) }))
    }

    fn describe(&self, route: Option<&str>, status: u16) {
        let span = &self.span;
        if let Some(route) = route {
            let method = self.in_flight.as_ref().map_or("", |it| it.method().as_str());
            traces::rename(span, format!("{method} {route}"));
            span.record("http.route", route);
        }
        span.record("http.response.status_code", status);
        if self.has_panicked {
            span.record("error.type", "panic");
        } else if status >= 500 {
            span.record("error.type", display(status));
        }
        if status >= 500 {
            span.record("otel.status_code", "ERROR");
        }
    }

    /// The client has all of it.
    fn end(mut self) {
        let Some(in_flight) = self.in_flight.take() else { return };
        let trace = self.arrival.is_kept().then(|| self.arrival.current().trace);
        let (route, status) = self.reply.take().unwrap_or_default();
        let took = if self.has_panicked {
            in_flight.panicked(Some(&route), status, trace)
        } else {
            in_flight.complete(trace)
        };
        self.write(&route, status, took);
    }

    fn write(&self, route: &str, status: u16, took: Duration) {
        // To the microsecond.
        let duration_ms = (took.as_secs_f64() * 1e6).round() / 1e3;
        let method = self.method.as_str();
        self.inside(|| tracing::info!(method, route, status, duration_ms, "request"));
    }
}

impl Drop for Visit {
    /// The client went away before the end of the reply: 499, as proxies log it.
    fn drop(&mut self) {
        let Some(in_flight) = self.in_flight.take() else { return };
        let took = in_flight.elapsed();
        drop(in_flight);
        self.span.record("error.type", "cancelled");
        let route = self.reply.take().map_or_else(|| "cancelled".to_owned(), |(route, _)| route);
        self.write(&route, 499, took);
    }
}

fn span_of(arrival: &Arrival, method: Method, id: &RequestId) -> Span {
    let span = tracing::info_span!(
        "request",
        otel.kind = "server",
        otel.name = method.as_str(),
        otel.status_code = Empty,
        request_id = id.as_str(),
        http.request.method = method.as_str(),
        http.route = Empty,
        http.response.status_code = Empty,
        error.type = Empty,
        user.id = Empty,
    );
    arrival.begin(&span);
    span
}

/// A body whose end is that of the request.
struct Watched {
    body: BoxBody,
    visit: Option<Visit>,
}

impl MessageBody for Watched {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let next = ready!(Pin::new(&mut self.body).poll_next(context));
        if next.is_none()
            && let Some(visit) = self.visit.take()
        {
            visit.end();
        }
        Poll::Ready(next)
    }
}
