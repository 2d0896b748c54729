//! Something happens to MongoDB under writes, and passes; the server is not restarted.

mod harm;

use std::time::Duration;

use anyhow::Result;

use super::breaker;
use super::drill::{self, Plan};
use super::judge::Breaks;
use super::report::Report;
use super::rounds::Pace;
use crate::client::Api;
use crate::server::{Server, Variables};
use crate::services::Own;
pub(super) use harm::{Harm, Harmed};

/// The first outage is longer than the deadline of a request: nobody can wait it out. A request
/// of the others that begins while it lasts ends while it lasts: after the 2.5 s for which a
/// primary is looked for, or the 5 s for which a call is waited for.
fn pace(harm: Harm) -> Pace {
    let outage = match harm {
        Harm::Slow | Harm::Stopped => Duration::from_secs(6),
        Harm::Killed | Harm::Reset | Harm::SteppedDown => Duration::from_millis(3_500),
    };
    Pace { whole: Duration::from_millis(700), first_outage: Duration::from_secs(11), outage }
}

/// Plays the drill on a server that [`variables`] were told.
pub(super) async fn play(
    server: &mut Server,
    mut harmed: Harmed<'_>,
    rounds: u32,
) -> Result<Report> {
    let api = Api::new(&server.base)?;
    server.ready(&api).await?;
    let breaker = Some(breaker::Watch::start(&server.metrics()?)?);
    let plan = Plan { breaks: Breaks::Dependency, rounds, pace: pace(harmed.harm()), breaker };
    drill::play(&api, &mut harmed, plan).await
}

/// A database of this drill's own.
pub(super) fn variables(mongod: &Own) -> Variables {
    vec![mongod.variable(), ("MONGODB_DATABASE", "gacp_chaos".to_owned())]
}
