//! Where values come from: the file, and the environment over it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::complaint::{Complaint, ConfigError};
use super::keys::{KEYS, Key};
use crate::json::Node;

/// One document out of file and environment, and where each value came from.
#[derive(Debug)]
pub(super) struct Sources {
    pub(super) document: Node,
    file: String,
    /// The variables that set values, by the values' pointers.
    variables: BTreeMap<String, String>,
    /// Variables that look like ours and are not.
    pub(super) unknown: Vec<String>,
}

impl Sources {
    /// Reads the file and sorts the environment. Fails when the file is no TOML.
    pub(super) fn gather(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let name = file.map_or_else(|| "default".to_owned(), |path| path.display().to_string());
        let mut sections = match file {
            Some(path) => members(read(path, &name)?),
            None => Vec::new(),
        };
        let environment: BTreeMap<String, String> =
            environment.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let mut variables = BTreeMap::new();
        for key in &KEYS {
            let Some(values) = section(&mut sections, key.section) else { continue };
            for variable in key.variables() {
                if let Some(value) = environment.get(&variable) {
                    values.retain(|(name, _)| name != key.name);
                    values.push((key.name.to_owned(), Node::Loose(value.clone())));
                    variables.insert(key.pointer(), variable);
                }
            }
        }
        let unknown = unknown(environment.into_keys());
        Ok(Self { document: Node::Object(sections), file: name, variables, unknown })
    }

    /// Where the value at this pointer came from.
    pub(super) fn source(&self, pointer: &str) -> String {
        let key = Key::at(pointer).map_or_else(|| pointer.to_owned(), Key::pointer);
        self.variables.get(&key).cloned().unwrap_or_else(|| self.file.clone())
    }
}

fn read(path: &Path, name: &str) -> Result<Node, ConfigError> {
    let complain = |advice: String| ConfigError::one(Complaint::new("--config", name, advice));
    let text = std::fs::read_to_string(path)
        .map_err(|error| complain(format!("the file cannot be read: {error}")))?;
    let table: toml::Table = toml::from_str(&text).map_err(|error| {
        // The error's own text would show the line, and with it perhaps a secret.
        let line = error.span().map_or(1, |span| {
            text.bytes().take(span.start).filter(|byte| *byte == b'\n').count() + 1
        });
        complain(format!("line {line} is not TOML: {}", error.message()))
    })?;
    Ok(Node::from(table))
}

fn members(document: Node) -> Vec<(String, Node)> {
    match document {
        Node::Object(members) => members,
        _ => Vec::new(),
    }
}

/// The keys of a section, which is made if it is not there; none if something else is there.
fn section<'a>(
    sections: &'a mut Vec<(String, Node)>,
    name: &str,
) -> Option<&'a mut Vec<(String, Node)>> {
    if !sections.iter().any(|(section, _)| section == name) {
        sections.push((name.to_owned(), Node::empty()));
    }
    match sections.iter_mut().find(|(section, _)| section == name) {
        Some((_, Node::Object(values))) => Some(values),
        _ => None,
    }
}

fn unknown(variables: impl Iterator<Item = String>) -> Vec<String> {
    let known: BTreeSet<String> = KEYS.iter().flat_map(Key::variables).collect();
    variables.filter(|name| name.starts_with("GACP_") && !known.contains(name)).collect()
}
