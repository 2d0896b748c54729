//! A reply as a test reads it.

use reqwest::header::HeaderMap;
use serde_json::Value;

/// Status, headers and JSON body of one reply.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) async fn read(response: reqwest::Response) -> Self {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = response.text().await.unwrap();
        Self { status, headers, body }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    /// What stands under `data`, by JSON pointer.
    pub(crate) fn data(&self, pointer: &str) -> Value {
        self.json().pointer(&format!("/data{pointer}")).cloned().unwrap_or(Value::Null)
    }

    pub(crate) fn text(&self, pointer: &str) -> String {
        let value = self.data(pointer);
        value.as_str().unwrap_or_else(|| panic!("no text at {pointer} of {self:?}")).to_owned()
    }

    pub(crate) fn id(&self) -> String {
        self.text("/id")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn etag(&self) -> &str {
        self.header("etag")
    }

    /// The problem's stable code.
    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// Status and code, for a refusal.
    pub(crate) fn refusal(&self) -> (u16, String) {
        (self.status, self.code())
    }

    /// Pointer and code of every field error.
    pub(crate) fn field_errors(&self) -> Vec<(String, String)> {
        let errors = self.json()["errors"].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        errors.iter().map(|error| (text(&error["pointer"]), text(&error["code"]))).collect()
    }

    /// The same reply, if it has this status; otherwise the test ends and shows it.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:#?}");
        self
    }
}

/// What a refusal is compared with.
pub(crate) fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

/// What a list of field errors is compared with.
pub(crate) fn fields(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    rows.iter().map(|(pointer, code)| ((*pointer).to_owned(), (*code).to_owned())).collect()
}
