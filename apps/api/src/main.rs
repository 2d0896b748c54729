//! `gacp-api`: reads its configuration, serves, and stops when it is told to; or does what an
//! operator asks of it.

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;
use gacp_api::config::Args;
use gacp_api::observe::Telemetry;
use gacp_api::serve::Signals;
use gacp_api::{Clock, Config, demo, logging, operator};

/// The configuration cannot be used.
const MISCONFIGURED: u8 = 2;

/// For so long spans are sent at the end; a collector that does not take them holds up no restart.
const FLUSH: Duration = Duration::from_secs(2);

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    let config = match Config::load(&args, std::env::vars()) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(MISCONFIGURED);
        }
    };
    let done = match &args.command {
        Some(command) => operator::run(command, &config, &Clock::system()).await,
        None => serve(&config).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(config: &Config) -> anyhow::Result<()> {
    let clock = Clock::system();
    let mut telemetry = Telemetry::of(config, clock.now())?;
    // To the end: what closing took is told, too.
    let _log = logging::start(&config.log_filter, &mut telemetry)?;
    let done = run(config, clock, telemetry).await;
    if let Err(error) = &done {
        tracing::error!(error = format!("{error:#}"), "failed");
    }
    done
}

async fn run(config: &Config, clock: Clock, telemetry: Telemetry) -> anyhow::Result<()> {
    let traces = telemetry.traces.clone();
    for notice in &config.notices {
        tracing::warn!(notice, "configuration");
    }
    let mut signals = Signals::listen()?;
    let running = gacp_api::start_observed(config, clock, telemetry).await?;
    if config.demo {
        demo::explain(&format!("http://{}", running.address()));
    }
    running.until(&mut signals, config.drain).await?;
    // Last, as the log.
    tokio::task::spawn_blocking(move || traces.end(FLUSH)).await?;
    Ok(())
}
