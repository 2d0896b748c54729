//! `GET /api/openapi.json`: the description of the API (`OpenAPI` 3.1), made from the routes.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::Method;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{
    HttpMethod, OperationBuilder, Parameter, ParameterBuilder, ParameterIn, PathItem, PathsBuilder,
};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{Schema, SchemaType, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ArrayBuilder, ComponentsBuilder, InfoBuilder, LicenseBuilder, ObjectBuilder, OpenApi,
    OpenApiBuilder, Ref, RefOr, Required, ResponseBuilder,
};

use crate::access::Row;
use crate::http::describe::Operation;
use crate::http::limits;
use crate::http::problem::{Code, PROBLEM_JSON};
use crate::http::routes::{Described, Options, Routes};

const BEARER: &str = "bearer";

/// The description as it is sent.
pub(crate) struct Description {
    json: Vec<u8>,
    etag: String,
}

impl Description {
    /// The description of these routes.
    pub(crate) fn of(routes: &Routes) -> serde_json::Result<Self> {
        let json = serde_json::to_vec_pretty(&document(routes))?;
        let etag = format!("\"{}\"", gacp_keys::to_base64url(&gacp_keys::sha256(&json)));
        Ok(Self { json, etag })
    }

    pub(crate) fn json(&self) -> &[u8] {
        &self.json
    }

    pub(crate) fn etag(&self) -> &str {
        &self.etag
    }
}

/// The document that describes these routes.
pub(crate) fn document(routes: &Routes) -> OpenApi {
    let mut paths = PathsBuilder::new();
    let mut schemas = BTreeMap::from([("Problem".to_owned(), problem_schema())]);
    schemas.insert("Page".to_owned(), page_schema());
    let mut items: BTreeMap<&str, Vec<(HttpMethod, OperationBuilder)>> = BTreeMap::new();
    for Described { access, options, operation } in routes.described() {
        let mut operation = operation();
        schemas.extend(std::mem::take(&mut operation.components));
        let built = describe(access, options, operation);
        items.entry(access.path()).or_default().push((http_method(access.method()), built));
    }
    for (path, operations) in items {
        let mut item = PathItem::default();
        for (method, operation) in operations {
            item.merge_operations(PathItem::new(method, operation));
        }
        paths = paths.path(path, item);
    }
    let components = schemas
        .into_iter()
        .fold(ComponentsBuilder::new(), |components, schema| components.schema(schema.0, schema.1));
    OpenApiBuilder::new()
        .info(info())
        .paths(paths)
        .components(Some(components.security_scheme(BEARER, bearer_scheme()).build()))
        .build()
}

fn info() -> utoipa::openapi::Info {
    InfoBuilder::new()
        .title("GACP Platform")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Certification of medicinal-plant farms: farmers, staff, and the public \
             verification of certificates.\n\nEvery reply but those of `/health` says in \
             `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-11) how \
             often its client may ask and where it stands.",
        ))
        .license(Some(LicenseBuilder::new().name("GPL-3.0-or-later").build()))
        .build()
}

fn bearer_scheme() -> SecurityScheme {
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT");
    SecurityScheme::Http(scheme.build())
}

fn page_schema() -> RefOr<Schema> {
    let next = ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .description(Some("The cursor of the next page; null on the last."));
    let limit = ObjectBuilder::new().schema_type(Type::Integer);
    let page = ObjectBuilder::new().property("next", next).property("limit", limit);
    Schema::from(page.required("next").required("limit")).into()
}

/// The routes have no other methods than these.
fn http_method(method: &Method) -> HttpMethod {
    match method.as_str() {
        "POST" => HttpMethod::Post,
        "PATCH" => HttpMethod::Patch,
        "DELETE" => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}

/// RFC 9457, with the members that every problem here has.
fn problem_schema() -> RefOr<Schema> {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let error = ["pointer", "code", "detail"]
        .into_iter()
        .fold(ObjectBuilder::new(), |error, name| error.property(name, text()).required(name));
    let problem = ["type", "title", "code", "detail", "instance", "requestId"]
        .into_iter()
        .fold(ObjectBuilder::new(), |problem, name| problem.property(name, text()).required(name))
        .property("status", ObjectBuilder::new().schema_type(Type::Integer))
        .required("status")
        .property("errors", ArrayBuilder::new().items(error))
        .property("allowedActions", ArrayBuilder::new().items(text()));
    Schema::from(problem).into()
}

fn describe(access: &Row, options: Options, operation: Operation) -> OperationBuilder {
    let problems = problems_of(access, options, &operation);
    let description = format!("Who: {}.\n\n{}", access.who(), operation.details);
    let mut built = OperationBuilder::new()
        .tag(operation.tag)
        .operation_id(Some(access.id()))
        .summary(Some(operation.summary))
        .description(Some(description.trim_end()));
    for parameter in parameters(access.path(), options, &operation) {
        built = built.parameter(parameter);
    }
    if let Some(schema) = operation.body {
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let body = RequestBodyBuilder::new().content("application/json", content);
        built = built.request_body(Some(body.required(Some(Required::True)).build()));
    }
    if !access.is_public() {
        built = built.security(SecurityRequirement::new(BEARER, [""; 0]));
    }
    for (status, what, schema) in operation.replies {
        built = built.response(status.to_string(), reply(status, what, schema));
    }
    for (status, codes) in problems {
        let described = problem(&codes);
        let described = if status == 429 { with_limits(described) } else { described };
        built = built.response(status.to_string(), described);
    }
    built
}

fn reply(status: u16, what: &str, schema: Option<RefOr<Schema>>) -> ResponseBuilder {
    let response = ResponseBuilder::new().description(what);
    let response = match schema {
        Some(schema) => {
            let content = ContentBuilder::new().schema(Some(schema)).build();
            response.content("application/json", content)
        }
        None => response,
    };
    if status == 201 { response.header("Location", text_header("Where it is.")) } else { response }
}

fn text_header(description: &str) -> utoipa::openapi::Header {
    let schema = ObjectBuilder::new().schema_type(Type::String);
    HeaderBuilder::new().schema(Some(schema)).description(Some(description)).build()
}

fn problem(codes: &BTreeSet<&'static str>) -> ResponseBuilder {
    let names: Vec<String> = codes.iter().map(|code| format!("`{code}`")).collect();
    let schema = Ref::from_schema_name("Problem");
    ResponseBuilder::new()
        .description(names.join(", "))
        .content(PROBLEM_JSON, ContentBuilder::new().schema(Some(schema)).build())
}

/// What a client that asked too often is told in headers.
fn with_limits(refusal: ResponseBuilder) -> ResponseBuilder {
    let headers = [
        ("RateLimit", "Where the client stands: `\"login\";r=0;t=21`, the tightest first."),
        ("RateLimit-Policy", "The limits: `\"login\";q=60;w=60`, the tightest first."),
        ("Retry-After", "In how many seconds to ask again; at least 1."),
    ];
    headers
        .into_iter()
        .fold(refusal, |refusal, (name, meaning)| refusal.header(name, text_header(meaning)))
}

