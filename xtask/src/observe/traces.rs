//! One request whose client traces it, as the receiver gets it: the client's span is above the
//! route's, below that is what the service does, and below that are the calls of the store.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::json;
use tokio::time::sleep;

use super::report::Report;
use super::spans::{Span, read};
use super::stage::{Stage, Stand};
use crate::client::Api;
use crate::people::{STAFF_PASSWORD, random};

/// Spans wait for a second for others, and longer where the machine is busy.
const PATIENCE: Duration = Duration::from_secs(15);

const POLL: Duration = Duration::from_millis(200);

/// A login asks the store for an account, for its guesses and for a session, at least.
const FEWEST_CALLS: usize = 3;

const ROUTE: &str = "/api/auth/login";

/// What the service does for it (its `operationId`).
const USE_CASE: &str = "logIn";

/// What a client says of its trace.
#[derive(Debug)]
struct Told {
    trace: String,
    span: String,
}

impl Told {
    fn invent() -> Result<Self> {
        let part = || random(u64::MAX).map(|number| format!("{:016x}", number + 1));
        Ok(Self { trace: format!("{}{}", part()?, part()?), span: part()? })
    }

    fn header(&self) -> String {
        format!("00-{}-{}-01", self.trace, self.span)
    }
}

pub(super) async fn check(stage: &Stage, report: &mut Report) -> Result<()> {
    for stand in &stage.stands {
        let told = Told::invent()?;
        let login = json!({"email": "admin@demo.example", "password": STAFF_PASSWORD});
        let request = Api::new(&stand.server.base)?;
        request.post(ROUTE, login).header("traceparent", told.header()).expect(200).await?;
        let begun = Instant::now();
        let (spans, faults) = loop {
            let spans = received(stage, &told.trace)?;
            let faults = faults(&spans, &told, stand);
            if faults.is_empty() || begun.elapsed() > PATIENCE {
                break (spans, faults);
            }
            sleep(POLL).await;
        };
        let what = format!("spans, {}", stand.name);
        report.note(&what, shown(&spans, &told), faults);
    }
    Ok(())
}

/// The spans of a trace that have come so far.
fn received(stage: &Stage, trace: &str) -> Result<Vec<Span>> {
    let log = fs::read(&stage.receiver.log)?;
    let spans = read(&String::from_utf8_lossy(&log));
    Ok(spans.into_iter().filter(|span| span.trace == trace).collect())
}

fn faults(spans: &[Span], told: &Told, stand: &Stand) -> Vec<String> {
    let mut faults = Vec::new();
    let mut hold = |holds: bool, fault: &str| {
        if !holds {
            faults.push(format!("{fault}: {spans:?}"));
        }
    };
    let (routes, services, calls) = parted(spans);
    let ([route], [service]) = (routes.as_slice(), services.as_slice()) else {
        let (routes, services) = (routes.len(), services.len());
        return vec![format!("{routes} of the route, {services} of the service: {spans:?}")];
    };
    hold(route.parent == told.span, "the client's span is not above the route's");
    hold(route.name == format!("POST {ROUTE}"), "the route's span is not called by it");
    hold(route.attribute("http.route") == ROUTE, "the route's span does not say the route");
    hold(spans.iter().all(|span| span.service == "gacp-api"), "not all say whose they are");
    hold(calls.len() >= FEWEST_CALLS, "too few calls of the store");
    hold(service.parent == route.id, "the service's span is not below the route's");
    hold(service.name == USE_CASE, "the service's span is not called by what it does");
    hold(calls.iter().all(|call| call.parent == service.id), "a call is not below the service");
    let is_of_store = |call: &&&Span| call.attribute("db.system.name") == stand.system;
    hold(calls.iter().filter(is_of_store).count() == calls.len(), "a call of something else");
    faults
}

/// Those of routes, of what the service does, and of calls.
fn parted(spans: &[Span]) -> (Vec<&Span>, Vec<&Span>, Vec<&Span>) {
    let (routes, others): (Vec<_>, Vec<_>) =
        spans.iter().partition(|span| span.kind == "SPAN_KIND_SERVER");
    let (services, calls) = others.into_iter().partition(|span| span.kind == "SPAN_KIND_INTERNAL");
    (routes, services, calls)
}

/// `client 00f0… → POST /api/auth/login → logIn → accounts.find_by_email, …`.
fn shown(spans: &[Span], told: &Told) -> String {
    let (routes, services, calls) = parted(spans);
    let names = |spans: Vec<&Span>| {
        let names: Vec<&str> = spans.iter().map(|span| span.name.as_str()).collect();
        names.join(", ")
    };
    let (route, service, calls) = (names(routes), names(services), names(calls));
    format!("trace {}: client {} → {route} → {service} → {calls}", told.trace, told.span)
}
