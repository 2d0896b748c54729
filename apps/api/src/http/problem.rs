//! Problems, as clients read them (RFC 9457).

mod catalogue;
mod fields;
mod language;

use actix_web::HttpResponse;
use actix_web::http::header::{
    CONTENT_LANGUAGE, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, VARY,
};
use gacp_store::{Violation, Violations};
use serde::Serialize;
use serde_json::{Map, Value};

pub use self::catalogue::{Code, Text};
pub use self::language::Language;

/// The media type of every reply from 400 up.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// What went wrong with a request; [`render`](Self::render) makes the reply.
#[derive(Debug, Clone)]
pub struct Problem {
    /// What it is.
    pub code: Code,
    errors: Vec<Violation>,
    extensions: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    /// A problem of which nothing but its code is known.
    pub fn new(code: Code) -> Self {
        Self { code, errors: Vec::new(), extensions: Map::new(), headers: Vec::new() }
    }

    /// Fields that break rules; when all break the same structural one, the code names it.
    pub fn invalid(violations: &Violations) -> Self {
        let all = |code| violations.iter().all(|violation| violation.code == code);
        let code = match () {
            () if all("unknown-field") => Code::UnknownField,
            () if all("duplicate-key") => Code::DuplicateKey,
            () => Code::InvalidFields,
        };
        Self::new(code).about(violations)
    }

    /// The same problem with the fields that it is about.
    #[must_use]
    pub fn about(mut self, violations: &Violations) -> Self {
        self.errors = violations.iter().cloned().collect();
        self
    }

    /// The same problem with the actions that are possible instead.
    #[must_use]
    pub fn allowing<S: Into<String>>(self, actions: impl IntoIterator<Item = S>) -> Self {
        self.listing("allowedActions", actions)
    }

    /// The same problem with the reasons for it.
    #[must_use]
    pub fn because<S: Into<String>>(self, reasons: impl IntoIterator<Item = S>) -> Self {
        self.listing("reasons", reasons)
    }

    /// The same problem with what is missing.
    #[must_use]
    pub fn missing<S: Into<String>>(self, missing: impl IntoIterator<Item = S>) -> Self {
        self.listing("missing", missing)
    }

    fn listing<S: Into<String>>(self, name: &str, items: impl IntoIterator<Item = S>) -> Self {
        let items = items.into_iter().map(|item| Value::String(item.into())).collect();
        self.with(name, Value::Array(items))
    }

    /// The same problem with one member more (RFC 9457 §3.2).
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.extensions.insert(name.to_owned(), value);
        self
    }

    /// The same problem with a time after which trying again makes sense, in seconds.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        self.header(RETRY_AFTER, HeaderValue::from(seconds.max(1)))
    }

    /// The same problem with one header more.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The reply to the request of this id, in this language.
    pub fn render(&self, language: Language, request_id: &str) -> HttpResponse {
        let mut response = HttpResponse::build(self.code.status());
        response.insert_header((CONTENT_TYPE, PROBLEM_JSON));
        response.insert_header((CONTENT_LANGUAGE, language.tag()));
        response.insert_header((VARY, "Accept-Language"));
        for header in &self.headers {
            response.append_header(header.clone());
        }
        // Texts, numbers and a map with text keys always serialise.
        let body = serde_json::to_vec(&self.body(language, request_id)).unwrap_or_default();
        response.body(body)
    }

    fn body<'a>(&'a self, language: Language, request_id: &'a str) -> Body<'a> {
        let Text { title, detail } = self.code.text(language);
        let explain = |violation: &'a Violation| FieldError {
            pointer: &violation.pointer,
            code: &violation.code,
            detail: fields::detail(&violation.code, violation.limit.as_deref(), language),
        };
        Body {
            r#type: format!("urn:gacp:problem:{}", self.code.as_str()),
            title,
            status: self.code.status().as_u16(),
            code: self.code.as_str(),
            detail,
            instance: request_id,
            request_id,
            errors: self.errors.iter().map(explain).collect(),
            extensions: &self.extensions,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    r#type: String,
    title: &'static str,
    status: u16,
    code: &'static str,
    detail: &'static str,
    instance: &'a str,
    request_id: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError<'a>>,
    #[serde(flatten)]
    extensions: &'a Map<String, Value>,
}

#[derive(Serialize)]
struct FieldError<'a> {
    pointer: &'a str,
    code: &'a str,
    detail: String,
}
