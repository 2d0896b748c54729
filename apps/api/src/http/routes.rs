//! The table of routes: which address knows which methods, and what each asks of a request.

use std::future::ready;

use actix_web::dev::Handler;
use actix_web::http::Method;
use actix_web::http::header::ALLOW;
use actix_web::middleware::from_fn;
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder, Route, guard, web};
use gacp_store::PageRequest;

use super::describe::Operation;
use super::negotiate::JSON;
use super::{ApiError, Filter, Limit, Paged, body, page, pipeline};

/// Whether the query of a request can be read.
type QueryCheck = fn(&HttpRequest) -> Result<(), ApiError>;

/// What a route asks of a request before its handler sees it.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    pub(super) signed_in: bool,
    /// The largest JSON body that it reads; nothing when it reads none.
    pub(super) body_limit: Option<usize>,
    /// Whether no body at all stands for an empty object, whatever type was announced.
    pub(super) body_optional: bool,
    pub(super) idempotent: bool,
    /// What it is limited by beside what everything is, per address.
    pub(super) limit: Option<Limit>,
    pub(super) produces: &'static [&'static str],
    pub(super) cache: Option<&'static str>,
    /// Looks at the query before anybody asks who sent it: 400 comes before 401.
    pub(super) query: Option<QueryCheck>,
}

impl Options {
    /// Open to everybody.
    pub const fn public() -> Self {
        Self {
            signed_in: false,
            body_limit: None,
            body_optional: false,
            idempotent: false,
            limit: None,
            produces: &[JSON],
            cache: None,
            query: None,
        }
    }

    /// Open to whoever is signed in.
    pub const fn bearer() -> Self {
        Self { signed_in: true, ..Self::public() }
    }

    /// Reads the parameters of a list, filtered by `F`; its handler takes a `List<F>`.
    #[must_use]
    pub const fn lists<F: Filter>(self) -> Self {
        self.lists_by::<F, PageRequest>()
    }

    /// Reads the parameters of a list in an order of its own; its handler takes a `List<F, P>`.
    #[must_use]
    pub const fn lists_by<F: Filter, P: Paged>(self) -> Self {
        Self { query: Some(page::check::<F, P>), ..self }
    }

    /// Takes a JSON body.
    #[must_use]
    pub const fn json(self) -> Self {
        Self { body_limit: Some(body::NORMAL), ..self }
    }

    /// Takes a JSON body, or none: an action without parameters.
    #[must_use]
    pub const fn optional_json(self) -> Self {
        Self { body_optional: true, ..self.json() }
    }

    /// Takes a JSON body that may hold a boundary.
    #[must_use]
    pub const fn large_json(self) -> Self {
        Self { body_limit: Some(body::LARGE), ..self }
    }

    /// Can be sent again with an `Idempotency-Key`.
    #[must_use]
    pub const fn idempotent(self) -> Self {
        Self { idempotent: true, ..self }
    }

    /// Can be asked by one address only so often.
    #[must_use]
    pub const fn limited(self, limit: Limit) -> Self {
        Self { limit: Some(limit), ..self }
    }

    /// Answers in these media types, the preferred first; with none, whatever the client takes.
    #[must_use]
    pub const fn produces(self, media_types: &'static [&'static str]) -> Self {
        Self { produces: media_types, ..self }
    }

    /// Whether it is only for whoever is signed in.
    pub(crate) fn is_signed_in(self) -> bool {
        self.signed_in
    }

    /// Whether it can be sent again with an `Idempotency-Key`.
    pub(crate) fn is_idempotent(self) -> bool {
        self.idempotent
    }

    /// Whether it reads a body.
    pub(crate) fn has_body(self) -> bool {
        self.body_limit.is_some()
    }

    /// Answers, refusals too, that nobody may keep: they hold credentials.
    #[must_use]
    pub const fn no_store(self) -> Self {
        self.cached("no-store")
    }

    /// Answers that are kept by this rule (`Cache-Control`) unless the handler says otherwise.
    #[must_use]
    pub const fn cached(self, rule: &'static str) -> Self {
        Self { cache: Some(rule), ..self }
    }
}

/// Every route of the application, for the router and for whoever describes them.
#[derive(Default)]
pub struct Routes {
    rows: Vec<Row>,
}

struct Row {
    method: Method,
    path: &'static str,
    options: Options,
    operation: Option<fn() -> Operation>,
    route: Route,
}

