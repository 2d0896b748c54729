//! Tokens in data files: how long they live.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value as Json;

use super::data::Data;

/// When a token expires, in seconds since 1970: its `exp`, which is not verified here (RFC 7519).
pub(super) fn expires_at(token: &str) -> Option<i64> {
    let mut parts = token.split('.');
    let (_header, claims, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    let claims = BASE64_URL_SAFE_NO_PAD.decode(claims).ok()?;
    serde_json::from_slice::<Json>(&claims).ok()?.get("exp")?.as_i64()
}

/// The first moment at which a token of the data is too old, and where that is.
pub(super) fn first_to_expire(data: &[Data]) -> Option<(i64, String)> {
    let rows = data.iter().flat_map(|data| &data.rows);
    let tokens = rows.flat_map(|row| {
        let values = row.values.iter().filter_map(|(_, value)| value.as_str());
        values.filter_map(expires_at).map(|at| (at, format!("{}:{}", row.file, row.line)))
    });
    tokens.min()
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::{Data, expires_at, first_to_expire};
    use crate::load::data::Given;
    use crate::load::scenario::Order;

    /// `{"exp":1800000000}`
    const TOKEN: &str = "e30.eyJleHAiOjE4MDAwMDAwMDB9.AA";

    #[test]
    fn a_token_says_when_it_expires() {
        assert_eq!(expires_at(TOKEN), Some(1_800_000_000));
        for text in ["", "a.b.c", "GACP-TH-2026-000001-A", "a.b", "e30.e30.AA"] {
            assert_eq!(expires_at(text), None, "{text}");
        }
    }

    #[test]
    fn the_first_to_expire_is_named() {
        let row = |line, value: &str| {
            let values = vec![(Rc::from("token"), value.into())];
            Rc::new(Given { file: Rc::from("users.csv"), line, values })
        };
        let rows = vec![row(2, "none"), row(3, TOKEN)];

        let first = first_to_expire(&[Data { order: Order::Random, rows }]);

        assert_eq!(first, Some((1_800_000_000, "users.csv:3".to_owned())));
    }
}
