//! MongoDB is killed under writes and comes back; the server is not restarted.

use std::time::Duration;

use anyhow::Result;
use tokio::task::block_in_place;

use super::drill::{self, Plan};
use super::judge::Breaks;
use super::report::Report;
use super::rounds::{Fault, Pace};
use crate::client::Api;
use crate::server::{Server, Variables};
use crate::services::Own;

/// The first outage is longer than the deadline of a request: nobody can wait it out. A request
/// of the others that begins while it lasts ends while it lasts.
const PACE: Pace = Pace {
    whole: Duration::from_millis(700),
    first_outage: Duration::from_secs(11),
    outage: Duration::from_millis(3_500),
};

pub(super) async fn play(server: &mut Server, mongod: &mut Own, rounds: u32) -> Result<Report> {
    let api = Api::new(&server.base)?;
    server.ready(&api).await?;
    let plan = Plan { breaks: Breaks::Dependency, rounds, pace: PACE };
    drill::play(&api, &mut Mongod(mongod), plan).await
}

/// A database of this drill's own.
pub(super) fn variables(mongod: &Own) -> Variables {
    vec![mongod.variable(), ("MONGODB_DATABASE", "gacp_chaos".to_owned())]
}

struct Mongod<'a>(&'a mut Own);

impl Fault for Mongod<'_> {
    fn strike(&mut self) -> Result<()> {
        block_in_place(|| self.0.kill())
    }

    async fn heal(&mut self) -> Result<()> {
        block_in_place(|| self.0.restart())
    }
}
