//! What is wrong with what somebody sent: every field at once, no value echoed.

use std::fmt;

use garde::{Report, Unvalidated, Valid, Validate};
use thiserror::Error;

/// One field that breaks one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where, as a JSON pointer (RFC 6901) into what was sent.
    pub pointer: String,
    /// Which rule, in kebab-case, stable: `too-short`, `invalid-checksum`.
    pub code: String,
    /// The bound that was missed, where there is one.
    pub limit: Option<String>,
}

/// Everything that is wrong with what somebody sent; never empty.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct Violations(Vec<Violation>);

/// What somebody sent, checked or refused. A use case raises the refusal in its own order:
/// what is absent, forbidden or stale comes before what is invalid.
pub type Submitted<T> = Result<Valid<T>, Violations>;

impl Violation {
    /// A field that breaks a rule without a bound.
    pub fn new(pointer: impl Into<String>, code: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code: code.into(), limit: None }
    }
}

impl Violations {
    /// One violation.
    pub fn one(pointer: impl Into<String>, code: impl Into<String>) -> Self {
        Self(vec![Violation::new(pointer, code)])
    }

    /// All of them; nothing when there are none.
    pub fn of(violations: Vec<Violation>) -> Option<Self> {
        (!violations.is_empty()).then_some(Self(violations))
    }

    /// Checks a draft by its garde rules.
    pub fn check<T>(draft: T) -> Submitted<T>
    where
        T: Validate,
        T::Context: Default,
    {
        Unvalidated::new(draft).validate().map_err(Self::from)
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Violation> {
        self.0.iter()
    }

    /// All of them, by value.
    pub fn into_vec(self) -> Vec<Violation> {
        self.0
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid fields")?;
        for (index, violation) in self.0.iter().enumerate() {
            let separator = if index == 0 { ": " } else { ", " };
            write!(f, "{separator}{} {}", violation.pointer, violation.code)?;
        }
        Ok(())
    }
}

impl From<Report> for Violations {
    fn from(report: Report) -> Self {
        let found = report.into_inner().into_iter().map(|(path, error)| {
            let (code, limit) = code_of(error.message());
            Violation { pointer: pointer_to(&path.to_string()), code, limit }
        });
        Self(found.collect())
    }
}

/// The code behind a garde message. Custom rules of the platform use the code as their message.
fn code_of(message: &str) -> (String, Option<String>) {
    const BUILT_IN: [(&str, &str); 5] = [
        ("length is lower than ", "too-short"),
        ("length is greater than ", "too-long"),
        ("lower than ", "out-of-range"),
        ("greater than ", "out-of-range"),
        ("not set", "required"),
    ];
    for (prefix, code) in BUILT_IN {
        if let Some(limit) = message.strip_prefix(prefix) {
            return (code.to_owned(), (!limit.is_empty()).then(|| limit.to_owned()));
        }
    }
    let is_code = message.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    (if is_code { message } else { "invalid-format" }.to_owned(), None)
}

/// `address.house_no` and `answers[3].note` as JSON pointers, in the clients' camelCase.
fn pointer_to(path: &str) -> String {
    let segments = path.split(['.', '[', ']']).filter(|segment| !segment.is_empty());
    segments.fold(String::new(), |pointer, segment| pointer + "/" + &camel_case(segment))
}

fn camel_case(snake: &str) -> String {
    let mut words = snake.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Validate)]
    struct Draft {
        #[garde(length(chars, min = 2, max = 4))]
        full_name: String,
        #[garde(dive)]
        lines: Vec<Line>,
    }

    #[derive(Validate)]
    struct Line {
        #[garde(range(min = 1, max = 9))]
        count: u32,
        #[garde(custom(never_right))]
        id_code: String,
    }

    fn never_right(_: &String, (): &()) -> garde::Result {
        Err(garde::Error::new("invalid-checksum"))
    }

    #[test]
    fn every_broken_rule_has_a_pointer_and_a_code() {
        let line = Line { count: 12, id_code: String::new() };
        let draft = Draft { full_name: "กขคงจ".to_owned(), lines: vec![line] };

        let found = Violations::check(draft).err().unwrap();

        let rows: Vec<_> = found.iter().map(|v| (v.pointer.as_str(), v.code.as_str())).collect();
        assert_eq!(
            rows,
            [
                ("/fullName", "too-long"),
                ("/lines/0/count", "out-of-range"),
                ("/lines/0/idCode", "invalid-checksum")
            ]
        );
        assert_eq!(found.iter().next().unwrap().limit.as_deref(), Some("4"));
    }
}
