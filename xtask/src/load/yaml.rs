//! YAML whose every value knows its line.
//!
//! One document, no anchors and no tags: what is not read is refused, by its line.

use std::collections::BTreeSet;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput};
use serde_json::Value as Json;

use super::figures::json_number;
use super::refusals::Refusal;

/// How deep values lie in each other at most; a scenario has a dozen.
const DEEPEST: usize = 64;

/// A value, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    /// Counted from 1.
    pub(super) line: usize,
    pub(super) value: Value,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Scalar(Scalar),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// One key of a map.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) line: usize,
    pub(super) node: Node,
}

/// Text; a number, a truth or nothing where it was written without quotes and reads so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scalar {
    pub(super) text: String,
    plain: bool,
}

impl Scalar {
    /// What it means by the core schema (YAML 1.2, 10.3.2).
    pub(super) fn json(&self) -> Json {
        let text = || Json::from(self.text.as_str());
        if !self.plain {
            return text();
        }
        match self.text.as_str() {
            "" | "~" | "null" | "Null" | "NULL" => Json::Null,
            "true" | "True" | "TRUE" => Json::Bool(true),
            "false" | "False" | "FALSE" => Json::Bool(false),
            number if number.starts_with(|first: char| first.is_ascii_digit() || first == '-') => {
                let whole = number.parse::<i64>().map(Json::from).ok();
                let other = || number.parse::<f64>().ok().map(json_number);
                whole.or_else(other).unwrap_or_else(text)
            }
            _ => text(),
        }
    }
}

impl Node {
    /// The document in a text.
    pub(super) fn parse(text: &str) -> Result<Self, Refusal> {
        let mut events = Events { parser: Parser::new_from_str(text), last_line: 1 };
        events.skip(|event| matches!(event, Event::StreamStart | Event::DocumentStart(_)))?;
        let Some(document) = events.node(0)? else {
            return Err(Refusal::new(1, "there is nothing in it"));
        };
        let (event, line) = events.next()?;
        if !matches!(event, Event::DocumentEnd) {
            return Err(Refusal::new(line, "something follows the document"));
        }
        match events.next()? {
            (Event::StreamEnd, _) => Ok(document),
            (_, line) => Err(Refusal::new(line, "a second document; one file is one scenario")),
        }
    }

    /// What it means as JSON.
    pub(super) fn json(&self) -> Json {
        match &self.value {
            Value::Scalar(scalar) => scalar.json(),
            Value::List(nodes) => Json::Array(nodes.iter().map(Self::json).collect()),
            Value::Map(entries) => {
                entries.iter().map(|entry| (entry.key.clone(), entry.node.json())).collect()
            }
        }
    }
}

/// What the parser says, one after the other.
struct Events<'a> {
    parser: Parser<'a, StrInput<'a>>,
    last_line: usize,
}

impl<'a> Events<'a> {
    fn next(&mut self) -> Result<(Event<'a>, usize), Refusal> {
        match self.parser.next_event() {
            Some(Ok((event, Span { start, .. }))) => {
                self.last_line = start.line();
                Ok((event, start.line()))
            }
            Some(Err(error)) => {
                Err(Refusal::new(error.marker().line(), format!("no YAML: {}", error.info())))
            }
            None => Err(Refusal::new(self.last_line, "it ends in the middle")),
        }
    }

    /// Skips what comes first and says nothing.
    fn skip(&mut self, is_idle: impl Fn(&Event<'_>) -> bool) -> Result<(), Refusal> {
        loop {
            match self.parser.peek() {
                Some(Ok((event, _))) if is_idle(event) => {
                    self.next()?;
                }
                _ => return Ok(()),
            }
        }
    }

    /// The next value; nothing at the end of what it stands in.
    fn node(&mut self, depth: usize) -> Result<Option<Node>, Refusal> {
        let (event, line) = self.next()?;
        if depth > DEEPEST {
            return Err(Refusal::new(line, format!("deeper than {DEEPEST} levels")));
        }
        let value = match event {
            Event::Scalar(text, style, 0, None) => {
                let plain = style == ScalarStyle::Plain;
                Value::Scalar(Scalar { text: text.into_owned(), plain })
            }
            Event::SequenceStart(0, None) => Value::List(self.list(depth)?),
            Event::MappingStart(0, None) => Value::Map(self.map(depth)?),
            Event::SequenceEnd | Event::MappingEnd | Event::StreamEnd | Event::DocumentEnd => {
                return Ok(None);
            }
            _ => {
                let what = "anchors, aliases and tags are not read: write the value itself";
                return Err(Refusal::new(line, what));
            }
        };
        Ok(Some(Node { line, value }))
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Node>, Refusal> {
        let mut nodes = Vec::new();
        while let Some(node) = self.node(depth + 1)? {
            nodes.push(node);
        }
        Ok(nodes)
    }

    fn map(&mut self, depth: usize) -> Result<Vec<Entry>, Refusal> {
        let (mut entries, mut seen) = (Vec::new(), BTreeSet::new());
        while let Some(Node { line, value }) = self.node(depth + 1)? {
            let Value::Scalar(Scalar { text: key, .. }) = value else {
                return Err(Refusal::new(line, "a key that is no text"));
            };
            if !seen.insert(key.clone()) {
                return Err(Refusal::new(line, format!("`{key}` is there twice")));
            }
            let Some(node) = self.node(depth + 1)? else {
                return Err(Refusal::new(line, format!("`{key}` has no value")));
            };
            entries.push(Entry { key, line, node });
        }
        Ok(entries)
    }
}

#[cfg(test)]
mod tests;
