//! What a scenario says and nobody understands, by its line.

use std::cell::RefCell;

/// One thing that is not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// Counted from 1.
    pub(super) line: usize,
    pub(super) what: String,
}

impl Refusal {
    pub(super) fn new(line: usize, what: impl Into<String>) -> Self {
        Self { line, what: what.into() }
    }
}

/// All of them: who corrects a file wants to do it once.
#[derive(Debug, Default)]
pub(super) struct Refusals(RefCell<Vec<Refusal>>);

impl Refusals {
    pub(super) fn add(&self, line: usize, what: impl Into<String>) {
        self.0.borrow_mut().push(Refusal::new(line, what));
    }

    /// Notes what is wrong with a value, and leaves it out.
    pub(super) fn unless<T>(&self, line: usize, read: Result<T, String>) -> Option<T> {
        read.map_err(|what| self.add(line, what)).ok()
    }

    /// In the order of their lines.
    pub(super) fn into_list(self) -> Vec<Refusal> {
        let mut list = self.0.into_inner();
        list.sort_by_key(|refusal| refusal.line);
        list
    }
}
