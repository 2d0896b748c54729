//! Lines as they are written, made of what was taken down. Text is redacted here, so that nothing
//! gets past it.

use std::io::Write as _;

use jiff::Timestamp;
use serde::Serialize;

use super::record::{Piece, Record};
use super::redact::redact;

/// Writes all lines that a record makes: an event is a JSON object with `timestamp`, `level` and
/// `target` before its fields, and `trace_id` and `span_id` behind them. Of fields with one name
/// the first is told.
pub(super) fn write(record: &Record, lines: &mut Vec<u8>) {
    let mut object = Object { lines, names: Vec::new() };
    for (piece, text) in record.pieces() {
        match piece {
            Piece::Lines(_) => {
                object.end();
                object.lines.extend_from_slice(redact(text).as_bytes());
            }
            Piece::Event { at, metadata } => {
                object.end();
                object.timestamp(at);
                object.take("level", &metadata.level().as_str());
                object.take("target", &metadata.target());
            }
            Piece::Text(name, _) => object.take(name, &redact(text)),
            Piece::Bool(name, value) => object.take(name, &value),
            Piece::I64(name, value) => object.take(name, &value),
            Piece::U64(name, value) => object.take(name, &value),
            Piece::F64(name, value) => object.take(name, &value),
            Piece::Place(trace, span) => {
                object.id("trace_id", &trace);
                object.id("span_id", &span);
            }
        }
    }
    object.end();
}

/// A JSON object at the end of the lines.
struct Object<'a> {
    lines: &'a mut Vec<u8>,
    /// Of what it has.
    names: Vec<&'static str>,
}

impl Object<'_> {
    /// Takes a field, unless it has one of this name.
    fn take(&mut self, name: &'static str, value: &impl Serialize) {
        if self.begin(name) {
            json(self.lines, value);
        }
    }

    /// Takes the moment of an event, to the microsecond (RFC 3339).
    fn timestamp(&mut self, at: Timestamp) {
        if self.begin("timestamp") {
            // A vector takes all.
            let _ = write!(self.lines, "\"{at:.6}\"");
        }
    }

    /// Takes an id, in hexadecimal digits.
    fn id(&mut self, name: &'static str, bytes: &[u8]) {
        if self.begin(name) {
            self.lines.push(b'"');
            for byte in bytes {
                self.lines.extend([byte >> 4, byte & 0xf].map(hex_digit));
            }
            self.lines.push(b'"');
        }
    }

    /// Writes the name of a field, unless it has one of this name.
    fn begin(&mut self, name: &'static str) -> bool {
        if self.names.contains(&name) {
            return false;
        }
        self.lines.push(if self.names.is_empty() { b'{' } else { b',' });
        self.names.push(name);
        json(self.lines, &name);
        self.lines.push(b':');
        true
    }

    /// The next line begins.
    fn end(&mut self) {
        if !self.names.is_empty() {
            self.lines.extend_from_slice(b"}\n");
            self.names.clear();
        }
    }
}

fn hex_digit(value: u8) -> u8 {
    if value < 10 { b'0' + value } else { b'a' + value - 10 }
}

/// Writes a value; what cannot be written is `null`, and the line stays one.
fn json(lines: &mut Vec<u8>, value: &impl Serialize) {
    let before = lines.len();
    if serde_json::to_writer(&mut *lines, value).is_err() {
        lines.truncate(before);
        lines.extend_from_slice(b"null");
    }
}
