//! The disk under SQLite fills up under writes, and space returns.

mod disk;

use std::time::Duration;

use anyhow::Result;
use tokio::task::block_in_place;

use super::breaker;
use super::drill::{self, Plan};
use super::judge::Breaks;
use super::report::Report;
use super::rounds::{Fault, Pace};
use crate::client::Api;
use crate::server::{Server, Variables};
pub(super) use disk::{Disk, run_in_namespace};

/// What is left in the write-ahead log is used up first.
const OUTAGE: Duration = Duration::from_secs(4);

const PACE: Pace = Pace { whole: Duration::from_millis(700), first_outage: OUTAGE, outage: OUTAGE };

/// The records are on that disk, the log is not.
pub(super) fn variables(disk: &Disk) -> Variables {
    vec![("GACP_DATA_DIR", disk.folder().join("data").display().to_string())]
}

pub(super) async fn play(server: &mut Server, disk: &mut Disk, rounds: u32) -> Result<Report> {
    let api = Api::new(&server.base)?;
    server.ready(&api).await?;
    let breaker = Some(breaker::Watch::start(&server.metrics()?)?);
    let plan = Plan { breaks: Breaks::Space, rounds, pace: PACE, breaker };
    let mut fault = Filling { server, disk, api: api.clone() };
    drill::play(&api, &mut fault, plan).await
}

struct Filling<'a> {
    server: &'a mut Server,
    disk: &'a mut Disk,
    api: Api,
}

impl Fault for Filling<'_> {
    fn strike(&mut self) -> Result<()> {
        block_in_place(|| self.disk.fill())
    }

    async fn heal(&mut self) -> Result<()> {
        block_in_place(|| self.disk.clear())
    }

    /// What is read back is what another process finds on the disk.
    async fn conclude(&mut self) -> Result<()> {
        block_in_place(|| self.server.kill())?;
        self.server.restart().await?;
        self.server.ready(&self.api).await.map(drop)
    }
}
