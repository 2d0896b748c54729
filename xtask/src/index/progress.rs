//! How far something is that takes a while: a bar on a terminal, plain lines elsewhere.

use std::io::{IsTerminal, stderr};

use gacp_store_mongo::{Applying, Filling};
use indicatif::{ProgressBar, ProgressStyle};

/// One bar for one thing after the other.
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    pub(super) fn new() -> Self {
        let bar = if stderr().is_terminal() { ProgressBar::new(0) } else { ProgressBar::hidden() };
        let style = ProgressStyle::with_template("{msg:<34} {bar:30} {pos}/{len}  {eta}");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// Shows a step, and how far the one that builds an index is.
    pub(super) fn applying(&self, applying: &Applying) {
        match applying {
            Applying::Begun(step) => self.bar.suspend(|| println!("{step}")),
            Applying::Building { step, done, total } => {
                self.show(step.to_string(), *done, *total);
            }
        }
    }

    /// Shows how many documents are made.
    pub(super) fn filling(&self, Filling { collection, done, total }: Filling) {
        self.show(format!("making {collection}"), done, total);
    }

    fn show(&self, what: String, done: u64, total: u64) {
        self.bar.set_message(what);
        self.bar.set_length(total);
        self.bar.set_position(done);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
