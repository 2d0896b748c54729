//! What is expected of a reply.

use regex::{Regex, RegexBuilder};

use super::super::super::keys::{self, Keys};
use super::super::super::path::Path;
use super::super::super::refusals::Refusals;
use super::super::super::template::Template;
use super::super::super::yaml::{Entry, Node, Value};

/// How much memory a pattern may take, in bytes.
const LARGEST_PATTERN: usize = 1024 * 1024;

#[derive(Debug)]
pub(in crate::load) struct Expectation {
    pub(in crate::load) line: usize,
    pub(in crate::load) check: Check,
}

#[derive(Debug)]
pub(in crate::load) enum Check {
    /// One of these.
    Status(Vec<u16>),
    /// None of these.
    NotStatus(Vec<u16>),
    /// `json` for every kind of it, or what the header says exactly.
    ContentType(String),
    HasProperty(Path),
    LacksProperty(Path),
    HasHeader(String),
    HeaderEquals(String, Template),
    /// All of these, filled in, are the same text.
    Equals(Vec<Template>),
    /// Somewhere in the body.
    Matches(Regex),
}

impl Check {
    /// What Artillery calls it.
    pub(in crate::load) fn kind(&self) -> &'static str {
        match self {
            Self::Status(_) => "statusCode",
            Self::NotStatus(_) => "notStatusCode",
            Self::ContentType(_) => "contentType",
            Self::HasProperty(_) => "hasProperty",
            Self::LacksProperty(_) => "notHasProperty",
            Self::HasHeader(_) => "hasHeader",
            Self::HeaderEquals(..) => "headerEquals",
            Self::Equals(_) => "equals",
            Self::Matches(_) => "matchesRegexp",
        }
    }

    pub(super) fn templates(&self) -> &[Template] {
        match self {
            Self::Equals(templates) => templates,
            Self::HeaderEquals(_, template) => std::slice::from_ref(template),
            _ => &[],
        }
    }
}

/// Maps of one expectation or several.
pub(super) fn read(nodes: &[Node], refused: &Refusals) -> Vec<Expectation> {
    let mut expectations = Vec::new();
    for node in nodes {
        let Some(mut keys) = Keys::of(node, "expect", refused) else { continue };
        for entry in keys.rest() {
            if let Some(check) = refused.unless(entry.line, check(entry)) {
                expectations.push(Expectation { line: entry.line, check });
            }
        }
    }
    expectations
}

fn check(Entry { key, node, .. }: &Entry) -> Result<Check, String> {
    let text = || keys::plain_text(node, key);
    match key.as_str() {
        "statusCode" => statuses(node).map(Check::Status),
        "notStatusCode" => statuses(node).map(Check::NotStatus),
        "contentType" => text().map(Check::ContentType),
        "hasProperty" => Path::property(&text()?).map(Check::HasProperty),
        "notHasProperty" => Path::property(&text()?).map(Check::LacksProperty),
        "hasHeader" => text().map(Check::HasHeader),
        "headerEquals" => match templates(node)?.as_slice() {
            [name, value] => Ok(Check::HeaderEquals(name.shown(), value.clone())),
            _ => Err("`headerEquals` is a list of a name and a value".to_owned()),
        },
        "equals" => match templates(node)? {
            values if values.len() > 1 => Ok(Check::Equals(values)),
            _ => Err("`equals` is a list of values that are the same".to_owned()),
        },
        "matchesRegexp" => pattern(&text()?).map(Check::Matches),
        _ => Err(format!(
            "the expectation `{key}` is not understood: there are statusCode, notStatusCode, \
             contentType, hasProperty, notHasProperty, hasHeader, headerEquals, equals, \
             matchesRegexp"
        )),
    }
}

pub(super) fn pattern(text: &str) -> Result<Regex, String> {
    let built = RegexBuilder::new(text).size_limit(LARGEST_PATTERN).build();
    built.map_err(|error| format!("the pattern `{text}` is not understood: {error}"))
}

fn list(node: &Node) -> &[Node] {
    match &node.value {
        Value::List(nodes) => nodes,
        _ => std::slice::from_ref(node),
    }
}

fn statuses(node: &Node) -> Result<Vec<u16>, String> {
    let status = |node: &Node| {
        let status = keys::text(node, "a status")?.parse().ok();
        let status = status.filter(|status| (100..600).contains(status));
        status.ok_or_else(|| "a status is a number from 100 to 599".to_owned())
    };
    list(node).iter().map(status).collect()
}

fn templates(node: &Node) -> Result<Vec<Template>, String> {
    list(node).iter().map(|node| Template::parse(&keys::text(node, "a value")?)).collect()
}
