//! A parsed document, before anybody knows what it should be.

use serde_json::Number;

/// A value as it was sent. Objects keep their order and their duplicate keys.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number: integers up to 64 bits are exact.
    Number(Number),
    /// A text.
    Text(String),
    /// A text from a place that knows only texts (an environment variable, a query): it counts as
    /// whatever it can be read as. A list is separated by commas.
    Loose(String),
    /// A list.
    List(Vec<Node>),
    /// An object.
    Object(Vec<(String, Node)>),
}

impl Node {
    /// The object without members.
    pub fn empty() -> Self {
        Self::Object(Vec::new())
    }

    /// The first member of this name, if this is an object that has one.
    pub fn member(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members.iter().find(|(key, _)| key == name).map(|(_, node)| node)
    }
}

impl From<toml::Value> for Node {
    fn from(value: toml::Value) -> Self {
        match value {
            toml::Value::String(text) => Self::Text(text),
            toml::Value::Integer(number) => Self::Number(number.into()),
            // Infinities and NaN have no place in a configuration: they become a wrong type.
            toml::Value::Float(number) => Number::from_f64(number).map_or(Self::Null, Self::Number),
            toml::Value::Boolean(truth) => Self::Bool(truth),
            toml::Value::Datetime(moment) => Self::Text(moment.to_string()),
            toml::Value::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            toml::Value::Table(table) => Self::from(table),
        }
    }
}

impl From<toml::Table> for Node {
    fn from(table: toml::Table) -> Self {
        Self::Object(table.into_iter().map(|(key, value)| (key, Self::from(value))).collect())
    }
}
