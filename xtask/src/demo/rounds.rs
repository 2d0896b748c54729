//! The journey once, or round after round against one server.

use std::time::Instant;

use anyhow::{Context, Result};
use clap::value_parser;

use super::journey;
use super::round::{MOST, Round};
use super::script::Script;
use crate::client::Api;
use crate::interrupt;

/// How often the journey is played.
#[derive(clap::Args)]
pub(super) struct Repeat {
    /// Play the journey so many times, each with new people, another farm and another visit
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..=i64::from(MOST)))]
    repeat: Option<u32>,
}

impl Repeat {
    fn rounds(&self) -> u32 {
        self.repeat.unwrap_or(1)
    }

    /// Plays every round, the first one step by step; returns the last certificate's number.
    pub(super) async fn play(&self, api: &Api, script: &mut Script) -> Result<String> {
        let first = Round::first()?;
        let mut number = journey::play(api, script, first).await?;
        for nth in 1..self.rounds() {
            interrupt::check()?;
            let begun = Instant::now();
            let round = nth + 1;
            number = journey::play(api, &mut Script::silent(), first.later(nth))
                .await
                .with_context(|| format!("round {round} is not as expected"))?;
            println!("round {round} of {}: {} ms", self.rounds(), begun.elapsed().as_millis());
        }
        Ok(number)
    }
}