/// The codes of every status with which a route refuses.
fn problems_of(
    access: &Row,
    options: Options,
    operation: &Operation,
) -> BTreeMap<u16, BTreeSet<&'static str>> {
    let mut codes = vec![Code::NotAcceptable, Code::InternalError, Code::ServiceUnavailable];
    if operation.body.is_some() {
        codes.extend([Code::MalformedJson, Code::BodyTooLarge, Code::RequestTimeout]);
        codes.extend([Code::UnsupportedMediaType, Code::InvalidFields]);
        codes.extend([Code::UnknownField, Code::DuplicateKey]);
    }
    if !operation.parameters.is_empty() {
        codes.extend([Code::InvalidQuery, Code::InvalidCursor]);
    }
    if !access.is_public() {
        codes.push(Code::Unauthenticated);
    }
    if access.forbids() {
        codes.push(Code::Forbidden);
    }
    if options.is_idempotent() {
        codes.extend([Code::IdempotencyKeyReused, Code::IdempotencyInProgress]);
    }
    match operation.if_match {
        Some(Required::True) => codes.extend([Code::PreconditionRequired, Code::StaleVersion]),
        Some(Required::False) => codes.push(Code::StaleVersion),
        None => {}
    }
    if limits::layer::is_limited(access.path()) {
        codes.push(Code::RateLimited);
    }
    if access.path().contains('{') {
        codes.push(Code::NotFound);
    }
    if operation.body.is_some() || options.has_body() {
        codes.push(Code::StorageFull);
    }
    codes.extend(&operation.problems);
    let mut by_status: BTreeMap<u16, BTreeSet<&'static str>> = BTreeMap::new();
    for code in codes {
        by_status.entry(code.status().as_u16()).or_default().insert(code.as_str());
    }
    by_status
}

/// What stands in the path and the query, and the headers that a route reads.
fn parameters(path: &str, options: Options, operation: &Operation) -> Vec<Parameter> {
    let in_path = path.split('/').filter_map(|step| step.strip_prefix('{')?.strip_suffix('}'));
    let mut parameters: Vec<Parameter> =
        in_path.map(|name| text(name, ParameterIn::Path, Required::True, None)).collect();
    parameters.extend(operation.parameters.iter().cloned());
    if let Some(required) = operation.if_match.clone() {
        let meaning = "The entity tag of the state that is meant, or `*`.";
        parameters.push(text("If-Match", ParameterIn::Header, required, Some(meaning)));
    }
    if options.is_idempotent() {
        let meaning = "1–255 visible ASCII; the first reply is given again for 24 hours.";
        let header = ParameterIn::Header;
        parameters.push(text("Idempotency-Key", header, Required::False, Some(meaning)));
    }
    parameters
}

fn text(
    name: &str,
    place: ParameterIn,
    required: Required,
    meaning: Option<&'static str>,
) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(required)
        .description(meaning)
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build()
}
