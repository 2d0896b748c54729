//! What a scenario says: Artillery's format, as far as it is played here.
//!
//! Every key is known or refused by its name and line; nothing is ignored.

mod ensure;
mod flow;
mod payload;
mod phases;
mod read;
mod request;
#[cfg(test)]
mod tests;

use std::path::{Path as FilePath, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value as Json;

pub(super) use ensure::Ensure;
pub(super) use flow::{Action, Loop, Over, Step};
pub(super) use payload::{Order, Payload};
pub(super) use phases::{Pace, Phase};
pub(super) use request::{Body, Check, Origin, Request};

use super::refusals::Refusal;
use super::template::Template;

/// The longest file that is read as a scenario, in bytes.
const LONGEST_FILE: u64 = 1024 * 1024;

/// Everything that is to be played.
#[derive(Debug)]
pub(super) struct Scenario {
    /// Where it was read.
    pub(super) file: PathBuf,
    /// The server, such as `http://127.0.0.1:8080`.
    pub(super) target: Option<String>,
    /// How long a reply may take.
    pub(super) timeout: Duration,
    /// The most connections, when the scenario says so.
    pub(super) pool: Option<u32>,
    /// Headers of every request.
    pub(super) headers: Vec<(String, Template)>,
    pub(super) phases: Vec<Phase>,
    pub(super) payloads: Vec<Payload>,
    pub(super) variables: Vec<Variable>,
    /// Whether Artillery would look at expectations; they count here in any case.
    pub(super) has_expect_plugin: bool,
    pub(super) ensure: Ensure,
    /// Played once, before everything else.
    pub(super) before: Vec<Step>,
    pub(super) journeys: Vec<Journey>,
}

/// One of these values for each journey.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) values: Vec<Json>,
}

/// What one virtual user does.
#[derive(Debug)]
pub(super) struct Journey {
    pub(super) name: String,
    pub(super) line: usize,
    /// How often it is chosen, beside the others' weights.
    pub(super) weight: f64,
    pub(super) flow: Vec<Step>,
}

impl Scenario {
    /// Reads a file; the inner error is what it says and nobody understands.
    pub(super) fn open(file: &FilePath) -> Result<Result<Self, Vec<Refusal>>> {
        let size = std::fs::metadata(file).map(|data| data.len());
        let size = size.with_context(|| format!("{} cannot be read", file.display()))?;
        anyhow::ensure!(size <= LONGEST_FILE, "{} is longer than any scenario", file.display());
        let text = std::fs::read_to_string(file);
        let text = text.with_context(|| format!("{} cannot be read", file.display()))?;
        Ok(Self::parse(file, &text))
    }

    /// Every request, wherever it stands; those of `before` too.
    pub(super) fn requests(&self) -> Vec<&Request> {
        let flows = self.journeys.iter().map(|journey| journey.flow.as_slice());
        flows.chain([self.before.as_slice()]).flat_map(flow::requests).collect()
    }

    /// How many journeys the phases begin.
    pub(super) fn arrivals(&self) -> u64 {
        self.phases.iter().map(|phase| phase.pace.arrivals()).sum()
    }

    /// How long the phases last.
    pub(super) fn length(&self) -> Duration {
        self.phases.iter().map(|phase| phase.pace.length()).sum()
    }

    /// The same scenario at the same rates, for one of so many parts of the time.
    pub(super) fn shortened(mut self, parts: u32) -> Self {
        for phase in &mut self.phases {
            phase.pace = phase.pace.shortened(parts);
        }
        self
    }

    /// The share of journeys that a journey's weight makes.
    pub(super) fn share(&self, journey: &Journey) -> f64 {
        let all: f64 = self.journeys.iter().map(|journey| journey.weight).sum();
        if all > 0.0 { journey.weight / all } else { 0.0 }
    }
}