/// A route as its description needs it.
pub(crate) struct Described {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) options: Options,
    pub(crate) operation: fn() -> Operation,
}

impl Routes {
    /// No routes yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads something; `HEAD` comes with it.
    #[must_use]
    pub fn get<F, Args>(self, path: &'static str, options: Options, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.route(Method::GET, path, options, handler)
    }

    /// Creates something, or acts.
    #[must_use]
    pub fn post<F, Args>(self, path: &'static str, options: Options, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.route(Method::POST, path, options, handler)
    }

    /// Changes something.
    #[must_use]
    pub fn patch<F, Args>(self, path: &'static str, options: Options, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.route(Method::PATCH, path, options, handler)
    }

    /// Removes something.
    #[must_use]
    pub fn delete<F, Args>(self, path: &'static str, options: Options, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.route(Method::DELETE, path, options, handler)
    }

    fn route<F, Args>(
        mut self,
        method: Method,
        path: &'static str,
        options: Options,
        handler: F,
    ) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let steps = from_fn(move |request, next| pipeline::run(options, request, next));
        let route = guarded(&method).to(handler).wrap(steps);
        self.rows.push(Row { method, path, options, operation: None, route });
        self
    }

    /// Describes the route that was added last.
    #[must_use]
    pub(crate) fn says(mut self, operation: fn() -> Operation) -> Self {
        if let Some(row) = self.rows.last_mut() {
            row.operation = Some(operation);
        }
        self
    }

    /// The routes that are described.
    pub(crate) fn described(&self) -> impl Iterator<Item = Described> {
        self.rows.iter().filter_map(|row| {
            let operation = row.operation?;
            let Row { path, options, .. } = *row;
            Some(Described { method: row.method.clone(), path, options, operation })
        })
    }

    /// These routes and those of another table.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.rows.extend(others.rows);
        self
    }

    /// Method and path of every route, sorted.
    pub fn list(&self) -> Vec<(String, String)> {
        let row = |row: &Row| (row.method.to_string(), row.path.to_owned());
        let mut list: Vec<_> = self.rows.iter().map(row).collect();
        list.sort_unstable();
        list
    }

    /// Registers the routes: one resource per path, so that a wrong method is told apart from a
    /// wrong address.
    pub(super) fn configure(mut self, config: &mut web::ServiceConfig) {
        // `/farms/near` before `/farms/{id}`: the router takes the first pattern that fits.
        self.rows.sort_by(|a, b| specificity(a.path).cmp(&specificity(b.path)));
        let mut rows = self.rows.into_iter().peekable();
        while let Some(first) = rows.next() {
            let path = first.path;
            let mut methods = vec![first.method];
            let mut resource = web::resource(path).route(first.route);
            while let Some(row) = rows.next_if(|row| row.path == path) {
                methods.push(row.method);
                resource = resource.route(row.route);
            }
            let allow = allowed(&methods);
            let other = move |request: HttpRequest| ready(other_method(&request, &allow));
            config.service(resource.default_service(web::to(other)));
        }
        config.default_service(web::to(nowhere));
    }
}

/// actix knows no `HEAD` by itself; it leaves the body out.
fn guarded(method: &Method) -> Route {
    if *method == Method::GET {
        return web::route().guard(guard::Any(guard::Get()).or(guard::Head()));
    }
    web::method(method.clone())
}

/// Sorts literal steps before parameters, and is equal for equal paths only.
fn specificity(path: &str) -> Vec<(bool, &str)> {
    path.split('/').map(|step| (step.contains('{'), step)).collect()
}

/// The value of `Allow`.
fn allowed(methods: &[Method]) -> String {
    let mut names: Vec<&str> = methods.iter().map(Method::as_str).collect();
    names.sort_unstable();
    if methods.contains(&Method::GET) {
        names.push("HEAD");
    }
    names.push("OPTIONS");
    names.join(", ")
}

/// A method that the address does not know; `OPTIONS` asks which it knows.
fn other_method(request: &HttpRequest, allow: &str) -> Result<HttpResponse, ApiError> {
    if request.method() == Method::OPTIONS {
        return Ok(HttpResponse::NoContent().insert_header((ALLOW, allow)).finish());
    }
    Err(ApiError::MethodNotAllowed { allow: allow.to_owned() })
}

/// An address that nothing is at.
async fn nowhere() -> Result<HttpResponse, ApiError> {
    Err(ApiError::NotFound)
}
