//! What lines are made of, as it was said. Taking it down is all that whoever logs waits for.

use std::error::Error;
use std::fmt::{self, Display, Write as _};

use jiff::Timestamp;
use opentelemetry::trace::{SpanId, TraceId};
use tracing::Metadata;
use tracing::field::{Field, Visit};

/// Events with all that they say, one after another, and lines that are ready.
#[derive(Debug, Default)]
pub(super) struct Record {
    pieces: Vec<Piece>,
    /// The text of the pieces, in their order.
    text: String,
}

/// A piece of a line.
#[derive(Debug, Clone, Copy)]
pub(super) enum Piece {
    /// Lines that are ready, so many bytes of text.
    Lines(usize),
    /// An event begins, and what it says follows.
    Event { at: Timestamp, metadata: &'static Metadata<'static> },
    /// A field, and how many bytes of text it has.
    Text(&'static str, usize),
    /// A field.
    Bool(&'static str, bool),
    /// A field.
    I64(&'static str, i64),
    /// A field.
    U64(&'static str, u64),
    /// A field.
    F64(&'static str, f64),
    /// Where the event happened: the ids of the trace and of the span.
    Place([u8; 16], [u8; 8]),
}

/// Takes down the fields of an event.
pub(super) struct Fields<'a>(pub(super) &'a mut Record);

impl Record {
    /// An event begins.
    pub(super) fn begin(&mut self, at: Timestamp, metadata: &'static Metadata<'static>) {
        self.pieces.push(Piece::Event { at, metadata });
    }

    /// A field of the event that has begun.
    pub(super) fn text(&mut self, name: &'static str, text: &str) {
        self.pieces.push(Piece::Text(name, text.len()));
        self.text.push_str(text);
    }

    /// Where the event that has begun happens.
    pub(super) fn place(&mut self, trace: TraceId, span: SpanId) {
        self.pieces.push(Piece::Place(trace.to_bytes(), span.to_bytes()));
    }

    /// Lines that are ready.
    pub(super) fn lines(&mut self, lines: &str) {
        self.pieces.push(Piece::Lines(lines.len()));
        self.text.push_str(lines);
    }

    /// All that another has.
    pub(super) fn append(&mut self, other: &Self) {
        self.pieces.extend_from_slice(&other.pieces);
        self.text.push_str(&other.text);
    }

    /// Whether there is nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// How much memory it takes, in bytes.
    pub(super) fn size(&self) -> usize {
        size_of_val(self.pieces.as_slice()) + self.text.len()
    }

    /// How many lines it makes.
    pub(super) fn count(&self) -> usize {
        let lines = self.pieces().map(|(piece, text)| match piece {
            Piece::Event { .. } => 1,
            Piece::Lines(_) => text.split_inclusive('\n').count(),
            _ => 0,
        });
        lines.sum()
    }

    /// Forgets what it has; of what was allocated for it, about so many bytes stay.
    pub(super) fn clear(&mut self, usual: usize) {
        self.pieces.clear();
        self.text.clear();
        self.pieces.shrink_to(usual / size_of::<Piece>());
        self.text.shrink_to(usual);
    }

    /// The pieces and their text.
    pub(super) fn pieces(&self) -> impl Iterator<Item = (Piece, &str)> {
        let mut rest = self.text.as_str();
        self.pieces.iter().map(move |piece| {
            let length = match piece {
                Piece::Lines(length) | Piece::Text(_, length) => *length,
                _ => 0,
            };
            let (text, others) = rest.split_at_checked(length).unwrap_or((rest, ""));
            rest = others;
            (*piece, text)
        })
    }
}

impl Fields<'_> {
    fn take(&mut self, piece: Piece) {
        self.0.pieces.push(piece);
    }

    fn take_said(&mut self, field: &Field, said: fmt::Arguments<'_>) {
        let Record { pieces, text } = &mut *self.0;
        let before = text.len();
        // What cannot be said is said as far as it can.
        let _ = text.write_fmt(said);
        pieces.push(Piece::Text(field.name(), text.len() - before));
    }
}

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.take_said(field, format_args!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.text(field.name(), value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.take(Piece::Bool(field.name(), value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.take(Piece::I64(field.name(), value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.take(Piece::U64(field.name(), value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.take(Piece::F64(field.name(), value));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.take_said(field, format_args!("{}", Chain(value)));
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
