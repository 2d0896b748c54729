//! Servers are restarted one after another behind a load balancer, and no client notices.

mod balancer;
mod farmer;
mod notes;
mod promises;
mod report;
mod rota;

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use clap::value_parser;
use tokio::task::JoinSet;

use super::audit::{Finding, compare, farms_of};
use super::rounds::pause;
use super::shared::Shared;
use crate::client::Api;
use crate::interrupt;
use crate::people;
use crate::server::Variables;
use farmer::Farmer;
use notes::{Closed, Connection, Notes};
use promises::Promise;
use report::Report;
use rota::{DRAIN, Rota};

/// Enough that requests are under way at any moment, few enough for a small machine.
const FARMERS: u32 = 8;

/// Both serve for so long between two restarts.
const BOTH: Duration = Duration::from_millis(500);

/// How often, and how carelessly.
#[derive(clap::Args)]
pub(super) struct Extent {
    /// How many restarts, the servers taking turns
    #[arg(long, default_value_t = 20, value_parser = value_parser!(u32).range(1..=50))]
    restarts: u32,
    /// As with the other drills, and always so: two servers need a store that both can open
    #[arg(long)]
    mongo: bool,
    /// Restart the servers where they are, under requests: the drill must find failed ones
    #[arg(long)]
    without_drain: bool,
    /// Count a request as failed also when nginx closes the connection that its client had kept
    ///
    /// As it reloads, nginx 1.22 closes connections that wait for a request, and now and then one
    /// is on its way. Without this it is sent once more, and counted as repeated. Whoever opens a
    /// connection for each request, as every other farmer does, repeats nothing in any case.
    #[arg(long)]
    strict: bool,
}

/// Plays the drill with servers of this program; says what they said last if it cannot.
pub(super) async fn play(program: &Path, shared: &Shared, extent: &Extent) -> Result<Report> {
    let mut rota = Rota::start(program, &variables(shared), !extent.without_drain).await?;
    let played = rehearse(&mut rota, extent).await;
    played.inspect_err(|_fault| rota.show_logs())
}

/// What each server is told.
fn variables(shared: &Shared) -> Variables {
    let mut variables = shared.variables();
    variables.extend([
        ("GACP_SHUTDOWN__DRAIN_SECONDS", DRAIN.as_secs().to_string()),
        // Requests come from the balancer, and from there alone.
        ("GACP_SERVER__TRUSTED_PROXIES", "127.0.0.1".to_owned()),
    ]);
    variables
}

async fn rehearse(rota: &mut Rota, extent: &Extent) -> Result<Report> {
    let Extent { restarts, strict, .. } = *extent;
    let api = Api::new(rota.base())?;
    let people = people::registered(&api, FARMERS).await?;
    let closed = if strict { Closed::Failed } else { Closed::Repeated };
    let notes = Notes::of(rota.authorities(), closed);
    let mut working = JoinSet::new();
    for (number, person) in people.iter().enumerate() {
        let connection = if number % 2 == 0 { Connection::Kept } else { Connection::Renewed };
        let farmer = Farmer::log_in(rota.base(), connection, (number, person)).await?;
        working.spawn(farmer.work(notes.clone()));
    }
    println!("{FARMERS} farmers are at work, {restarts} restarts");
    pause(BOTH).await?;
    for number in 0..restarts {
        rota.restart(number, &notes).await?;
        pause(BOTH).await?;
    }
    notes.close();
    let farms = audit(working, &notes).await?;
    Ok(Report::of(&notes, farms))
}

/// Reads back what everybody has written once they are done; says how many farms there are.
async fn audit(mut working: JoinSet<Result<Farmer>>, notes: &Notes) -> Result<usize> {
    let mut farms = 0;
    while let Some(farmer) = working.join_next().await {
        interrupt::check()?;
        let farmer = farmer??;
        let stored = farms_of(&farmer.user).await?;
        for finding in compare(&farmer.acknowledged, &stored) {
            match finding {
                Finding::Lost(example) => notes.breach(Promise::Kept, example),
                Finding::Doubled(example) => notes.breach(Promise::Once, example),
            }
        }
        farms += stored.len();
    }
    Ok(farms)
}
