//! A request: what is sent, what is kept of its reply, and what is expected of it.

mod expectation;

use regex::Regex;
use serde_json::Value as Json;

use super::super::condition::Condition;
use super::super::keys::{self, Keys};
use super::super::path::Path;
use super::super::refusals::Refusals;
use super::super::template::{Fill, Template};
use super::super::yaml::{Node, Value};
use super::read::templates;

pub(in crate::load) use expectation::{Check, Expectation};

#[derive(Debug)]
pub(in crate::load) struct Request {
    pub(in crate::load) line: usize,
    pub(in crate::load) method: &'static str,
    pub(in crate::load) url: Template,
    /// What it is called in reports: its name, or its method and address.
    pub(in crate::load) endpoint: String,
    pub(in crate::load) headers: Vec<(String, Template)>,
    pub(in crate::load) query: Vec<(String, Template)>,
    pub(in crate::load) body: Body,
    pub(in crate::load) captures: Vec<Capture>,
    pub(in crate::load) expectations: Vec<Expectation>,
    /// It is left out unless this holds.
    pub(in crate::load) only_if: Option<Condition>,
}

#[derive(Debug, Clone, PartialEq)]
pub(in crate::load) enum Body {
    None,
    Json(Shape),
    Text(Template),
}

/// JSON with something to fill in.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::load) enum Shape {
    Value(Json),
    Template(Template),
    List(Vec<Shape>),
    Map(Vec<(String, Shape)>),
}

/// Something of a reply that later steps use.
#[derive(Debug)]
pub(in crate::load) struct Capture {
    pub(in crate::load) line: usize,
    pub(in crate::load) name: String,
    pub(in crate::load) origin: Origin,
    /// Whether the journey ends without it.
    pub(in crate::load) is_strict: bool,
}

/// Where in a reply it is.
#[derive(Debug)]
pub(in crate::load) enum Origin {
    Json(Path),
    Header(String),
    /// The group, or all that fits.
    Pattern {
        pattern: Regex,
        group: Option<String>,
    },
}

impl Request {
    pub(super) fn read(method: &'static str, node: &Node, refused: &Refusals) -> Option<Self> {
        let mut keys = Keys::of(node, method, refused)?;
        let line = node.line;
        let url = keys.need("url");
        let url = url.and_then(|url| refused.unless(url.line, address(url)));
        let read = |node, place| templates(node, place, refused);
        let headers = keys.take("headers").map(|node| read(node, "headers")).unwrap_or_default();
        let query = keys.take("qs").map(|node| read(node, "qs")).unwrap_or_default();
        let body = body(&mut keys);
        let captures = keys.list("capture").iter();
        let captures = captures.filter_map(|node| Capture::read(node, refused)).collect();
        let expectations = expectation::read(keys.list("expect"), refused);
        let only_if = keys.text("ifTrue");
        let only_if = only_if.and_then(|text| refused.unless(line, Condition::parse(&text)));
        if keys.flag("followRedirect") == Some(true) {
            refused.add(line, "redirects are not followed: a reply is judged as it comes");
        }
        let (name, url) = (keys.text("name"), url?);
        let endpoint = name.unwrap_or_else(|| format!("{method} {}", url.shown()));
        Some(Self {
            line,
            method,
            url,
            endpoint,
            headers,
            query,
            body,
            captures,
            expectations,
            only_if,
        })
    }

    /// Every template in it.
    pub(in crate::load) fn templates(&self) -> Vec<&Template> {
        let values = self.headers.iter().chain(&self.query).map(|(_, template)| template);
        let mut templates: Vec<&Template> = values.chain([&self.url]).collect();
        match &self.body {
            Body::None => {}
            Body::Text(text) => templates.push(text),
            Body::Json(shape) => shape.add_templates(&mut templates),
        }
        templates.extend(self.expectations.iter().flat_map(|expected| expected.check.templates()));
        templates
    }
}

