//! The table of routes: which address knows which methods, and what each asks of a request.

use std::future::ready;
use std::iter::Peekable;
use std::rc::Rc;
use std::time::Duration;

use actix_web::dev::Handler;
use actix_web::http::Method;
use actix_web::http::header::ALLOW;
use actix_web::middleware::from_fn;
use actix_web::{FromRequest, HttpRequest, HttpResponse, Resource, Responder, Route, guard, web};
use gacp_resilience::gate::Priority;
use gacp_store::PageRequest;

use super::cached::Rule;
use super::describe::Operation;
use super::ingress::Admission;
use super::negotiate::JSON;
use super::{ApiError, Filter, Limit, Paged, body, page, pipeline};
use crate::access::Row;

/// How long a request is worked on at most: clients and proxies wait for longer.
const DEADLINE: Duration = Duration::from_secs(10);

/// Whether the query of a request can be read.
type QueryCheck = fn(&HttpRequest) -> Result<(), ApiError>;

/// What a route asks of a request before its handler sees it.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The largest JSON body that it reads; nothing when it reads none.
    pub(super) body_limit: Option<usize>,
    /// Whether no body at all stands for an empty object, whatever type was announced.
    pub(super) body_optional: bool,
    pub(super) idempotent: bool,
    /// What it is limited by beside what everything is, per address.
    pub(super) limit: Option<Limit>,
    pub(super) produces: &'static [&'static str],
    pub(super) cache: Option<&'static str>,
    /// How the server keeps its replies, if it does.
    pub(super) kept: Option<&'static Rule>,
    /// Looks at the query before anybody asks who sent it: 400 comes before 401.
    pub(super) query: Option<QueryCheck>,
    /// When it is worked on, where that is said.
    admission: Option<Admission>,
    /// How long it may be worked on.
    pub(super) deadline: Duration,
}

impl Options {
    /// Nothing beside what every route asks.
    pub const fn plain() -> Self {
        Self {
            body_limit: None,
            body_optional: false,
            idempotent: false,
            limit: None,
            produces: &[JSON],
            cache: None,
            kept: None,
            query: None,
            admission: None,
            deadline: DEADLINE,
        }
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

    /// Is answered at once, however much else there is to do.
    #[must_use]
    pub const fn always(self) -> Self {
        Self { admission: Some(Admission::Always), ..self }
    }

    /// Goes before whatever is less urgent when there is much to do.
    #[must_use]
    pub const fn urgent(self) -> Self {
        Self { admission: Some(Admission::Turn(Priority::High)), ..self }
    }

    /// Is worked on for so long and no longer.
    #[must_use]
    pub const fn within(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }

    /// When it is worked on: lists wait for everything else.
    pub(super) fn admission(self) -> Admission {
        let usual = if self.query.is_some() { Priority::Low } else { Priority::Normal };
        self.admission.unwrap_or(Admission::Turn(usual))
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

    /// Answers that the server keeps by this rule.
    #[must_use]
    pub const fn kept(self, rule: &'static Rule) -> Self {
        Self { kept: Some(rule), ..self }
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
    entries: Vec<Entry>,
}

struct Entry {
    access: &'static Row,
    options: Options,
    operation: Option<fn() -> Operation>,
    route: Route,
}

/// A route as its description needs it.
pub(crate) struct Described {
    pub(crate) access: &'static Row,
    pub(crate) options: Options,
    pub(crate) operation: fn() -> Operation,
}

impl Routes {
    /// No routes yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A route by its row in the table of access, which says its method and path and guards it;
    /// `HEAD` comes with `GET`.
    #[must_use]
    pub fn on<F, Args>(mut self, access: &'static Row, options: Options, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        // Every request takes it along: it is small then.
        let shared = Rc::new(options);
        let steps =
            from_fn(move |request, next| pipeline::run(access, Rc::clone(&shared), request, next));
        let route = guarded(access.method()).to(handler).wrap(steps);
        self.entries.push(Entry { access, options, operation: None, route });
        self
    }

    /// Describes the route that was added last.
    #[must_use]
    pub(crate) fn says(mut self, operation: fn() -> Operation) -> Self {
        if let Some(entry) = self.entries.last_mut() {
            entry.operation = Some(operation);
        }
        self
    }

    /// The routes that are described.
    pub(crate) fn described(&self) -> impl Iterator<Item = Described> {
        self.entries.iter().filter_map(|entry| {
            let Entry { access, options, operation, .. } = entry;
            operation.map(|operation| Described { access, options: *options, operation })
        })
    }

    /// These routes and those of another table.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.entries.extend(others.entries);
        self
    }

    /// The path of every route, as a template.
    pub fn paths(&self) -> impl Iterator<Item = &'static str> {
        self.entries.iter().map(|Entry { access, .. }| access.path())
    }

    /// Method and path of every route, sorted.
    pub fn list(&self) -> Vec<(String, String)> {
        let row =
            |Entry { access, .. }: &Entry| (access.method().to_string(), access.path().to_owned());
        let mut list: Vec<_> = self.entries.iter().map(row).collect();
        list.sort_unstable();
        list
    }

    /// Registers the routes: one resource per path, so that a wrong method is told apart from a
    /// wrong address.
    pub(super) fn configure(mut self, config: &mut web::ServiceConfig) {
        // `/farms/near` before `/farms/{id}`: the router takes the first pattern that fits.
        self.entries
            .sort_by(|a, b| specificity(a.access.path()).cmp(&specificity(b.access.path())));
        let mut entries = self.entries.into_iter().peekable();
        while let Some(first) = entries.peek() {
            let Some(area) = area(first.access.path()) else {
                config.service(resource("", &mut entries));
                continue;
            };
            let mut scope = web::scope(area);
            while entries.peek().is_some_and(|it| self::area(it.access.path()) == Some(area)) {
                scope = scope.service(resource(area, &mut entries));
            }
            config.service(scope);
        }
        config.default_service(web::to(nowhere));
    }
}

/// The next path of sorted entries, with its methods, as it is called within an area.
fn resource(area: &str, entries: &mut Peekable<impl Iterator<Item = Entry>>) -> Resource {
    let path = entries.peek().map_or("", |entry| entry.access.path());
    let mut methods = Vec::new();
    let mut resource = web::resource(path.strip_prefix(area).unwrap_or(path));
    while let Some(entry) = entries.next_if(|entry| entry.access.path() == path) {
        methods.push(entry.access.method().clone());
        resource = resource.route(entry.route);
    }
    let allow = allowed(&methods);
    resource
        .default_service(web::to(move |request: HttpRequest| ready(other_method(&request, &allow))))
}

/// `/api/farms` of `/api/farms/{id}`: where that is not the beginning of a path, none of its
/// patterns need be tried.
fn area(pattern: &str) -> Option<&str> {
    let (parameter, _) = pattern.match_indices("/{").next()?;
    let (end, _) = pattern.match_indices('/').nth(2)?;
    pattern.get(..end).filter(|_| end <= parameter)
}

/// actix knows no `HEAD` by itself; it leaves the body out.
fn guarded(method: &Method) -> Route {
    if *method == Method::GET {
        return web::route().guard(guard::Any(guard::Get()).or(guard::Head()));
    }
    web::method(method.clone())
}

/// Sorts whole literals before patterns, which cost more to try, and among these literal steps
/// before parameters; is equal for equal paths only.
fn specificity(path: &str) -> (bool, Vec<(bool, &str)>) {
    let is_pattern = |text: &str| text.contains('{');
    (is_pattern(path), path.split('/').map(|step| (is_pattern(step), step)).collect())
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
