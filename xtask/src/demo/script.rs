//! Numbers the steps, times them, and prints what each of them shows.

use std::time::Instant;

use anyhow::{Context, Result};

/// The journey as it is printed: one line a step.
pub(crate) struct Script {
    steps: u32,
    is_silent: bool,
}

impl Script {
    pub(super) fn new() -> Self {
        Self { steps: 0, is_silent: false }
    }

    /// A script that only tells of the step that fails.
    pub(crate) fn silent() -> Self {
        Self { steps: 0, is_silent: true }
    }

    pub(super) fn steps(&self) -> u32 {
        self.steps
    }

    /// Plays one step; `work` returns what the later steps need and what the line says.
    pub(super) async fn step<T>(
        &mut self,
        what: &str,
        work: impl Future<Output = Result<(T, String)>>,
    ) -> Result<T> {
        self.steps += 1;
        let begun = Instant::now();
        let number = self.steps;
        let (value, shows) =
            work.await.with_context(|| format!("step {number}, {what}, is not as expected"))?;
        let took = begun.elapsed().as_millis();
        if !self.is_silent {
            println!("{number:>3}  {what:<46} {took:>5} ms  {shows}");
        }
        Ok(value)
    }
}
