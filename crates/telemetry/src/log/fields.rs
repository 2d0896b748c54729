//! What an event or a span says of itself, as JSON.

use std::error::Error;
use std::fmt::{self, Display};

use serde::Serialize;
use tracing::field::{Field, Visit};

/// The inside of a JSON object, as it is written: fields in the order in which they come, a name
/// that comes again left out.
#[derive(Debug, Default)]
pub(super) struct Object {
    text: Vec<u8>,
    names: Vec<&'static str>,
}

/// Fields of a span for the events inside of it, each as JSON already.
#[derive(Debug)]
pub(super) struct Inherited {
    wanted: &'static [&'static str],
    found: Vec<(&'static str, Vec<u8>)>,
}

/// Takes the fields of an event or of a span.
pub(super) struct Fields<'a, T>(pub(super) &'a mut T);

/// Where fields go.
pub(super) trait Takes {
    /// Takes a field, or leaves it.
    fn take(&mut self, name: &'static str, value: &impl Serialize);
}

impl Object {
    /// An empty one, with room for a usual line.
    pub(super) fn new() -> Self {
        Self { text: Vec::with_capacity(512), names: Vec::with_capacity(16) }
    }

    /// What the span around has.
    pub(super) fn inherit(&mut self, inherited: &Inherited) {
        for (name, value) in &inherited.found {
            if self.begin(name) {
                self.text.extend_from_slice(value);
            }
        }
    }

    /// The whole of it, on a line.
    pub(super) fn line(mut self) -> Vec<u8> {
        self.text.extend_from_slice(b"}\n");
        self.text
    }

    /// Writes the name of a field, unless it is there already.
    fn begin(&mut self, name: &'static str) -> bool {
        if self.names.contains(&name) {
            return false;
        }
        self.text.push(if self.names.is_empty() { b'{' } else { b',' });
        self.names.push(name);
        write(&mut self.text, &name);
        self.text.push(b':');
        true
    }
}

impl Inherited {
    /// None of these yet.
    pub(super) fn of(wanted: &'static [&'static str]) -> Self {
        Self { wanted, found: Vec::new() }
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

impl Takes for Object {
    fn take(&mut self, name: &'static str, value: &impl Serialize) {
        if self.begin(name) {
            write(&mut self.text, value);
        }
    }
}

impl Takes for Inherited {
    fn take(&mut self, name: &'static str, value: &impl Serialize) {
        if self.wanted.contains(&name) {
            let mut text = Vec::new();
            write(&mut text, value);
            self.found.push((name, text));
        }
    }
}

/// Writes a value; what cannot be written is `null`, and the line stays one.
fn write(text: &mut Vec<u8>, value: &impl Serialize) {
    let before = text.len();
    if serde_json::to_writer(&mut *text, value).is_err() {
        text.truncate(before);
        text.extend_from_slice(b"null");
    }
}

impl<T: Takes> Visit for Fields<'_, T> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.take(field.name(), &format_args!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.take(field.name(), &value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.take(field.name(), &value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.take(field.name(), &value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.take(field.name(), &value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.0.take(field.name(), &value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.0.take(field.name(), &format_args!("{}", Chain(value)));
    }
}

/// An error and all of its sources.
struct Chain<'a>(&'a (dyn Error + 'static));

impl Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}
