//! A scenario out of its file.

use std::path::Path as FilePath;
use std::time::Duration;

use super::super::keys::{self, Keys};
use super::super::refusals::{Refusal, Refusals};
use super::super::template::Template;
use super::super::yaml::{Node, Value};
use super::{Ensure, Journey, Payload, Phase, Scenario, Variable, flow};

/// How long a reply may take when nobody says, as Artillery has it.
const TIMEOUT: Duration = Duration::from_secs(10);

impl Scenario {
    /// Reads a scenario; payloads lie beside its file.
    pub(in crate::load) fn parse(file: &FilePath, text: &str) -> Result<Self, Vec<Refusal>> {
        let document = Node::parse(text).map_err(|refusal| vec![refusal])?;
        let refused = Refusals::default();
        let read = whole(file, &document, &refused);
        let refused = refused.into_list();
        match read {
            Some(scenario) if refused.is_empty() => Ok(scenario),
            _ => Err(refused),
        }
    }
}

fn whole(file: &FilePath, document: &Node, refused: &Refusals) -> Option<Scenario> {
    let mut keys = Keys::of(document, "a scenario", refused)?;
    let mut scenario = keys.need("config").and_then(|node| config(file, node, refused));
    let before = keys.take("before").and_then(|node| before(node, refused));
    let journeys = keys.need("scenarios").map(|node| journeys(node, refused));
    let scenario_read = scenario.as_mut()?;
    scenario_read.before = before.unwrap_or_default();
    scenario_read.journeys = journeys.unwrap_or_default();
    scenario
}

fn config(file: &FilePath, node: &Node, refused: &Refusals) -> Option<Scenario> {
    let folder = file.parent().unwrap_or(FilePath::new("."));
    let mut keys = Keys::of(node, "config", refused)?;
    let http = keys.take("http").and_then(|node| http(node, refused)).unwrap_or_default();
    let defaults = keys.take("defaults").and_then(|node| defaults(node, refused));
    let timeout = keys.duration("timeout").or(http.timeout).unwrap_or(TIMEOUT);
    Some(Scenario {
        file: file.to_owned(),
        target: keys.text("target"),
        timeout,
        pool: http.pool,
        headers: defaults.unwrap_or(http.headers),
        phases: phases(&mut keys),
        payloads: keys
            .list("payload")
            .iter()
            .filter_map(|node| Payload::read(folder, node, refused))
            .collect(),
        variables: keys.take("variables").map(|node| variables(node, refused)).unwrap_or_default(),
        has_expect_plugin: keys
            .take("plugins")
            .and_then(|node| plugins(node, refused))
            .unwrap_or_default(),
        ensure: keys.take("ensure").map(|node| Ensure::read(node, refused)).unwrap_or_default(),
        before: Vec::new(),
        journeys: Vec::new(),
    })
}

/// A scenario without phases is one journey, as Artillery has it.
fn phases(keys: &mut Keys<'_>) -> Vec<Phase> {
    let refused = keys.refused;
    match keys.take("phases") {
        None => vec![Phase::one_journey()],
        Some(Node { line, value: Value::List(nodes) }) => {
            if nodes.is_empty() {
                refused.add(*line, "there are no phases");
            }
            nodes.iter().filter_map(|node| Phase::read(node, refused)).collect()
        }
        Some(node) => {
            refused.add(node.line, "`phases` is a list");
            Vec::new()
        }
    }
}

#[derive(Default)]
struct Http {
    timeout: Option<Duration>,
    pool: Option<u32>,
    headers: Vec<(String, Template)>,
}

fn http(node: &Node, refused: &Refusals) -> Option<Http> {
    let mut keys = Keys::of(node, "http", refused)?;
    let pool = keys.take("pool").and_then(|node| {
        let read = node.json().as_u64().and_then(|pool| u32::try_from(pool).ok());
        let read = read.filter(|pool| *pool > 0);
        refused.unless(node.line, read.ok_or_else(|| "`pool` is a number above 0".to_owned()))
    });
    let headers = keys.take("defaults").and_then(|node| defaults(node, refused));
    Some(Http { timeout: keys.duration("timeout"), pool, headers: headers.unwrap_or_default() })
}

