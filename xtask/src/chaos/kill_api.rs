//! The server is killed under writes and started again on the same store.

use std::time::Duration;

use anyhow::Result;
use tokio::task::block_in_place;

use super::drill::{self, Plan};
use super::judge::Breaks;
use super::report::Report;
use super::rounds::{Fault, Pace};
use crate::client::Api;
use crate::server::Server;

/// What a supervisor takes to notice.
const OUTAGE: Duration = Duration::from_millis(300);

const PACE: Pace = Pace { whole: Duration::from_millis(700), first_outage: OUTAGE, outage: OUTAGE };

pub(super) async fn play(server: &mut Server, rounds: u32) -> Result<Report> {
    let api = Api::new(&server.base)?;
    server.ready(&api).await?;
    let plan = Plan { breaks: Breaks::Server, rounds, pace: PACE, breaker: None };
    let mut fault = Process { server, api: api.clone() };
    drill::play(&api, &mut fault, plan).await
}

struct Process<'a> {
    server: &'a mut Server,
    api: Api,
}

impl Fault for Process<'_> {
    fn strike(&mut self) -> Result<()> {
        block_in_place(|| self.server.kill())
    }

    async fn heal(&mut self) -> Result<()> {
        self.server.restart().await?;
        self.server.ready(&self.api).await.map(drop)
    }
}
