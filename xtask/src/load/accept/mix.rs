//! The scenarios of the plan: logins, then a working day in small, with a cache and without.

use anyhow::Result;

use super::row::Row;
use super::stage::Stage;
use super::{judge, logins};
use crate::server::keeps_nothing;

/// A working day in small.
const MIX: &str = "platform-mix";

/// The farmers that it plays with.
const USERS: u32 = 200;

/// What a request asks of MongoDB without a cache is the same from the first on: this part of the
/// time is enough to tell.
const PART_WITHOUT: u32 = 5;

/// What came of the scenarios on a server that keeps replies.
pub(super) struct Played {
    pub(super) rows: Vec<Row>,
    /// What MongoDB was asked for each request of the mix.
    pub(super) operations: f64,
}

/// Plays all of them on one server, which ends with them.
pub(super) async fn with_cache(stage: &Stage) -> Result<Played> {
    let host = stage.host(None).await?;
    let (logins, told) = logins::play(stage, &host).await?;
    stage.make(&host, USERS).await?;
    let (mix, operations) = stage.play_counted(stage.scenario(MIX)?, &host, MIX).await?;
    let mut rows = judge::runs(&[(logins::SCENARIO, &logins), (MIX, &mix)]);
    rows.push(judge::kept_replies(&mix));
    rows.extend(told);
    Ok(Played { rows, operations })
}

/// Plays the mix on the same data on a server that keeps nothing; `kept` is what MongoDB was asked
/// with a cache.
pub(super) async fn without_cache(stage: &Stage, kept: f64) -> Result<Vec<Row>> {
    let host = stage.host(Some(keeps_nothing())).await?;
    let scenario = stage.scenario(MIX)?.shortened(PART_WITHOUT);
    let name = format!("{MIX}-without-cache");
    let (report, read) = stage.play_counted(scenario, &host, &name).await?;
    Ok(vec![judge::operations((kept, read), &report)])
}
