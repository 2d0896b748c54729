//! From a failure to its cause.

use std::rc::Rc;

use super::super::data::Given;
use super::super::engine::Fault;
use super::super::scenario::Body;
use super::super::template::{Source, Template};
use super::super::tokens::expires_at;
use super::{Class, Failure, Heard, Reply};

/// The class of a failure, and what in particular it is.
pub(super) fn classify(failure: &Failure<'_>) -> (Class, String) {
    match &failure.heard {
        Heard::Unsent(name) => (Class::Scenario, format!("`{name}` has no value here")),
        Heard::Nothing(fault) => fault_class(fault),
        Heard::Reply(reply) => of_reply(failure, reply),
    }
}

fn fault_class(fault: &Fault) -> (Class, String) {
    let class = match fault {
        Fault::Unreachable(_) | Fault::Lost(_) => Class::Connection,
        Fault::Late => Class::Timeout,
        Fault::NoConnection => Class::Generator,
        Fault::Unreadable(_) => Class::Unexplained,
    };
    (class, fault.to_string())
}

fn of_reply(failure: &Failure<'_>, reply: &Reply) -> (Class, String) {
    let unmet = failure.unmet.join("; ");
    if reply.status < 400 {
        return (Class::Drift, unmet);
    }
    let code = reply.code.as_deref().unwrap_or_default();
    match reply.status {
        429 => (Class::RateLimited, code.to_owned()),
        503 if code == "temporarily-overloaded" => (Class::Shed, code.to_owned()),
        503 if !reply.breakers.is_empty() => {
            (Class::BreakerOpen, format!("{code}: {}", reply.breakers.join(", ")))
        }
        503 if reply.retry_after.is_some() => (Class::Shed, code.to_owned()),
        500.. => (Class::ServerError, format!("{} {code}", reply.status)),
        // The status was expected, something else was not.
        _ if !failure.is_refusal && !unmet.contains("status ") => (Class::Drift, unmet),
        // Whoever answers without a code is not the server that this is about.
        _ if code.is_empty() => (Class::Unexplained, format!("{} without a code", reply.status)),
        status => refusal(failure, reply, (status, code)),
    }
}

/// A 4xx of the server.
fn refusal(failure: &Failure<'_>, reply: &Reply, (status, code): (u16, &str)) -> (Class, String) {
    let path = || {
        let query = failure.request.query.iter().map(|(_, template)| template);
        query.chain([&failure.request.url]).collect::<Vec<_>>()
    };
    let plain = || code.to_owned();
    match (status, code) {
        (400 | 422, _) if !reply.fields.is_empty() => fields(failure, reply, code),
        (401, "invalid-credentials") => {
            let given = is_given(failure, &body(failure));
            let class = if given { Class::FixtureRow } else { Class::Scenario };
            (class, format!("{code}: no such account, or another password"))
        }
        (401, "invalid-refresh-token" | "refresh-token-reused") => {
            if is_given(failure, &body(failure)) {
                (Class::FixtureRow, plain())
            } else {
                (Class::RefusedToken, plain())
            }
        }
        (401, _) => unauthenticated(failure, code),
        (403, _) => (Class::Forbidden, plain()),
        (409 | 412, _) => (Class::Conflict, plain()),
        (400 | 404 | 422, _) if is_given(failure, &path()) => {
            (Class::FixtureRow, format!("{code}: what the row names is not there"))
        }
        (400 | 404 | 405 | 406 | 408 | 413 | 415 | 422 | 428, _) => {
            (Class::Scenario, format!("{status} {code}"))
        }
        _ => (Class::Unexplained, format!("{status} {code}")),
    }
}

/// Fields that are refused: the row's fault when it gave one of them.
fn fields(failure: &Failure<'_>, reply: &Reply, code: &str) -> (Class, String) {
    let shown: Vec<_> = reply.fields.iter().map(|(at, what)| format!("{at} {what}")).collect();
    let detail = format!("{code}: {}", shown.join(", "));
    let Body::Json(shape) = &failure.request.body else { return (Class::Validation, detail) };
    let mut templates = Vec::new();
    reply.fields.iter().for_each(|(at, _)| shape.at(at).add_templates(&mut templates));
    let class = if is_given(failure, &templates) { Class::FixtureRow } else { Class::Validation };
    (class, detail)
}

fn unauthenticated(failure: &Failure<'_>, code: &str) -> (Class, String) {
    let bearer = failure.asked.as_ref().and_then(|asked| asked.header("authorization"));
    let Some(bearer) = bearer else {
        return (Class::Scenario, format!("{code}: no token is sent"));
    };
    let expiry = bearer.strip_prefix("Bearer ").and_then(expires_at);
    let headers: Vec<&Template> = failure.request.headers.iter().map(|(_, it)| it).collect();
    match expiry {
        Some(expiry) if expiry <= failure.at => {
            (Class::ExpiredToken, format!("{code}: the token was too old"))
        }
        _ if is_given(failure, &headers) => {
            (Class::FixtureRow, format!("{code}: the row's token is none of this server"))
        }
        _ => (Class::RefusedToken, code.to_owned()),
    }
}

fn body<'a>(failure: &Failure<'a>) -> Vec<&'a Template> {
    let mut templates = Vec::new();
    match &failure.request.body {
        Body::Json(shape) => shape.add_templates(&mut templates),
        Body::Text(text) => templates.push(text),
        Body::None => {}
    }
    templates
}

/// Whether a row of a data file gave something that is filled in there.
fn is_given(failure: &Failure<'_>, templates: &[&Template]) -> bool {
    let mut sources = templates.iter().flat_map(|template| template.sources());
    sources.any(|source| match source {
        Source::Variable { name, .. } => {
            failure.rows.iter().any(|row: &Rc<Given>| row.value(name).is_some())
        }
        Source::RandomString(_) | Source::RandomNumber(..) | Source::Uuid => false,
    })
}