fn defaults(node: &Node, refused: &Refusals) -> Option<Vec<(String, Template)>> {
    let mut keys = Keys::of(node, "defaults", refused)?;
    Some(keys.take("headers").map(|node| templates(node, "headers", refused)).unwrap_or_default())
}

/// Names and what is filled in for each.
pub(super) fn templates(node: &Node, place: &str, refused: &Refusals) -> Vec<(String, Template)> {
    let Some(mut keys) = Keys::of(node, place, refused) else { return Vec::new() };
    let entries = keys.rest().into_iter();
    let read = entries.filter_map(|entry| {
        let text = refused.unless(entry.line, keys::text(&entry.node, &entry.key))?;
        let template = refused.unless(entry.line, Template::parse(&text))?;
        Some((entry.key.clone(), template))
    });
    read.collect()
}

fn variables(node: &Node, refused: &Refusals) -> Vec<Variable> {
    let Some(mut keys) = Keys::of(node, "variables", refused) else { return Vec::new() };
    let read = keys.rest().into_iter().map(|entry| {
        let values = match &entry.node.value {
            Value::List(nodes) => nodes.iter().map(Node::json).collect(),
            _ => vec![entry.node.json()],
        };
        Variable { name: entry.key.clone(), line: entry.line, values }
    });
    let read: Vec<Variable> = read.collect();
    for empty in read.iter().filter(|variable| variable.values.is_empty()) {
        refused.add(empty.line, format!("`{}` has no values", empty.name));
    }
    read
}

/// What of Artillery's plugins is always there: limits, and figures of each endpoint.
const ALWAYS_THERE: [&str; 2] = ["ensure", "metrics-by-endpoint"];

/// Whether expectations are turned on.
fn plugins(node: &Node, refused: &Refusals) -> Option<bool> {
    let mut keys = Keys::of(node, "plugins", refused)?;
    for plugin in ALWAYS_THERE {
        let options = keys.take(plugin).and_then(|node| {
            if node.json().is_null() { None } else { Keys::of(node, plugin, refused) }
        });
        drop(options);
    }
    let expect = keys.take("expect");
    if let Some(mut options) = expect.and_then(|node| Keys::of(node, "expect", refused)) {
        // How Artillery writes them; here causes are shown.
        options.take("outputFormat");
        options.take("formatter");
    }
    Some(expect.is_some())
}

fn before(node: &Node, refused: &Refusals) -> Option<Vec<super::Step>> {
    let mut keys = Keys::of(node, "before", refused)?;
    keys.need("flow").map(|node| flow::read(node, refused))
}

fn journeys(node: &Node, refused: &Refusals) -> Vec<Journey> {
    let Value::List(nodes) = &node.value else {
        refused.add(node.line, "`scenarios` is a list");
        return Vec::new();
    };
    if nodes.is_empty() {
        refused.add(node.line, "there are no scenarios");
    }
    (1..).zip(nodes).filter_map(|(number, node)| journey(number, node, refused)).collect()
}

fn journey(number: usize, node: &Node, refused: &Refusals) -> Option<Journey> {
    let mut keys = Keys::of(node, "a scenario", refused)?;
    if let Some(engine) = keys.text("engine").filter(|engine| engine != "http") {
        refused.add(node.line, format!("the engine {engine} is not known; http is"));
    }
    let flow = keys.need("flow").map(|node| flow::read(node, refused));
    Some(Journey {
        name: keys.text("name").unwrap_or_else(|| format!("scenario {number}")),
        line: node.line,
        weight: keys.number("weight").unwrap_or(1.0),
        flow: flow.unwrap_or_default(),
    })
}
