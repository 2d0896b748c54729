//! An HTTP client that speaks the API's words: bearers, versions, problems.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Error, Result, anyhow, bail};
use reqwest::Method;
use reqwest::header::{CONNECTION, HeaderMap, HeaderValue};
use serde_json::Value;

use crate::meter::Meter;

/// The deadline of a request: an honest reply comes within it, and a hanging server ends the run.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(10);

/// How much of a reply is shown when it is not the expected one.
const SHOWN_CHARACTERS: usize = 2_000;

/// A server, and the connections to it.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    base: String,
    http: reqwest::Client,
    meter: Option<Arc<Meter>>,
}

impl Api {
    /// A client of the server at `base`, such as `http://127.0.0.1:8080`.
    pub(crate) fn new(base: &str) -> Result<Self> {
        let http = reqwest::Client::builder().timeout(TIMEOUT).no_proxy().build()?;
        Ok(Self { base: base.trim_end_matches('/').to_owned(), http, meter: None })
    }

    /// A client that opens a connection for each request, and closes it behind the reply.
    pub(crate) fn renewing(base: &str) -> Result<Self> {
        let mut headers = HeaderMap::new();
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
        let http = reqwest::Client::builder().timeout(TIMEOUT).no_proxy();
        let http = http.pool_max_idle_per_host(0).default_headers(headers).build()?;
        Ok(Self { http, ..Self::new(base)? })
    }

    /// The same client, with every request measured.
    pub(crate) fn measured_by(&self, meter: &Arc<Meter>) -> Self {
        Self { meter: Some(meter.clone()), ..self.clone() }
    }

    pub(crate) fn get(&self, path: impl Into<String>) -> Call<'_> {
        self.call(Method::GET, path)
    }

    pub(crate) fn post(&self, path: impl Into<String>, body: Value) -> Call<'_> {
        self.call(Method::POST, path).json(body)
    }

    pub(crate) fn call(&self, method: Method, path: impl Into<String>) -> Call<'_> {
        Call { api: self, method, path: path.into(), headers: Vec::new(), body: None }
    }
}

/// A request that is being put together.
#[derive(Debug, Clone)]
#[must_use = "a call does nothing until it is sent"]
pub(crate) struct Call<'a> {
    api: &'a Api,
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Option<Value>,
}

impl Call<'_> {
    pub(crate) fn json(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("Authorization", format!("Bearer {token}"))
    }

    /// Only if the resource is still what this entity tag was read from.
    pub(crate) fn if_match(self, tag: &str) -> Self {
        self.header("If-Match", tag)
    }

    pub(crate) fn idempotency_key(self, key: &str) -> Self {
        self.header("Idempotency-Key", key)
    }

    /// Sends it and returns the reply, whatever its status.
    pub(crate) async fn send(self) -> Result<Reply> {
        let Some(meter) = self.api.meter.clone() else { return self.exchange().await };
        let (method, path) = (self.method.clone(), self.path.clone());
        meter.begins()?;
        let reply = self.exchange().await?;
        meter.ends(&method, &path, &reply).await?;
        Ok(reply)
    }

    async fn exchange(self) -> Result<Reply> {
        let asked = self.to_string();
        let mut request =
            self.api.http.request(self.method.clone(), format!("{}{}", self.api.base, self.path));
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if let Some(body) = &self.body {
            request = request.json(body);
        }
        let sent = async {
            let response = request.send().await?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            Ok::<_, reqwest::Error>((status, headers, response.text().await?))
        };
        let begun = Instant::now();
        let (status, headers, text) =
            sent.await.with_context(|| format!("no reply to\n{asked}"))?;
        let took = begun.elapsed();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Reply { asked, took, status, headers, text, body })
    }

    /// Sends it; a reply of another status is an error that shows both.
    pub(crate) async fn expect(self, status: u16) -> Result<Reply> {
        let reply = self.send().await?;
        if reply.status == status {
            return Ok(reply);
        }
        Err(reply.unlike(&format!("status {status}")))
    }

    /// Sends it; anything but this problem is an error.
    pub(crate) async fn expect_problem(self, status: u16, code: &str) -> Result<Reply> {
        let reply = self.expect(status).await?;
        let kind = reply.header("content-type").unwrap_or_default();
        if reply.at("/code") == code && kind.starts_with("application/problem+json") {
            return Ok(reply);
        }
        Err(reply.unlike(&format!("problem+json with the code {code}")))
    }
}

/// The request as it is shown when its reply surprises; a bearer token is not.
impl fmt::Display for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        for (name, value) in &self.headers {
            let value = if *name == "Authorization" { "Bearer …" } else { value };
            write!(f, "\n{name}: {value}")?;
        }
        self.body.as_ref().map_or(Ok(()), |body| write!(f, "\n\n{body:#}"))
    }
}

/// What came back, with the request that it answers.
#[derive(Debug)]
pub(crate) struct Reply {
    asked: String,
    /// From before the request was sent until the whole reply was there.
    pub(crate) took: Duration,
    pub(crate) status: u16,
    headers: HeaderMap,
    /// The body as it came.
    pub(crate) text: String,
    body: Value,
}

impl Reply {
    /// The value at a JSON pointer; null where there is none.
    pub(crate) fn at(&self, pointer: &str) -> &Value {
        self.body.pointer(pointer).unwrap_or(&Value::Null)
    }

    /// The string at a JSON pointer.
    pub(crate) fn string(&self, pointer: &str) -> Result<String> {
        let value = self.at(pointer).as_str().map(str::to_owned);
        value.ok_or_else(|| self.unlike(&format!("a string at {pointer}")))
    }

    /// The number at a JSON pointer.
    pub(crate) fn number(&self, pointer: &str) -> Result<f64> {
        self.at(pointer).as_f64().ok_or_else(|| self.unlike(&format!("a number at {pointer}")))
    }

    /// The list at a JSON pointer.
    pub(crate) fn list(&self, pointer: &str) -> Result<&[Value]> {
        let list = self.at(pointer).as_array().map(Vec::as_slice);
        list.ok_or_else(|| self.unlike(&format!("a list at {pointer}")))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The entity tag, to be sent back in `If-Match`.
    pub(crate) fn tag(&self) -> Result<String> {
        let tag = self.header("etag").map(str::to_owned);
        tag.ok_or_else(|| self.unlike("an ETag"))
    }

    /// Fails unless the value at a pointer is this one.
    pub(crate) fn check(&self, pointer: &str, value: impl Into<Value>) -> Result<()> {
        let value = value.into();
        if *self.at(pointer) == value {
            return Ok(());
        }
        Err(self.unlike(&format!("{value} at {pointer}")))
    }

    /// Fails with `wanted` unless `holds`.
    pub(crate) fn ensure(&self, holds: bool, wanted: &str) -> Result<()> {
        if !holds {
            bail!(self.unlike(wanted));
        }
        Ok(())
    }

    /// The error that shows what was asked, what was wanted and what came.
    pub(crate) fn unlike(&self, wanted: &str) -> Error {
        let body: String = self.text.chars().take(SHOWN_CHARACTERS).collect();
        let told = ["content-type", "etag", "location", "retry-after"].into_iter();
        let headers: String =
            told.filter_map(|name| Some(format!("\n{name}: {}", self.header(name)?))).collect();
        let (asked, status) = (&self.asked, self.status);
        anyhow!(
            "expected {wanted}\n--- request\n{asked}\n--- reply\n{status}{headers}\n\n{body}\n---"
        )
    }
}
