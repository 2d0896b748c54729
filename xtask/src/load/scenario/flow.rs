//! What a journey does, step by step.

use std::time::Duration;

use serde_json::Value as Json;

use super::super::keys::{self, Keys};
use super::super::refusals::Refusals;
use super::super::template::Template;
use super::super::yaml::{Node, Value};
use super::Request;

/// The most rounds of a loop.
const MOST_ROUNDS: u64 = 1_000_000;

/// How deep loops may lie in each other.
const DEEPEST: usize = 8;

#[derive(Debug)]
pub(in crate::load) struct Step {
    pub(in crate::load) line: usize,
    pub(in crate::load) action: Action,
}

#[derive(Debug)]
pub(in crate::load) enum Action {
    Request(Box<Request>),
    Think(Duration),
    Log(Template),
    Loop(Loop),
}

/// Steps that are done again and again.
#[derive(Debug)]
pub(in crate::load) struct Loop {
    pub(in crate::load) over: Over,
    /// What the number of the round is called.
    pub(in crate::load) count: String,
    /// What the value of the round is called.
    pub(in crate::load) element: String,
    pub(in crate::load) steps: Vec<Step>,
}

/// How often, or with what.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::load) enum Over {
    Rounds {
        from: u64,
        to: u64,
    },
    Values(Vec<Json>),
    /// Whatever is in the list of this name.
    Variable(String),
}

/// The words that begin a request.
const METHODS: [(&str, &str); 5] =
    [("get", "GET"), ("post", "POST"), ("put", "PUT"), ("patch", "PATCH"), ("delete", "DELETE")];

/// The steps of a flow.
pub(super) fn read(node: &Node, refused: &Refusals) -> Vec<Step> {
    steps(node, refused, 0)
}

/// Every request in it, those in loops too.
pub(super) fn requests(steps: &[Step]) -> Vec<&Request> {
    let mut found = Vec::new();
    for step in steps {
        match &step.action {
            Action::Request(request) => found.push(&**request),
            Action::Loop(inside) => found.extend(requests(&inside.steps)),
            Action::Think(_) | Action::Log(_) => {}
        }
    }
    found
}

fn steps(node: &Node, refused: &Refusals, depth: usize) -> Vec<Step> {
    let Value::List(nodes) = &node.value else {
        refused.add(node.line, "a flow is a list of steps");
        return Vec::new();
    };
    if nodes.is_empty() {
        refused.add(node.line, "there are no steps");
    }
    nodes.iter().filter_map(|node| step(node, refused, depth)).collect()
}

fn step(node: &Node, refused: &Refusals, depth: usize) -> Option<Step> {
    let mut keys = Keys::of(node, "a step", refused)?;
    for (word, method) in METHODS {
        if let Some(inside) = keys.take(word) {
            let request = Request::read(method, inside, refused)?;
            return Some(Step { line: inside.line, action: Action::Request(Box::new(request)) });
        }
    }
    let action = if let Some(pause) = keys.duration("think") {
        Action::Think(pause)
    } else if let Some(text) = keys.template("log") {
        Action::Log(text)
    } else if let Some(inside) = keys.take("loop") {
        Action::Loop(rounds(inside, &mut keys, depth)?)
    } else {
        refused.add(node.line, "a step is get, post, put, patch, delete, think, log or loop");
        return None;
    };
    Some(Step { line: node.line, action })
}

fn rounds(inside: &Node, keys: &mut Keys<'_>, depth: usize) -> Option<Loop> {
    let (line, refused) = (keys.line, keys.refused);
    if depth >= DEEPEST {
        refused.add(line, format!("more than {DEEPEST} loops in each other"));
        return None;
    }
    let steps = steps(inside, refused, depth + 1);
    let over = match (keys.take("count"), keys.take("over")) {
        (Some(count), None) => refused.unless(count.line, self::count(count)),
        (None, Some(over)) => refused.unless(over.line, values(over)),
        _ => {
            refused.add(line, "a loop has a `count` or a list that it goes `over`");
            None
        }
    };
    let count = keys.text("loopValue").unwrap_or_else(|| "$loopCount".to_owned());
    let element = keys.text("loopElement").unwrap_or_else(|| "$loopElement".to_owned());
    Some(Loop { over: over?, count, element, steps })
}

/// A number of rounds, or the numbers from one to another: `3-7` are four rounds.
fn count(node: &Node) -> Result<Over, String> {
    let text = keys::plain_text(node, "count")?;
    let read = match text.split_once('-') {
        Some((from, to)) => from.parse().ok().zip(to.parse().ok()),
        None => text.parse().ok().map(|to| (0, to)),
    };
    match read {
        Some((from, to)) if from <= to && to - from <= MOST_ROUNDS => Ok(Over::Rounds { from, to }),
        _ => Err(format!("`count` is a number up to {MOST_ROUNDS}, or a range such as 3-7")),
    }
}

fn values(node: &Node) -> Result<Over, String> {
    match &node.value {
        Value::List(nodes) => Ok(Over::Values(nodes.iter().map(Node::json).collect())),
        _ => keys::plain_text(node, "over").map(Over::Variable),
    }
}
