//! Replies to refreshes are lost on their way, and nobody is logged out by that.

mod device;
mod notes;
mod promises;
mod proxy;

use std::fmt;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::value_parser;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use super::breaches::Breaches;
use super::report::Outcome;
use crate::client::Api;
use crate::interrupt;
use crate::people::{self, Registration};
use crate::round::MOST;
use crate::server::Server;
use device::Device;
use notes::{Notes, Tally};
use promises::Promise;
use proxy::Proxy;

/// A drill that takes longer hangs; 200 clients with 10 refreshes each take a fifth of it.
const PATIENCE: Duration = Duration::from_mins(1);

/// Enough logins to keep every core busy, few enough to be let in.
const LOGINS_AT_ONCE: usize = 4;

/// How many clients there are, and how much is lost.
#[derive(clap::Args)]
pub(super) struct Extent {
    /// Clients, each with an account and a session of its own
    #[arg(long, default_value_t = 200, value_parser = value_parser!(u32).range(1..=i64::from(MOST)))]
    clients: u32,
    /// How often each of them refreshes
    #[arg(long, default_value_t = 10, value_parser = value_parser!(u32).range(3..=50))]
    refreshes: u32,
    /// The share of replies that are lost, in per cent
    #[arg(long, default_value_t = 30, value_parser = value_parser!(u64).range(1..=90))]
    lost: u64,
    /// Decides which ones
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How long a client waits before it repeats a request, in ms: after more than 10 s the
    /// server takes it for a thief, and the drill must find logouts
    #[arg(long, default_value_t = 0, value_parser = value_parser!(u64).range(..=15_000))]
    repeat_after: u64,
    /// On a MongoDB replica set of its own instead of a file
    #[arg(long)]
    pub(super) mongo: bool,
}

/// What came of the drill.
pub(super) struct Report {
    clients: u32,
    refreshes: u32,
    took: Duration,
    tally: Tally,
    breaches: Breaches<Promise>,
}

pub(super) async fn play(server: &mut Server, extent: &Extent) -> Result<Report> {
    let direct = Api::new(&server.base)?;
    server.ready(&direct).await?;
    println!("registering {} farmers", extent.clients);
    let people = people::registered(&direct, extent.clients).await?;
    let (notes, begun) = (Notes::default(), Instant::now());
    let proxy = Proxy::start(server.authority(), (extent.seed, extent.lost), &notes).await?;
    let devices = log_in(&Api::new(&proxy.base)?, people).await?;
    println!("{} clients refresh, {} % of the replies are lost", devices.len(), extent.lost);
    let refreshed = timeout(PATIENCE, refresh(devices, extent, &notes)).await;
    let devices = refreshed.with_context(|| format!("the clients take over {PATIENCE:?}"))??;
    audit(&direct, devices, extent, &notes).await?;
    let Extent { clients, refreshes, lost, .. } = *extent;
    let (tally, breaches) = notes.take(lost);
    Ok(Report { clients, refreshes, took: begun.elapsed(), tally, breaches })
}

async fn log_in(api: &Api, mut people: Vec<Registration>) -> Result<Vec<Device>> {
    let mut devices = Vec::new();
    while !people.is_empty() {
        interrupt::check()?;
        let few = people.split_off(people.len().saturating_sub(LOGINS_AT_ONCE));
        let mut coming = JoinSet::new();
        for (number, person) in (devices.len()..).zip(few) {
            coming.spawn(Device::log_in(api.clone(), number, person.credentials()));
        }
        while let Some(device) = coming.join_next().await {
            devices.push(device??);
        }
    }
    Ok(devices)
}

/// Lets every client refresh as often as it should, all of them at once.
async fn refresh(devices: Vec<Device>, extent: &Extent, notes: &Notes) -> Result<Vec<Device>> {
    let repeat_after = Duration::from_millis(extent.repeat_after);
    let mut playing = JoinSet::new();
    for device in devices {
        playing.spawn(device.play(extent.refreshes, repeat_after, notes.clone()));
    }
    let mut played = Vec::new();
    loop {
        tokio::select! {
            device = playing.join_next() => match device {
                Some(device) => played.push(device??),
                None => return Ok(played),
            },
            interrupted = interrupt::happens() => return Err(interrupted),
        }
    }
}

/// Looks whether everybody is where he should be, and whether a thief is still found out.
async fn audit(api: &Api, devices: Vec<Device>, extent: &Extent, notes: &Notes) -> Result<()> {
    for device in &devices {
        interrupt::check()?;
        device.still_works(api, extent.refreshes, notes).await?;
    }
    match devices.iter().find(|device| device.has_refreshed(extent.refreshes)) {
        Some(device) => device.is_stolen(api, notes).await,
        None => Ok(()),
    }
}

impl Outcome for Report {
    fn verdict(&self) -> Result<()> {
        self.breaches.verdict()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { clients, refreshes, took, tally, breaches } = self;
        writeln!(f, "{clients} clients, {refreshes} refreshes each, {:.1} s", took.as_secs_f64())?;
        writeln!(f, "{tally}\n")?;
        write!(f, "{breaches}")
    }
}
