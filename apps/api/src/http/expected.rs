//! `If-Match`: which state of a record a client means to change (RFC 9110 §13.1.1).

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{HeaderMap, IF_MATCH};
use actix_web::{FromRequest, HttpRequest};
use gacp_store::{Expected, Revision};

use super::ApiError;

/// What the request's `If-Match` says. Extracting it never fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IfMatch(pub Expected);

/// The strong entity tag of a revision.
pub fn etag(revision: Revision) -> String {
    format!("\"{}\"", revision.get())
}

impl FromRequest for IfMatch {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(expected(request.headers()))))
    }
}

/// Weak tags and tags that were never ours match nothing (the comparison is a strong one).
fn expected(headers: &HeaderMap) -> Expected {
    let lines: Vec<_> = headers.get_all(IF_MATCH).collect();
    if lines.is_empty() {
        return Expected::Unsaid;
    }
    let tags = lines.iter().filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(','));
    let tags: Vec<&str> = tags.map(str::trim).collect();
    if tags == ["*"] {
        return Expected::Any;
    }
    Expected::OneOf(tags.into_iter().filter_map(revision).collect())
}

/// Exactly the tags that [`etag`] makes: `"07"` and `"+7"` name no revision.
fn revision(tag: &str) -> Option<Revision> {
    let digits = tag.strip_prefix('"')?.strip_suffix('"')?;
    let revision = Revision::from(digits.parse::<u64>().ok()?);
    (etag(revision) == tag).then_some(revision)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn said(lines: &[&str]) -> Expected {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(IF_MATCH, HeaderValue::from_str(line).unwrap());
        }
        expected(&headers)
    }

    #[test]
    fn only_strong_tags_of_revisions_name_a_state() {
        let one_of = |numbers: &[u64]| {
            Expected::OneOf(numbers.iter().copied().map(Revision::from).collect())
        };

        assert_eq!(said(&[]), Expected::Unsaid);
        assert_eq!(said(&["*"]), Expected::Any);
        assert_eq!(said(&["\"3\""]), one_of(&[3]));
        assert_eq!(said(&["\"3\", \"4\"", "\"5\""]), one_of(&[3, 4, 5]));
        for nothing in ["W/\"3\"", "3", "\"03\"", "\"+3\"", "\"x\"", "", "\"", "*, *"] {
            assert_eq!(said(&[nothing]), one_of(&[]), "{nothing}");
        }
        assert_eq!(said(&["W/\"3\", \"4\""]), one_of(&[4]));
    }
}
