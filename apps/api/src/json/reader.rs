//! A serde deserializer over a [`Node`] that carries on where others stop.

use gacp_store::Violation;
use serde::de::{DeserializeOwned, Visitor};

use super::Node;
use super::access::{Items, Members};
use super::path::Path;
use super::state::{Halt, Refused, Shapes, State};

/// Types may nest endlessly in stand-ins (an enum whose first variant holds itself).
const MAX_DEPTH: usize = 64;

/// Reads a document as a `T`; what is wrong with it comes beside the best `T` that it makes.
///
/// There is no `T` only where a type refuses whatever stands in for its value.
pub fn read<T: DeserializeOwned>(node: &Node) -> (Option<T>, Vec<Violation>) {
    let reading = Reading::of(node);
    (reading.value, reading.found)
}

/// What came of reading a document.
pub(super) struct Reading<T> {
    pub(super) value: Option<T>,
    /// In the order of the fields.
    pub(super) found: Vec<Violation>,
    pub(super) shapes: Shapes,
}

impl<T: DeserializeOwned> Reading<T> {
    pub(super) fn of(node: &Node) -> Self {
        let mut refused = Refused::default();
        loop {
            let state = State::new(&refused);
            let result = T::deserialize(Reader::root(node, &state));
            let (mut found, shapes, halted) = state.into_parts();
            let value = result.ok();
            if value.is_some() || !refused.again(halted.unwrap_or_default()) {
                note_refused(&mut found, &refused);
                super::order::sort(&mut found, &shapes);
                return Self { value, found, shapes };
            }
        }
    }
}

/// A pass that ended early has not come to every value that is known to be refused.
fn note_refused(found: &mut Vec<Violation>, refused: &Refused) {
    for pointer in refused.pointers() {
        if !found.iter().any(|violation| violation.pointer == *pointer) {
            found.push(Violation::new(pointer, "invalid-format"));
        }
    }
}

/// Where a value comes from.
#[derive(Clone, Copy)]
pub(super) enum Source<'n> {
    /// It was sent.
    Given(&'n Node),
    /// It should have been sent.
    Missing,
    /// Something around it is wrong already: this only fills its place.
    StandIn,
}

impl<'n> From<Option<&'n Node>> for Source<'n> {
    fn from(node: Option<&'n Node>) -> Self {
        node.map_or(Self::Missing, Self::Given)
    }
}

/// Reads one value.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) source: Source<'a>,
    pub(super) path: &'a Path<'a>,
    pub(super) state: &'a State<'a>,
    pub(super) depth: usize,
}

impl<'a> Reader<'a> {
    fn root(node: &'a Node, state: &'a State<'a>) -> Self {
        Self { source: Source::Given(node), path: &Path::Root, state, depth: 0 }
    }

