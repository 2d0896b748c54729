//! What operators and load balancers ask, and the page that says what this is.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, ETAG, HeaderValue};
use actix_web::web;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::access;
use crate::http::describe::Operation;
use crate::http::reply::{self, Reply};
use crate::http::{ApiError, Options, Routes};
use crate::openapi::Description;
use crate::readiness::{Checks, Readiness};

/// Nothing is loaded, run or embedded: it is a page of text and links.
const POLICY: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Whatever the client takes: these are asked by machines that say nothing or anything.
const ANYTHING: Options = Options::plain().produces(&[]).always();

/// `/`, `/health/live`, `/health/ready`, `/api/openapi.json`.
pub fn routes() -> Routes {
    fn op(summary: &'static str) -> Operation {
        Operation::new("operations", summary)
    }
    Routes::new()
        .on(&access::SHOW_INDEX, ANYTHING.cached("no-cache"), index)
        .says(|| op("What this is, and where the rest is.").returns_nothing(200, "HTML."))
        .on(&access::CHECK_LIVENESS, ANYTHING.no_store(), live)
        .says(|| op("The process answers.").returns_document("It lives."))
        .on(&access::CHECK_READINESS, ANYTHING.no_store(), ready)
        .says(|| {
            op("Whether the process should get requests.")
                .returns_document("It should; each dependency, circuit breaker and limit by name.")
        })
        .on(&access::DESCRIBE, Options::plain(), describe)
        .says(|| op("This description (OpenAPI 3.1).").returns_document("The description."))
}

#[derive(Serialize)]
struct Health {
    status: &'static str,
    #[serde(skip_serializing_if = "Map::is_empty")]
    checks: Map<String, Value>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    breakers: Map<String, Value>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    limits: Map<String, Value>,
}

/// `GET /`: what this is, and where the rest is.
async fn index() -> Reply {
    let page = include_str!("operations/index.html").as_bytes().to_vec();
    reply::bytes("text/html; charset=utf-8", page)
        .with((CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)))
}

/// `GET /api/openapi.json`: the description of the API.
async fn describe(description: web::Data<Description>) -> Reply {
    reply::bytes("application/json", description.json().to_vec())
        .with((CACHE_CONTROL, HeaderValue::from_static("no-cache")))
        .with((ETAG, description.etag()))
}

/// `GET /health/live`: the process answers; nothing else is asked.
async fn live() -> Reply {
    let [checks, breakers, limits] = <[Map<String, Value>; 3]>::default();
    reply::plain(&Health { status: "live", checks, breakers, limits })
}

/// `GET /health/ready`: whether the process should get requests.
async fn ready(readiness: web::Data<Readiness>) -> Result<Reply, ApiError> {
    let Checks { is_ready, is_degraded, states: checks, breakers, limits } =
        readiness.check().await;
    if !is_ready {
        let details = [("checks", checks), ("breakers", breakers), ("limits", limits)];
        let told = details.into_iter().filter(|(_, detail)| !detail.is_empty());
        let details = told.map(|(name, detail)| (name, Value::Object(detail))).collect();
        return Err(ApiError::NotReady { details });
    }
    let status = if is_degraded { "degraded" } else { "ready" };
    Ok(reply::plain(&Health { status, checks, breakers, limits }))
}
