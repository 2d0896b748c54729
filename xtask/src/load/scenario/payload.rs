//! Which file gives journeys their data, and how it is read.

use std::path::{Path as FilePath, PathBuf};

use super::super::keys::{self, Keys};
use super::super::refusals::Refusals;
use super::super::yaml::{Node, Value};

/// A CSV file, a row of which each journey gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::load) struct Payload {
    /// Where the scenario names it.
    pub(in crate::load) line: usize,
    /// As the scenario names it.
    pub(in crate::load) named: String,
    pub(in crate::load) file: PathBuf,
    /// What the columns are called, from the first on.
    pub(in crate::load) fields: Vec<String>,
    pub(in crate::load) skips_header: bool,
    pub(in crate::load) delimiter: char,
    pub(in crate::load) order: Order,
    /// Whether a value that reads as a number is one.
    pub(in crate::load) casts: bool,
}

/// Which row comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::load) enum Order {
    /// Any, whether it was there before or not; what Artillery does when nobody says.
    Random,
    /// One after the other, and from the first again.
    Sequence,
}

impl Payload {
    pub(super) fn read(folder: &FilePath, node: &Node, refused: &Refusals) -> Option<Self> {
        let mut keys = Keys::of(node, "payload", refused)?;
        let path = keys.need("path");
        let fields = keys.need("fields").and_then(|node| fields(node, refused));
        let skips_header = keys.flag("skipHeader").unwrap_or(false);
        let casts = keys.flag("cast").unwrap_or(true);
        let delimiter = delimiter(&mut keys);
        let order = order(&mut keys);
        let path = path?;
        let named = refused.unless(path.line, keys::plain_text(path, "path"))?;
        let file = folder.join(named.trim_start_matches("./"));
        let (line, fields, order) = (path.line, fields?, order?);
        Some(Self { line, named, file, fields, skips_header, delimiter: delimiter?, order, casts })
    }
}

fn fields(node: &Node, refused: &Refusals) -> Option<Vec<String>> {
    let Value::List(nodes) = &node.value else {
        refused.add(node.line, "`fields` is a list of names, one for each column");
        return None;
    };
    if nodes.is_empty() {
        refused.add(node.line, "`fields` names no column");
    }
    let name = |node: &Node| refused.unless(node.line, keys::plain_text(node, "fields"));
    nodes.iter().map(name).collect()
}

fn delimiter(keys: &mut Keys<'_>) -> Option<char> {
    let line = keys.line;
    let Some(text) = keys.text("delimiter") else { return Some(',') };
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(one), None) if !matches!(one, '"' | '\n' | '\r') => Some(one),
        _ => {
            keys.refused.add(line, "`delimiter` is one character");
            None
        }
    }
}

fn order(keys: &mut Keys<'_>) -> Option<Order> {
    let line = keys.line;
    match keys.text("order").as_deref() {
        None | Some("random") => Some(Order::Random),
        Some("sequence") => Some(Order::Sequence),
        Some(other) => {
            keys.refused.add(line, format!("the order {other} is not known; random, sequence"));
            None
        }
    }
}
