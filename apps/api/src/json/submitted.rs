//! A document, read and checked: a draft that keeps all of its rules, or all that is wrong.

use gacp_store::{Submitted, Violation, Violations};
use garde::Validate;
use serde::de::DeserializeOwned;

use super::Node;
use super::order::sort;
use super::path::lies_within;
use super::reader::Reading;
use super::state::MAX_VIOLATIONS;

/// Reads a draft and checks its garde rules; one list of violations says what is wrong by either.
pub fn submitted<T>(node: &Node) -> Submitted<T>
where
    T: DeserializeOwned + Validate,
    T::Context: Default,
{
    let Reading { value, mut found, shapes } = Reading::of(node);
    let checked = value.map(Violations::check::<T>);
    if let Some(Err(broken)) = checked {
        let news = broken.into_vec().into_iter().filter(|rule| !is_consequence(rule, &found));
        let news: Vec<Violation> = news.collect();
        found.extend(news);
        sort(&mut found, &shapes);
        found.truncate(MAX_VIOLATIONS);
        return Err(Violations::of(found).unwrap_or_else(|| Violations::one("", "invalid-format")));
    }
    match (checked, Violations::of(found)) {
        (Some(Ok(draft)), None) => Ok(draft),
        (_, Some(violations)) => Err(violations),
        // A reader that makes no value has said why; this only closes the match.
        (_, None) => Err(Violations::one("", "invalid-format")),
    }
}

/// Whether a rule is only broken because of what stands in for a value that could not be read.
fn is_consequence(rule: &Violation, found: &[Violation]) -> bool {
    found.iter().any(|cause| {
        if lies_within(&rule.pointer, &cause.pointer) {
            return true;
        }
        // A rule about a whole (but its length) has looked at the stand-in inside of it.
        let replaced = !matches!(cause.code.as_str(), "unknown-field" | "duplicate-key");
        let about_length = matches!(rule.code.as_str(), "too-short" | "too-long");
        replaced && !about_length && lies_within(&cause.pointer, &rule.pointer)
    })
}