    /// The reader of something inside this value.
    pub(super) fn inside<'b>(&self, source: Source<'b>, path: &'b Path<'b>) -> Reader<'b>
    where
        'a: 'b,
    {
        Reader { source, path, state: self.state, depth: self.depth + 1 }
    }

    pub(super) fn note(&self, code: &str) {
        self.state.note(self.path, code, None);
    }

    /// Notes when a list has not exactly as many items as it must.
    pub(super) fn note_length(&self, len: usize, must: usize) {
        if len != must {
            let code = if len < must { "too-short" } else { "too-long" };
            self.state.note(self.path, code, Some(must));
        }
    }

    /// Fails in stand-ins without end.
    pub(super) fn check_depth(&self) -> Result<(), Halt> {
        if self.depth > MAX_DEPTH { Err(Halt) } else { Ok(()) }
    }

    /// What was sent, if anything was; notes its absence.
    fn sent(&self) -> Option<&'a Node> {
        match self.source {
            Source::Given(node) => Some(node),
            Source::Missing => {
                self.note("required");
                None
            }
            Source::StandIn => None,
        }
    }

    /// What was sent, unless its type is known to refuse it.
    pub(super) fn scalar(&self) -> Option<&'a Node> {
        let node = self.sent()?;
        if self.state.is_refused(self.path) {
            self.note("invalid-format");
            return None;
        }
        Some(node)
    }

    /// What was sent, read by `read`; notes when it is of another type.
    pub(super) fn typed<T>(&self, read: impl FnOnce(&'a Node) -> Option<T>) -> Option<T> {
        let value = read(self.scalar()?);
        if value.is_none() {
            self.note("wrong-type");
        }
        value
    }

    pub(super) fn integer<T: TryFrom<i128> + Default>(&self) -> T {
        let number = self.typed(whole_number).and_then(|number| {
            let fitting = T::try_from(number).ok();
            if fitting.is_none() {
                self.note("out-of-range");
            }
            fitting
        });
        let stand_in = || T::try_from(self.state.number(self.path).into()).ok();
        number.or_else(stand_in).unwrap_or_default()
    }

    pub(super) fn float(&self) -> f64 {
        let number = self.typed(|node| match node {
            Node::Number(number) => number.as_f64(),
            Node::Loose(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
            _ => None,
        });
        number.unwrap_or_else(|| f64::from(self.state.number(self.path)))
    }

    pub(super) fn text(&self) -> &'a str {
        self.typed(text_of).unwrap_or_else(|| self.state.text(self.path))
    }

    /// The items of a list; `None` when it is none.
    pub(super) fn list(&self) -> Option<Vec<Source<'a>>> {
        let node = self.sent()?;
        if let Node::List(items) = node {
            return Some(items.iter().map(Source::Given).collect());
        }
        self.note("wrong-type");
        None
    }

    /// The members of an object; `None` when it is none.
    pub(super) fn object(&self) -> Option<&'a [(String, Node)]> {
        let node = self.sent()?;
        if let Node::Object(members) = node {
            return Some(members);
        }
        self.note("wrong-type");
        None
    }

    pub(super) fn visit_list<'de, V: Visitor<'de>>(
        self,
        items: Vec<Source<'a>>,
        visitor: V,
    ) -> Result<V::Value, Halt> {
        visitor.visit_seq(Items::new(self, items))
    }

    pub(super) fn visit_any<'de, V: Visitor<'de>>(
        self,
        node: &'a Node,
        visitor: V,
    ) -> Result<V::Value, Halt> {
        match node {
            Node::Null => visitor.visit_unit(),
            Node::Bool(truth) => visitor.visit_bool(*truth),
            Node::Number(number) => visit_number(number, visitor),
            Node::Text(text) | Node::Loose(text) => visitor.visit_str(text),
            Node::List(items) => {
                self.visit_list(items.iter().map(Source::Given).collect(), visitor)
            }
            Node::Object(members) => visitor.visit_map(Members::new(self, members)),
        }
    }
}

fn visit_number<'de, V: Visitor<'de>>(
    number: &serde_json::Number,
    visitor: V,
) -> Result<V::Value, Halt> {
    if let Some(number) = number.as_u64() {
        visitor.visit_u64(number)
    } else if let Some(number) = number.as_i64() {
        visitor.visit_i64(number)
    } else {
        visitor.visit_f64(number.as_f64().unwrap_or_default())
    }
}

pub(super) fn text_of(node: &Node) -> Option<&str> {
    match node {
        Node::Text(text) | Node::Loose(text) => Some(text),
        _ => None,
    }
}

pub(super) fn truth_of(node: &Node) -> Option<bool> {
    match node {
        Node::Bool(truth) => Some(*truth),
        Node::Loose(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// An integer, also one that was written as `12.0`: some languages know no other numbers.
fn whole_number(node: &Node) -> Option<i128> {
    match node {
        Node::Number(number) => {
            let exact = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
            exact.or_else(|| number.as_f64().and_then(whole_float))
        }
        Node::Loose(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "the fraction is zero, and what does not fit saturates far out of every range"
)]
fn whole_float(number: f64) -> Option<i128> {
    (number.fract() == 0.0).then_some(number as i128)
}

/// The items of a text that stands for a list: separated by commas, none when it is blank.
pub(super) fn split(text: &str) -> Vec<Node> {
    let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
    items.map(|item| Node::Loose(item.to_owned())).collect()
}
