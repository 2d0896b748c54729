//! The application: the shell around the routes.

use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::{Condition, from_fn};
use actix_web::{App, web};
use gacp_cache::{ReadThrough, Writes};
use gacp_keys::Keyring;
use gacp_resilience::gate::Gate;
use gacp_store::ReceiptStore;
use gacp_telemetry::metrics::HttpMetrics;
use gacp_telemetry::traces::Traces;

use super::tidied::Tidied;
use super::{ApiError, Authenticate, Limits, Routes, headers, limits, shell};
use crate::clock::Clock;
use crate::network::Network;

/// What the shell needs to do its part. Clones are one shell; a worker that has a clone of its own
/// does not wait for the others to count who holds it.
#[derive(Clone)]
pub struct Shell {
    /// What time it is.
    pub clock: Clock,
    /// Finds out who calls.
    pub authenticate: Arc<dyn Authenticate>,
    /// Where replies to idempotent requests are kept.
    pub receipts: Arc<dyn ReceiptStore>,
    /// Names idempotent requests and seals cursors.
    pub keyring: Keyring,
    /// The proxies whose word on where a request comes from is taken.
    pub trusted_proxies: Vec<Network>,
    /// How often clients may ask; nothing when they are not counted.
    pub limits: Option<Arc<Limits>>,
    /// The origins whose pages may use the API.
    pub origins: Vec<String>,
    /// Whether clients come over HTTPS.
    pub behind_tls: bool,
    /// Counts requests.
    pub metrics: HttpMetrics,
    /// Which traces they belong to.
    pub traces: Traces,
    /// Before everything that requests do.
    pub ingress: Gate,
    /// Replies that are kept, if any are.
    pub replies: Option<ReadThrough<StatusCode>>,
    /// What has been written, for those.
    pub writes: Writes,
}

/// Builds the application; `services` adds the data that the handlers take.
pub fn app(
    shell: web::Data<Shell>,
    routes: Routes,
    services: &dyn Fn(&mut web::ServiceConfig),
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<BoxBody>,
        Error = actix_web::Error,
        InitError = (),
    > + use<>,
> {
    let cors = Condition::new(!shell.origins.is_empty(), headers::cors(&shell.origins));
    App::new()
        .app_data(shell)
        .app_data(web::PathConfig::default().error_handler(no_such_thing))
        .configure(services)
        .configure(|config| routes.configure(config))
        .wrap(Tidied)
        // Inside of CORS: a page must be able to read that it was refused, and until when.
        .wrap(from_fn(limits::layer::run))
        .wrap(cors)
        .wrap(from_fn(shell::run))
}

/// A path whose parameter is no id names nothing.
fn no_such_thing(_: actix_web::error::PathError, _: &actix_web::HttpRequest) -> actix_web::Error {
    ApiError::NotFound.into()
}