impl Shape {
    fn read(node: &Node, refused: &Refusals) -> Option<Self> {
        match &node.value {
            Value::List(nodes) => {
                let read = nodes.iter().map(|node| Self::read(node, refused));
                read.collect::<Option<_>>().map(Self::List)
            }
            Value::Map(entries) => {
                let read = entries.iter().map(|entry| {
                    if entry.key.contains("{{") {
                        refused.add(entry.line, "a key is the same for every journey");
                    }
                    Some((entry.key.clone(), Self::read(&entry.node, refused)?))
                });
                read.collect::<Option<_>>().map(Self::Map)
            }
            Value::Scalar(scalar) if scalar.text.contains("{{") => {
                refused.unless(node.line, Template::parse(&scalar.text)).map(Self::Template)
            }
            Value::Scalar(scalar) => Some(Self::Value(scalar.json())),
        }
    }

    /// With everything filled in.
    pub(in crate::load) fn filled(&self, fill: &mut impl Fill) -> Result<Json, String> {
        match self {
            Self::Value(value) => Ok(value.clone()),
            Self::Template(template) => template.json(fill),
            Self::List(shapes) => shapes.iter().map(|shape| shape.filled(fill)).collect(),
            Self::Map(shapes) => {
                shapes.iter().map(|(key, shape)| Ok((key.clone(), shape.filled(fill)?))).collect()
            }
        }
    }

    /// What stands at a JSON pointer (RFC 6901), or the nearest thing around it.
    pub(in crate::load) fn at(&self, pointer: &str) -> &Self {
        let mut at = self;
        for key in pointer.split('/').skip(1) {
            let inside = match at {
                Self::Map(shapes) => shapes.iter().find(|(name, _)| name == key).map(|(_, at)| at),
                Self::List(shapes) => key.parse::<usize>().ok().and_then(|key| shapes.get(key)),
                Self::Value(_) | Self::Template(_) => None,
            };
            let Some(inside) = inside else { break };
            at = inside;
        }
        at
    }

    pub(in crate::load) fn add_templates<'a>(&'a self, templates: &mut Vec<&'a Template>) {
        match self {
            Self::Value(_) => {}
            Self::Template(template) => templates.push(template),
            Self::List(shapes) => {
                for shape in shapes {
                    shape.add_templates(templates);
                }
            }
            Self::Map(shapes) => {
                for (_, shape) in shapes {
                    shape.add_templates(templates);
                }
            }
        }
    }
}

impl Capture {
    fn read(node: &Node, refused: &Refusals) -> Option<Self> {
        let mut keys = Keys::of(node, "capture", refused)?;
        let name = keys.need("as");
        let origin = origin(&mut keys);
        let is_strict = keys.flag("strict").unwrap_or(true);
        let name = name?;
        let name = refused.unless(name.line, keys::plain_text(name, "as"))?;
        Some(Self { line: node.line, name, origin: origin?, is_strict })
    }
}

fn origin(keys: &mut Keys<'_>) -> Option<Origin> {
    let (line, refused) = (keys.line, keys.refused);
    match (keys.text("json"), keys.text("header"), keys.text("regexp")) {
        (Some(path), None, None) => refused.unless(line, Path::json_path(&path)).map(Origin::Json),
        (None, Some(name), None) => Some(Origin::Header(name)),
        (None, None, Some(pattern)) => {
            let pattern = refused.unless(line, expectation::pattern(&pattern))?;
            Some(Origin::Pattern { pattern, group: keys.text("group") })
        }
        _ => {
            refused.add(line, "a capture is one of json, header and regexp");
            None
        }
    }
}

/// A path on the target: other servers are not asked.
fn address(node: &Node) -> Result<Template, String> {
    let text = keys::text(node, "url")?;
    let template = Template::parse(&text)?;
    let is_clean =
        |text: &str| !text.contains(|each: char| each == '#' || !each.is_ascii_graphic());
    if text.starts_with('/') && template.literals().all(is_clean) {
        return Ok(template);
    }
    Err(format!("`{text}` is no path on the target, such as /api/auth/login"))
}

fn body(keys: &mut Keys<'_>) -> Body {
    let refused = keys.refused;
    match (keys.take("json"), keys.template("body")) {
        (Some(json), None) => Shape::read(json, refused).map_or(Body::None, Body::Json),
        (None, Some(text)) => Body::Text(text),
        (Some(json), Some(_)) => {
            refused.add(json.line, "a request has `json` or `body`, not both");
            Body::None
        }
        (None, None) => Body::None,
    }
}
