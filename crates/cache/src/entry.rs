//! A reply, ready to send.

use bytes::Bytes;
use thiserror::Error;

use crate::digest::Digest;

/// A reply as it goes out: nothing is made of it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    status: u16,
    content_type: Box<str>,
    etag: Box<str>,
    headers: Vec<(Box<str>, Box<str>)>,
    body: Bytes,
}

/// Why a reply cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EntryError {
    /// Only 200 and 404 are ever kept: whatever else a request got, the next may not get.
    #[error("replies of status {0} are not kept")]
    Status(u16),
    /// It is larger than [`Entry::LARGEST`].
    #[error("the reply is larger than {} bytes", Entry::LARGEST)]
    TooLarge,
    /// It is no strong entity tag (RFC 9110, 8.8.3): `"…"`.
    #[error("the reply has no strong entity tag")]
    Etag,
    /// A header's name or value has characters that no header has.
    #[error("the reply has a header that is none")]
    Header,
}

impl Entry {
    /// Bytes of body and headers; more takes longer to fetch than to make.
    pub const LARGEST: usize = 256 * 1024;

    /// A complete reply. Fails with [`EntryError`] when it is none that may be kept.
    pub fn new(
        status: u16,
        content_type: &str,
        etag: &str,
        body: impl Into<Bytes>,
    ) -> Result<Self, EntryError> {
        if !matches!(status, 200 | 404) {
            return Err(EntryError::Status(status));
        }
        if !is_strong(etag) {
            return Err(EntryError::Etag);
        }
        if content_type.is_empty() || !is_value(content_type) {
            return Err(EntryError::Header);
        }
        let (content_type, etag, body) = (content_type.into(), etag.into(), body.into());
        Self { status, content_type, etag, headers: Vec::new(), body }.in_size()
    }

    /// A complete reply of status 200 whose entity tag is a digest of its body.
    pub fn hashed(content_type: &str, body: impl Into<Bytes>) -> Result<Self, EntryError> {
        let body = body.into();
        let mut digest = Digest::new("gacp cache body 1");
        digest.part(&body);
        let etag = format!("\"{:032x}\"", u128::from_be_bytes(digest.finish()));
        Self::new(200, content_type, &etag, body)
    }

    /// Another header that goes out with it, such as `Link`. The name is lower case. Fails when it
    /// is none, or the reply gets too large by it.
    pub fn with_header(mut self, name: &str, value: &str) -> Result<Self, EntryError> {
        if !is_name(name) || !is_value(value) {
            return Err(EntryError::Header);
        }
        self.headers.push((name.into(), value.into()));
        self.in_size()
    }

    fn in_size(self) -> Result<Self, EntryError> {
        if self.size() > Self::LARGEST { Err(EntryError::TooLarge) } else { Ok(self) }
    }

    /// Its status code: 200 or 404.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// What its body is.
    pub fn content_type(&self) -> &str {
        &self.content_type
    }

    /// Its strong entity tag, in quotes.
    pub fn etag(&self) -> &str {
        &self.etag
    }

    /// Its other headers.
    pub fn headers(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.headers.iter().map(|(name, value)| (&**name, &**value))
    }

    /// Its body; a clone shares the bytes.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Bytes of body and headers.
    pub fn size(&self) -> usize {
        let headers: usize =
            self.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
        self.body.len() + self.content_type.len() + self.etag.len() + headers
    }
}

/// `"` visible characters but `"` `"`.
fn is_strong(etag: &str) -> bool {
    let inner = etag.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.is_some_and(|inner| inner.bytes().all(|byte| byte != b'"' && byte.is_ascii_graphic()))
}

fn is_value(value: &str) -> bool {
    value.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
}

/// RFC 9110, 5.6.2, without capitals.
fn is_name(name: &str) -> bool {
    let is_token = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"!#$%&'*+-.^_`|~".contains(&byte)
    };
    !name.is_empty() && name.bytes().all(is_token)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(status: u16, etag: &str, body: usize) -> Result<Entry, EntryError> {
        Entry::new(status, "application/json", etag, vec![b'x'; body])
    }

    #[test]
    fn what_the_next_request_may_not_get_is_refused() {
        for status in [200, 404] {
            assert!(entry(status, "\"1\"", 10).is_ok(), "{status}");
        }
        for status in [201, 204, 206, 301, 304, 401, 403, 409, 429, 500, 503] {
            assert_eq!(entry(status, "\"1\"", 10), Err(EntryError::Status(status)));
        }
    }

    #[test]
    fn equal_bodies_have_equal_entity_tags_and_others_have_others() {
        let etag = |body: &str| {
            Entry::hashed("application/json", body.to_owned()).unwrap().etag().to_owned()
        };

        assert_eq!(etag("[]"), etag("[]"));
        assert_ne!(etag("[]"), etag("[1]"));
        assert_eq!(etag("[]").len(), 34);
    }

    #[test]
    fn only_a_strong_entity_tag_is_one() {
        assert!(entry(200, "\"\"", 0).is_ok());
        for etag in ["", "7", "\"", "W/\"7\"", "\"7", "7\"", "\"a\"b\"", "\"a b\"", "\"ก\""] {
            assert_eq!(entry(200, etag, 0), Err(EntryError::Etag), "{etag}");
        }
    }

    #[test]
    fn what_is_too_large_is_refused() {
        let headers = "application/json".len() + "\"1\"".len();
        let largest = entry(200, "\"1\"", Entry::LARGEST - headers);

        assert_eq!(entry(200, "\"1\"", Entry::LARGEST - headers + 1), Err(EntryError::TooLarge));
        assert_eq!(largest.as_ref().map(Entry::size), Ok(Entry::LARGEST));
        assert_eq!(largest.unwrap().with_header("link", "x"), Err(EntryError::TooLarge));
    }

    #[test]
    fn a_header_cannot_bring_another() {
        let plain = entry(200, "\"1\"", 0).unwrap();

        for (name, value) in
            [("", "x"), ("Link", "x"), ("a b", "x"), ("link", "x\r\nset-cookie: y")]
        {
            let refused = plain.clone().with_header(name, value);
            assert_eq!(refused, Err(EntryError::Header), "{name}: {value}");
        }
        let refused = Entry::new(200, "a\nb", "\"1\"", "");
        assert_eq!(refused, Err(EntryError::Header));
        let linked = plain.with_header("link", "</next>; rel=\"next\"").unwrap();
        assert_eq!(linked.headers().collect::<Vec<_>>(), [("link", "</next>; rel=\"next\"")]);
    }
}
