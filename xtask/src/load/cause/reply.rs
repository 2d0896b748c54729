//! What a reply says about its own failure.

use serde_json::Value as Json;

use crate::http1::Message;

/// How much of a text is kept, in characters.
const KEPT: usize = 200;

/// The most fields of a refusal that are kept.
const MOST_FIELDS: usize = 10;

/// A reply, as far as it explains something (RFC 9457).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::load) struct Reply {
    pub(in crate::load) status: u16,
    pub(in crate::load) code: Option<String>,
    pub(in crate::load) detail: Option<String>,
    /// Where in the body something is wrong, and what.
    pub(in crate::load) fields: Vec<(String, String)>,
    pub(in crate::load) request_id: Option<String>,
    pub(in crate::load) retry_after: Option<String>,
    /// The server's breakers that were open then.
    pub(in crate::load) breakers: Vec<String>,
}

impl Reply {
    pub(in crate::load) fn of(message: &Message, status: u16, breakers: Vec<String>) -> Self {
        let kind = message.header("content-type").unwrap_or_default();
        let problem = kind.starts_with("application/problem+json");
        let body = problem.then(|| serde_json::from_slice(message.body()).ok()).flatten();
        let body: Json = body.unwrap_or_default();
        let text = |key: &str| body.get(key).and_then(Json::as_str).map(kept);
        let errors = body.get("errors").and_then(Json::as_array).map(Vec::as_slice);
        Self {
            status,
            code: text("code"),
            detail: text("detail"),
            fields: errors.unwrap_or_default().iter().take(MOST_FIELDS).map(field).collect(),
            request_id: message.header("x-request-id").map(kept).or_else(|| text("requestId")),
            retry_after: message.header("retry-after").map(kept),
            breakers,
        }
    }
}

fn field(error: &Json) -> (String, String) {
    let text = |key: &str| error.get(key).and_then(Json::as_str).map(kept).unwrap_or_default();
    (text("pointer"), text("code"))
}

/// Short, and without what a terminal would obey.
fn kept(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(KEPT).collect()
}
