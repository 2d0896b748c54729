//! `cargo xtask observe`: servers, watched by programs that nobody here wrote.
//!
//! Prometheus scrapes them, its promtool reads what they tell, and rotel receives their spans. What
//! these see is held against what dashboards and rules ask for.

mod exemplars;
mod expressions;
mod names;
mod prometheus;
mod report;
mod spans;
mod stage;
mod text;
mod traces;
mod traffic;

use std::path::Path;

use anyhow::Result;

use crate::interrupt;
use crate::server::Choice;
use crate::services::{self, Given, Services};
use report::Report;
use stage::Stage;

/// Which server is watched.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    choice: Choice,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    interrupt::watch()?;
    let program = args.choice.obtain_for_use()?;
    // Of its own, whatever the caller has: what is counted must come from here.
    let mut services = services::start(&Given::default())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let report = runtime.block_on(async {
        tokio::select! {
            report = watch(&program, &mut services) => report,
            interrupted = interrupt::happens() => Err(interrupted),
        }
    })?;
    print!("\n{report}");
    report.verdict()
}

/// Plays to those who watch, and asks them what they saw.
async fn watch(program: &Path, services: &mut Services) -> Result<Report> {
    let stage = Stage::set(program, services).await?;
    let watched = look(&stage).await;
    watched.inspect_err(|_fault| stage.show_logs())
}

async fn look(stage: &Stage) -> Result<Report> {
    let mut report = Report::default();
    println!("playing twice to each server");
    // What only begins to be counted has not risen yet: it takes two plays, and scrapes between.
    for _play in 0..2 {
        for stand in &stage.stands {
            traffic::play(stand).await?;
        }
        stage.let_it_be_seen().await;
    }
    traces::check(stage, &mut report).await?;
    text::check(stage, &mut report).await?;
    exemplars::check(stage, &mut report).await?;
    expressions::check(stage, &mut report).await?;
    Ok(report)
}
