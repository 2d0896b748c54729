//! Bytes to a [`Node`], or nothing at all.

use std::fmt;

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use thiserror::Error;

use super::Node;

/// Deeper documents are refused: nothing here needs them, and they cost stack to walk.
const MAX_DEPTH: usize = 32;

/// The bytes are not one JSON document in UTF-8, or it is nested too deeply.
#[derive(Debug, Error)]
#[error("not a readable JSON document")]
pub struct Unreadable(#[source] serde_json::Error);

impl Node {
    /// Parses a whole document. Fails with [`Unreadable`] on anything but exactly one JSON value.
    pub fn parse(bytes: &[u8]) -> Result<Self, Unreadable> {
        let mut document = serde_json::Deserializer::from_slice(bytes);
        let node = Level { below: MAX_DEPTH }.deserialize(&mut document).map_err(Unreadable)?;
        document.end().map_err(Unreadable)?;
        Ok(node)
    }
}

/// Reads one value; lists and objects may still be nested `below` levels deep.
#[derive(Clone, Copy)]
struct Level {
    below: usize,
}

impl Level {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        let below = self.below.checked_sub(1).ok_or_else(|| E::custom("nested too deeply"))?;
        Ok(Self { below })
    }
}

impl<'de> DeserializeSeed<'de> for Level {
    type Value = Node;

    fn deserialize<D: serde::Deserializer<'de>>(self, document: D) -> Result<Node, D::Error> {
        document.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Level {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Node, E> {
        Ok(Node::Bool(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node, E> {
        Ok(Node::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node, E> {
        Ok(Node::Number(number.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Node, E> {
        Number::from_f64(number).map(Node::Number).ok_or_else(|| E::custom("not a finite number"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Node, E> {
        Ok(Node::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let level = self.deeper()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(level)? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node, A::Error> {
        let level = self.deeper()?;
        let mut object = Vec::new();
        while let Some(key) = members.next_key::<String>()? {
            object.push((key, members.next_value_seed(level)?));
        }
        Ok(Node::Object(object))
    }
}
