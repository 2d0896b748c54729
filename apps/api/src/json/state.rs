//! What one reading has found so far.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use gacp_store::Violation;

use super::path::{Path, lies_within};

/// The fields of every struct that was read, by its pointer: what violations are sorted by.
pub(super) type Shapes = HashMap<String, &'static [&'static str]>;

/// More would only make the reply bigger than the request; nobody mends a thousand fields by hand.
pub(super) const MAX_VIOLATIONS: usize = 1_000;

/// Readings of one document: each ends at a value that its type refuses.
const MAX_PASSES: usize = 64;

/// Texts that one type or another accepts in place of one that it refused: a UUID, an instant, a
/// date, a number.
const TEXTS: [&str; 5] =
    ["", "00000000-0000-0000-0000-000000000000", "1970-01-01T00:00:00Z", "1970-01-01", "0"];

/// A type refused a value (the message is not for clients: it may echo the value).
#[derive(Debug)]
pub(super) struct Halt;

impl fmt::Display for Halt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value was refused by its type")
    }
}

impl std::error::Error for Halt {}

impl serde::de::Error for Halt {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// Values that their types refused in earlier passes, and how often a stand-in was tried.
#[derive(Debug, Default)]
pub(super) struct Refused {
    tries: BTreeMap<String, usize>,
    /// Those of them that were sent, not stand-ins.
    sent: BTreeSet<String>,
    /// No stand-in will do: read after everything else, so that everything else is read.
    last: BTreeSet<String>,
    passes: usize,
}

impl Refused {
    /// Notes that a value was refused (again); tells whether another pass can find more.
    pub(super) fn again(&mut self, Halted { pointer, sent }: Halted) -> bool {
        self.passes += 1;
        if sent {
            self.sent.insert(pointer.clone());
        }
        let tries = self.tries.entry(pointer.clone()).or_default();
        *tries += 1;
        let news = *tries < TEXTS.len() || self.last.insert(pointer);
        news && self.passes < MAX_PASSES
    }

    /// Every value that was sent and refused.
    pub(super) fn pointers(&self) -> impl Iterator<Item = &String> {
        self.sent.iter()
    }

    /// How many stand-ins were refused in this place, the value itself included.
    fn tries(&self, path: &Path<'_>) -> usize {
        if self.tries.is_empty() {
            return 0;
        }
        self.tries.get(&path.pointer()).copied().unwrap_or_default()
    }

    /// Whether this place holds a value for which nothing can stand in.
    pub(super) fn is_last(&self, path: &Path<'_>) -> bool {
        if self.last.is_empty() {
            return false;
        }
        let here = path.pointer();
        self.last.iter().any(|pointer| lies_within(pointer, &here))
    }
}

/// Where a pass ended early.
#[derive(Debug, Default)]
pub(super) struct Halted {
    pointer: String,
    sent: bool,
}

/// The notes of one pass.
#[derive(Debug)]
pub(super) struct State<'r> {
    pub(super) refused: &'r Refused,
    found: RefCell<Vec<Violation>>,
    shapes: RefCell<Shapes>,
    halted: RefCell<Option<Halted>>,
}

impl<'r> State<'r> {
    pub(super) fn new(refused: &'r Refused) -> Self {
        Self {
            refused,
            found: RefCell::default(),
            shapes: RefCell::default(),
            halted: RefCell::default(),
        }
    }

    /// Notes what is wrong in a place.
    pub(super) fn note(&self, path: &Path<'_>, code: &str, limit: Option<usize>) {
        let mut found = self.found.borrow_mut();
        if found.len() < MAX_VIOLATIONS {
            let limit = limit.map(|limit| limit.to_string());
            found.push(Violation { pointer: path.pointer(), code: code.to_owned(), limit });
        }
    }

    /// Notes which fields a struct has.
    pub(super) fn shape(&self, path: &Path<'_>, fields: &'static [&'static str]) {
        self.shapes.borrow_mut().insert(path.pointer(), fields);
    }

    /// Notes that the value in this place was refused; the innermost place counts.
    pub(super) fn halt(&self, path: &Path<'_>, sent: bool) {
        let here = || Halted { pointer: path.pointer(), sent };
        self.halted.borrow_mut().get_or_insert_with(here);
    }

    /// Whether the value in this place is known to be refused by its type.
    pub(super) fn is_refused(&self, path: &Path<'_>) -> bool {
        self.refused.tries(path) > 0
    }

    /// A text for a place that has none, or none that its type takes.
    pub(super) fn text(&self, path: &Path<'_>) -> &'static str {
        TEXTS.get(self.refused.tries(path)).copied().unwrap_or_default()
    }

    /// A number for a place that has none: 0, or 1 where 0 was refused.
    pub(super) fn number(&self, path: &Path<'_>) -> u8 {
        u8::from(self.refused.tries(path) > 1)
    }

    pub(super) fn into_parts(self) -> (Vec<Violation>, Shapes, Option<Halted>) {
        (self.found.into_inner(), self.shapes.into_inner(), self.halted.into_inner())
    }
}
