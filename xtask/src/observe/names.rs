//! The names in an expression. A misspelt one is no error to Prometheus: it selects nothing, and
//! `or vector(0)` hides that.

use std::collections::BTreeSet;

/// What is followed by labels in brackets.
const GROUPINGS: [&str; 6] = ["by", "without", "on", "ignoring", "group_left", "group_right"];

/// What stands between expressions.
const OPERATORS: [&str; 6] = ["and", "or", "unless", "bool", "offset", "atan2"];

/// What an expression names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Names {
    /// Metrics that it selects.
    pub(super) metrics: BTreeSet<String>,
    /// Labels by which it selects or groups.
    pub(super) labels: BTreeSet<String>,
}

/// Where in an expression a word stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Where metrics and functions are named.
    Open,
    /// Behind `by`, before its bracket.
    Grouping,
    /// Between brackets, where labels are.
    Labels,
}

impl Names {
    /// Those of an expression that Prometheus can read; of another, whatever looks like a name.
    pub(super) fn of(expression: &str) -> Self {
        let mut names = Self::default();
        let (mut rest, mut place) = (expression, Place::Open);
        while let Some(first) = rest.chars().next() {
            let length = token(rest, first);
            let (word, after) = rest.split_at(length);
            place = names.take(word, after, place);
            rest = after;
        }
        names
    }

    /// Takes one token up; says where the next one stands.
    fn take(&mut self, word: &str, after: &str, place: Place) -> Place {
        match (word, place) {
            ("{", _) | ("(", Place::Grouping) => Place::Labels,
            ("}" | ")", Place::Labels) => Place::Open,
            (word, Place::Labels) if is_name(word) => {
                self.labels.insert(word.to_owned());
                place
            }
            (word, _) if GROUPINGS.contains(&word) => Place::Grouping,
            (word, Place::Open) if is_name(word) => {
                let is_function = after.trim_start().starts_with('(') || groups(after);
                if !is_function && !OPERATORS.contains(&word) {
                    self.metrics.insert(word.to_owned());
                }
                place
            }
            (word, Place::Grouping) if word.trim().is_empty() => place,
            // `group_left` needs no labels.
            (word, Place::Grouping) => self.take(word, after, Place::Open),
            _ => place,
        }
    }
}

/// Whether what follows a word is a grouping, which makes it a function: `sum by (job) (…)`.
fn groups(after: &str) -> bool {
    let after = after.trim_start();
    let word = after.split_at(token(after, after.chars().next().unwrap_or(' '))).0;
    ["by", "without"].contains(&word)
}

fn is_name(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_' || first == ':')
}

/// The length of the token at the start of a text, in bytes.
fn token(text: &str, first: char) -> usize {
    let closed = |close: char| text.find(close).map_or(text.len(), |at| at + close.len_utf8());
    match first {
        '"' | '\'' | '`' => quoted(text, first),
        // A duration, and maybe a step.
        '[' => closed(']'),
        _ if first.is_ascii_alphanumeric() || first == '_' || first == ':' => {
            let is_part = |it: char| it.is_ascii_alphanumeric() || "_:.".contains(it);
            text.find(|it| !is_part(it)).unwrap_or(text.len())
        }
        _ => first.len_utf8().min(text.len()),
    }
}

/// The length of a string with its quotes; a backslash takes the meaning of the next character.
fn quoted(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, it) in text.char_indices().skip(1) {
        if it == quote && !is_escaped {
            return at + it.len_utf8();
        }
        is_escaped = it == '\\' && !is_escaped && quote != '`';
    }
    text.len()
}

#[cfg(test)]
mod tests;
