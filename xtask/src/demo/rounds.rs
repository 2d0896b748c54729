//! The journey once, or round after round against one server.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::value_parser;

use super::journey;
use super::script::Script;
use crate::client::Api;
use crate::interrupt;
use crate::meter::{Meter, Report, Routes};
use crate::round::{MOST, Round};
use crate::services::counters::Counters;

/// How often the journey is played, and what is measured then.
#[derive(clap::Args)]
pub(super) struct Repeat {
    /// Play the journey so many times, and say what each request took
    ///
    /// Each round has new people, another farm and another visit. With `--mongo` the commands to
    /// MongoDB are counted too: on a server that this run starts, or on a given one that runs
    /// alone on this machine and that nobody else uses meanwhile.
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..=i64::from(MOST)))]
    repeat: Option<u32>,
    /// Write what was measured to a file, with the commands of each request
    #[arg(long, value_name = "FILE", requires = "repeat")]
    json: Option<PathBuf>,
}

/// What the rounds leave behind.
pub(super) struct Played {
    /// Of the last certificate, which was issued and revoked.
    pub(super) number: String,
    report: Option<Report>,
}

impl Repeat {
    /// Plays every round, the first one step by step; `mongodb` is where the server keeps its
    /// records, if it is known to keep them there.
    pub(super) async fn play(
        &self,
        api: &Api,
        script: &mut Script,
        mongodb: Option<&str>,
    ) -> Result<Played> {
        let first = Round::first()?;
        let Some(rounds) = self.repeat else {
            let number = journey::play(api, script, first).await?;
            return Ok(Played { number, report: None });
        };
        let meter = Arc::new(meter(api, mongodb).await?);
        let api = api.measured_by(&meter);
        let mut number = journey::play(&api, script, first).await?;
        for nth in 1..rounds {
            interrupt::check()?;
            let (begun, round) = (Instant::now(), nth + 1);
            number = journey::play(&api, &mut Script::silent(), first.later(nth))
                .await
                .with_context(|| format!("round {round} is not as expected"))?;
            println!("round {round} of {rounds}: {} ms", begun.elapsed().as_millis());
        }
        Ok(Played { number, report: Some(meter.report(rounds)) })
    }

    /// Tells what was measured.
    pub(super) fn tell(&self, played: &Played) -> Result<()> {
        let Some(report) = &played.report else { return Ok(()) };
        println!("\n{report}");
        let Some(file) = &self.json else { return Ok(()) };
        fs::write(file, serde_json::to_vec_pretty(report)?)
            .with_context(|| format!("{} cannot be written", file.display()))
    }
}

/// Measures a server, and its database where that can be counted.
async fn meter(api: &Api, mongodb: Option<&str>) -> Result<Meter> {
    let routes = Routes::of(api).await?;
    let counters = mongodb.map(Counters::open).transpose()?;
    if matches!(counters, Some(None)) {
        println!("operations are not counted: MongoDB is not one open server on this machine");
    }
    Meter::new(routes, counters.flatten())
}
