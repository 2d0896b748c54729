//! How far a run is: a bar on a terminal, a line now and then elsewhere.

use std::io::{IsTerminal, stderr};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::record::Record;

/// How often a line is written where there is no terminal.
const LINE: Duration = Duration::from_secs(10);

pub(super) struct Progress {
    bar: Option<ProgressBar>,
    length: Duration,
    last_line: Duration,
}

impl Progress {
    /// Of a run of this length.
    pub(super) fn new(length: Duration) -> Self {
        let bar = stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(length.as_secs());
            let style = ProgressStyle::with_template("{bar:24} {pos}/{len} s  {msg}");
            if let Ok(style) = style {
                bar.set_style(style);
            }
            bar
        });
        Self { bar, length, last_line: Duration::ZERO }
    }

    pub(super) fn tell(&mut self, record: &Record, elapsed: Duration) {
        let told = told(record);
        match &self.bar {
            Some(bar) => {
                bar.set_position(elapsed.as_secs().min(self.length.as_secs()));
                bar.set_message(told);
            }
            None if elapsed >= self.last_line + LINE => {
                self.last_line = elapsed;
                eprintln!("{:>5} of {} s  {told}", elapsed.as_secs(), self.length.as_secs());
            }
            None => {}
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// The latest second, and what failed so far.
fn told(record: &Record) -> String {
    let (journeys, latest) = (record.all_journeys(), record.timeline.latest());
    let failures = record.causes.count();
    format!(
        "{} journeys, {} requests, p50 {:.1} ms, p99 {:.1} ms, {failures} failures",
        journeys.begun,
        record.requests(),
        latest.p50,
        latest.p99
    )
}
