//! Lists with quality values, as the `Accept` headers carry them (RFC 9110 §12.4.2).

use actix_web::http::header::{HeaderMap, HeaderName};

/// A weight from 0 ("not at all") to 1, in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Quality(u16);

impl Quality {
    /// Not wanted.
    pub(super) const NONE: Self = Self(0);
    const FULL: Self = Self(1_000);

    /// `0`, `0.7`, `1.000`; anything else counts as not wanted.
    fn parse(text: &str) -> Self {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = fraction.len() <= 3 && fraction.bytes().all(|byte| byte.is_ascii_digit());
        match (whole, digits) {
            ("0", true) => Self(format!("{fraction:0<3}").parse().unwrap_or_default()),
            ("1", true) => Self::FULL,
            _ => Self::NONE,
        }
    }
}

/// One item of such a list, without its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) value: String,
    pub(super) quality: Quality,
}

/// The items of a header in the order in which they were sent, over all of its lines.
pub(super) fn listed(headers: &HeaderMap, name: &HeaderName) -> Vec<Item> {
    let lines = headers.get_all(name).filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).filter_map(item).collect()
}

fn item(text: &str) -> Option<Item> {
    let mut parts = text.split(';').map(str::trim);
    let value = parts.next().filter(|value| !value.is_empty())?.to_ascii_lowercase();
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    Some(Item { value, quality: weight.map_or(Quality::FULL, Quality::parse) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_compare_by_their_value() {
        let weights = ["0", "0.05", "0.1", "0.123", "0.9", "1"].map(Quality::parse);

        assert!(weights.is_sorted_by(|a, b| a < b), "{weights:?}");
        for wrong in ["", "2", "1.5.1", "-1", "0.1234", "x"] {
            assert_eq!(Quality::parse(wrong), Quality::NONE, "{wrong}");
        }
    }

    #[test]
    fn an_item_without_a_weight_has_the_full_one() {
        let found = item(" Text/HTML ; charset=utf-8").unwrap();

        assert_eq!(found, Item { value: "text/html".to_owned(), quality: Quality::FULL });
    }
}
