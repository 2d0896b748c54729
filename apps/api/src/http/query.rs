//! Query parameters: known ones with possible values, each at most once.

use std::fmt::Write as _;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use gacp_store::Violations;
use garde::{Valid, Validate};
use serde::de::DeserializeOwned;

use super::ApiError;
use crate::json::{Node, read, submitted};

/// The parameters of a request as a struct of options; anything else is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Query<T>(pub T);

/// Parameters as they were sent, without those that have no value.
pub type Pairs = Vec<(String, String)>;

/// The parameters of a request. One without a value (`?status=`) counts as not sent.
pub(super) fn pairs(request: &HttpRequest) -> Result<Pairs, ApiError> {
    let pairs = web::Query::<Pairs>::from_query(request.query_string());
    let pairs = pairs.map_err(|_unreadable| ApiError::query("", "invalid-format"))?;
    Ok(pairs.into_inner().into_iter().filter(|(_, value)| !value.is_empty()).collect())
}

/// Reads parameters as a `T`. Fails with [`ApiError::InvalidQuery`], all that is wrong in one.
pub(super) fn parse<T: DeserializeOwned>(pairs: &Pairs) -> Result<T, ApiError> {
    let (value, found) = read::<T>(&node(pairs));
    match (value, Violations::of(found)) {
        (Some(value), None) => Ok(value),
        (_, Some(violations)) => Err(ApiError::InvalidQuery(violations)),
        (None, None) => Err(ApiError::query("", "invalid-format")),
    }
}

/// Reads parameters as a `T` that has rules. Fails with [`ApiError::InvalidQuery`], all that is
/// wrong in one.
pub fn checked<T>(pairs: &Pairs) -> Result<T, ApiError>
where
    T: DeserializeOwned + Validate,
    T::Context: Default,
{
    submitted(&node(pairs)).map(Valid::into_inner).map_err(ApiError::InvalidQuery)
}

fn node(pairs: &Pairs) -> Node {
    let loose = |(name, value): &(String, String)| (name.clone(), Node::Loose(value.clone()));
    Node::Object(pairs.iter().map(loose).collect())
}

/// Writes parameters the way they stand in an address.
pub(super) fn encode<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut query = String::new();
    for (name, value) in pairs {
        if !query.is_empty() {
            query.push('&');
        }
        escape(name, &mut query);
        query.push('=');
        escape(value, &mut query);
    }
    query
}

/// Percent-encodes all but the unreserved characters (RFC 3986 §2.3).
fn escape(text: &str, into: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _written = write!(into, "%{byte:02X}");
        }
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Query<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(pairs(request).and_then(|pairs| parse(&pairs)).map(Self))
    }
}
