//! A request, filled in and ready to be sent.

use serde_json::Value as Json;

use super::super::scenario::{Body, Request};
use super::super::template::{Fill, Template};
use crate::http1;

/// What servers see of who asks.
const USER_AGENT: &str = "gacp-xtask-load";

/// A request as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::load) struct Asked {
    pub(in crate::load) method: &'static str,
    /// With its query.
    pub(in crate::load) path: String,
    pub(in crate::load) headers: Vec<(String, String)>,
    pub(in crate::load) body: String,
}

impl Asked {
    /// Fills in a request; an error is the name of the variable that has no value.
    pub(super) fn fill(
        request: &Request,
        defaults: &[(String, Template)],
        fill: &mut impl Fill,
    ) -> Result<Self, String> {
        let path = path(request, fill)?;
        let mut headers: Vec<(String, String)> = Vec::new();
        // A request's own headers take the place of those that all have.
        for (name, value) in request.headers.iter().chain(defaults) {
            if !headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
                headers.push((name.clone(), sendable(&value.text(fill)?)));
            }
        }
        let (body, kind) = match &request.body {
            Body::None => (String::new(), None),
            Body::Text(text) => (text.text(fill)?, None),
            Body::Json(shape) => (shape.filled(fill)?.to_string(), Some("application/json")),
        };
        let names_kind = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        if let Some(kind) = kind.filter(|_| !names_kind) {
            headers.push(("Content-Type".to_owned(), kind.to_owned()));
        }
        Ok(Self { method: request.method, path, headers, body })
    }

    pub(super) fn add_cookies(&mut self, cookies: Option<String>) {
        self.headers.extend(cookies.map(|cookies| ("Cookie".to_owned(), cookies)));
    }

    /// As it goes over the wire.
    pub(super) fn bytes(&self, authority: &str) -> Vec<u8> {
        let own = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let standard = [("Host", authority), ("User-Agent", USER_AGENT), ("Accept", "*/*")];
        let headers: Vec<_> = standard.into_iter().chain(own).collect();
        http1::request(&format!("{} {}", self.method, self.path), &headers, &self.body)
    }

    pub(in crate::load) fn header(&self, name: &str) -> Option<&str> {
        let mut named = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        named.next().map(|(_, value)| value.as_str())
    }
}

fn path(request: &Request, fill: &mut impl Fill) -> Result<String, String> {
    let mut path: String = request.url.text(fill)?.chars().map(in_path).collect();
    for (name, value) in &request.query {
        let sign = if path.contains('?') { '&' } else { '?' };
        let value = match value.json(fill)? {
            Json::String(text) => text,
            other => other.to_string(),
        };
        path.push(sign);
        path.extend([encoded(name), "=".to_owned(), encoded(&value)]);
    }
    Ok(path)
}

/// What may not stand in an address is encoded.
fn in_path(character: char) -> String {
    if character.is_ascii_graphic() {
        return character.into();
    }
    let mut bytes = [0; 4];
    character.encode_utf8(&mut bytes).bytes().map(in_hexadecimal).collect()
}

/// As forms are encoded (WHATWG URL, application/x-www-form-urlencoded).
fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b' ' => "+".to_owned(),
        byte if byte.is_ascii_alphanumeric() || b"*-._".contains(&byte) => char::from(byte).into(),
        other => in_hexadecimal(other),
    };
    text.bytes().map(byte).collect()
}

fn in_hexadecimal(byte: u8) -> String {
    format!("%{byte:02X}")
}

/// Without what would end a header.
fn sendable(value: &str) -> String {
    value.chars().filter(|character| !character.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::{encoded, in_path, sendable};

    #[test]
    fn what_would_mean_something_is_encoded() {
        assert_eq!(encoded("แม่ a&b=c/d~*"), "%E0%B9%81%E0%B8%A1%E0%B9%88+a%26b%3Dc%2Fd%7E*");
        assert_eq!("/แ b".chars().map(in_path).collect::<String>(), "/%E0%B9%81%20b");
    }

    #[test]
    fn no_value_ends_a_header() {
        assert_eq!(sendable("a\r\nX-Forged: 1"), "aX-Forged: 1");
    }
}
