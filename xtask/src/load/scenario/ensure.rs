//! When a run is good enough.

use super::super::condition::Condition;
use super::super::keys::{self, Keys};
use super::super::refusals::Refusals;
use super::super::yaml::{Node, Value};

/// Limits, all of which must hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::load) struct Ensure(pub(in crate::load) Vec<Limit>);

/// One of them.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::load) struct Limit {
    pub(in crate::load) line: usize,
    pub(in crate::load) holds_if: Condition,
    /// In the words of the scenario.
    pub(in crate::load) text: String,
    /// Whether the run fails with it.
    pub(in crate::load) is_strict: bool,
}

/// What of the times of replies can be limited.
const TIMES: [&str; 11] =
    ["min", "max", "mean", "median", "p50", "p75", "p90", "p95", "p99", "p999", "count"];

const COUNTS: [&str; 12] = [
    "vusers.created",
    "vusers.completed",
    "vusers.failed",
    "vusers.skipped",
    "http.requests",
    "http.responses",
    "http.request_rate",
    "plugins.expect.ok",
    "plugins.expect.failed",
    "captures.ok",
    "captures.failed",
    "errors.unexplained",
];

/// Whether a run has this figure.
pub(in crate::load) fn metric_exists(name: &str) -> bool {
    if let Some(times) = name.strip_prefix("http.response_time.") {
        let of_class =
            ["2xx.", "3xx.", "4xx.", "5xx."].iter().find_map(|of| times.strip_prefix(of));
        return TIMES.contains(&of_class.unwrap_or(times));
    }
    let status = name.strip_prefix("http.codes.").and_then(|status| status.parse::<u16>().ok());
    status.is_some_and(|status| (100..600).contains(&status)) || COUNTS.contains(&name)
}

impl Ensure {
    pub(super) fn read(node: &Node, refused: &Refusals) -> Self {
        let Some(mut keys) = Keys::of(node, "ensure", refused) else { return Self::default() };
        let mut limits = Vec::new();
        for node in keys.list("thresholds") {
            let Some(mut threshold) = Keys::of(node, "a threshold", refused) else { continue };
            for entry in threshold.rest() {
                limits.extend(below(&entry.key, &entry.node, refused));
            }
        }
        for node in keys.list("conditions") {
            limits.extend(condition(node, refused));
        }
        for short in ["min", "max", "median", "p95", "p99"] {
            if let Some(node) = keys.take(short) {
                limits.extend(below(&format!("http.response_time.{short}"), node, refused));
            }
        }
        if let Some(node) = keys.take("maxErrorRate") {
            limits.extend(error_rate(node, refused));
        }
        Self(limits)
    }
}

/// A figure that has to stay below a number.
fn below(metric: &str, node: &Node, refused: &Refusals) -> Option<Limit> {
    let most = refused.unless(node.line, keys::number(node, metric))?;
    limit(node.line, &format!("{metric} < {most}"), refused)
}

/// The percentage of journeys that may fail.
fn error_rate(node: &Node, refused: &Refusals) -> Option<Limit> {
    let most = refused.unless(node.line, keys::number(node, "maxErrorRate"))?;
    let condition = format!("vusers.failed * 100 <= {most} * vusers.created");
    let text = format!("at most {most} % of journeys fail");
    Some(Limit { text, ..limit(node.line, &condition, refused)? })
}

fn condition(node: &Node, refused: &Refusals) -> Option<Limit> {
    if let Value::Scalar(scalar) = &node.value {
        return limit(node.line, &scalar.text, refused);
    }
    let mut keys = Keys::of(node, "a condition", refused)?;
    let text = keys.need("expression")?;
    let text = refused.unless(text.line, keys::plain_text(text, "expression"))?;
    let is_strict = keys.flag("strict").unwrap_or(true);
    Some(Limit { is_strict, ..limit(node.line, &text, refused)? })
}

fn limit(line: usize, text: &str, refused: &Refusals) -> Option<Limit> {
    let holds_if = refused.unless(line, Condition::parse(text))?;
    for name in holds_if.names() {
        if !metric_exists(name) {
            refused.add(line, format!("`{name}` is no figure of a run"));
        }
    }
    Some(Limit { line, holds_if, text: text.to_owned(), is_strict: true })
}
