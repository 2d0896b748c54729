//! The keys of a map: each is taken by who knows it, and the rest is refused by name and line.

use std::time::Duration;

use serde_json::Value as Json;

use super::refusals::Refusals;
use super::template::Template;
use super::yaml::{Entry, Node, Value};

/// A map that is being read.
pub(super) struct Keys<'a> {
    place: String,
    pub(super) line: usize,
    left: Vec<&'a Entry>,
    pub(super) refused: &'a Refusals,
}

impl<'a> Keys<'a> {
    /// The keys of a map; anything else is refused.
    pub(super) fn of(node: &'a Node, place: &str, refused: &'a Refusals) -> Option<Self> {
        let Value::Map(entries) = &node.value else {
            refused.add(node.line, format!("{place} is a map of keys and values"));
            return None;
        };
        let left = entries.iter().collect();
        Some(Self { place: place.to_owned(), line: node.line, left, refused })
    }

    /// The value of a key, if it is there.
    pub(super) fn take(&mut self, key: &str) -> Option<&'a Node> {
        let at = self.left.iter().position(|entry| entry.key == key)?;
        Some(&self.left.remove(at).node)
    }

    /// The value of a key that has to be there.
    pub(super) fn need(&mut self, key: &str) -> Option<&'a Node> {
        let taken = self.take(key);
        if taken.is_none() {
            self.refused.add(self.line, format!("{} has no `{key}`", self.place));
        }
        taken
    }

    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        let node = self.take(key)?;
        self.refused.unless(node.line, plain_text(node, key))
    }

    pub(super) fn template(&mut self, key: &str) -> Option<Template> {
        let node = self.take(key)?;
        let text = self.refused.unless(node.line, text(node, key))?;
        self.refused.unless(node.line, Template::parse(&text))
    }

    pub(super) fn flag(&mut self, key: &str) -> Option<bool> {
        let node = self.take(key)?;
        let read = node.json().as_bool().ok_or_else(|| format!("`{key}` is true or false"));
        self.refused.unless(node.line, read)
    }

    /// A number that is not below 0.
    pub(super) fn number(&mut self, key: &str) -> Option<f64> {
        let node = self.take(key)?;
        self.refused.unless(node.line, number(node, key))
    }

    /// Seconds, or a number with its unit.
    pub(super) fn duration(&mut self, key: &str) -> Option<Duration> {
        let node = self.take(key)?;
        self.refused.unless(node.line, duration(node, key))
    }

    /// A list; a single value stands for a list of one.
    pub(super) fn list(&mut self, key: &str) -> &'a [Node] {
        let Some(node) = self.take(key) else { return &[] };
        match &node.value {
            Value::List(nodes) => nodes,
            _ => std::slice::from_ref(node),
        }
    }

    /// What is left, whatever the keys.
    pub(super) fn rest(&mut self) -> Vec<&'a Entry> {
        std::mem::take(&mut self.left)
    }
}

/// Refuses what nobody took.
impl Drop for Keys<'_> {
    fn drop(&mut self) {
        for entry in &self.left {
            let what = format!("`{}` is not understood in {}", entry.key, self.place);
            self.refused.add(entry.line, what);
        }
    }
}

/// A text, or what can stand for one.
pub(super) fn text(node: &Node, key: &str) -> Result<String, String> {
    match &node.value {
        Value::Scalar(scalar) => Ok(scalar.text.clone()),
        _ => Err(format!("`{key}` is a text")),
    }
}

/// A text without a template in it.
pub(super) fn plain_text(node: &Node, key: &str) -> Result<String, String> {
    let text = text(node, key)?;
    if text.contains("{{") {
        return Err(format!(
            "`{key}` is the same for every journey: no template is filled in here"
        ));
    }
    Ok(text)
}

pub(super) fn number(node: &Node, key: &str) -> Result<f64, String> {
    let number = match node.json() {
        Json::Number(number) => number.as_f64(),
        // A number in quotes is one too, as Artillery has it.
        Json::String(text) => text.parse().ok(),
        _ => None,
    };
    let number = number.filter(|number: &f64| number.is_finite() && *number >= 0.0);
    number.ok_or_else(|| format!("`{key}` is a number, and none below 0"))
}

/// The longest time that anything may take here.
const LONGEST: Duration = Duration::from_hours(7 * 24);

pub(super) fn duration(node: &Node, key: &str) -> Result<Duration, String> {
    let says = || format!("`{key}` is a time: a number of seconds, or 500ms, 30s, 5m, 1h");
    let text = text(node, key)?;
    let digits = text.trim_end_matches(|last: char| last.is_ascii_alphabetic());
    let unit = match text.get(digits.len()..).unwrap_or_default() {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" => 60.0,
        "h" => 3_600.0,
        _ => return Err(says()),
    };
    let number: f64 = digits.trim().parse().map_err(|_unread| says())?;
    let duration = Duration::try_from_secs_f64(number * unit).map_err(|_outside| says())?;
    if duration > LONGEST { Err(says()) } else { Ok(duration) }
}
