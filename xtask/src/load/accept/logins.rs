//! Logins at the rates of the plan, and what the server's metrics tell of them.

use anyhow::{Context, Result};
use serde_json::json;

use super::metrics::{self, Done};
use super::row::Row;
use super::stage::Stage;
use crate::client::Api;
use crate::load::host::Host;
use crate::load::report::Report;
use crate::people;

/// The light login run of the plan, without its fault.
pub(super) const SCENARIO: &str = "auth-light-corrected";

/// What counts as a login in a report.
const LOGIN: &str = "POST /api/auth/login";

/// Logins that fail, so that there is something to count; few enough not to be slowed down.
const WRONG_PASSWORDS: u64 = 3;
const UNKNOWN_ACCOUNTS: u64 = 2;

/// Plays them on a server on which nobody is registered.
pub(super) async fn play(stage: &Stage, host: &Host) -> Result<(Report, Vec<Row>)> {
    let before = host.tells().await?;
    let scenario = stage.scenario(SCENARIO)?;
    let accounts = u64::try_from(host.register(&scenario).await?)?;
    let guessers = guess(&host.api()?).await?;
    let report = stage.play(scenario, host, SCENARIO).await?;
    let after = host.tells().await?;
    let (successes, other_failures) = logins(&report);
    let done = Done {
        registrations: accounts + guessers,
        successes,
        other_failures,
        failures: vec![("wrong_password", WRONG_PASSWORDS), ("unknown_account", UNKNOWN_ACCOUNTS)],
    };
    Ok((report, metrics::judge(&before, &after, &done)))
}

/// Registers somebody at whose password somebody else guesses; says how many registered.
async fn guess(api: &Api) -> Result<u64> {
    let people = people::registered(api, 1).await?;
    let known = people.first().context("nobody was registered")?.email.clone();
    let wrong = (0..WRONG_PASSWORDS).map(|_| known.clone());
    let unknown = (0..UNKNOWN_ACCOUNTS).map(|nth| format!("nobody.{nth}@farm.example"));
    for email in wrong.chain(unknown) {
        let login = json!({"email": email, "password": "somebody else's words"});
        api.post("/api/auth/login", login).expect(401).await?;
    }
    Ok(1)
}

/// How many logins of a run opened a session, and how many did not.
fn logins(report: &Report) -> (u64, u64) {
    let logins = report.endpoints.iter().filter(|endpoint| endpoint.name == LOGIN);
    let statuses = logins.flat_map(|endpoint| &endpoint.statuses);
    statuses.fold((0, 0), |(good, bad), (status, times)| match status {
        200 => (good + times, bad),
        _ => (good, bad + times),
    })
}
