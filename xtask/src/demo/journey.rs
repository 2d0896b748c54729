//! The order of the scenes.

use anyhow::Result;

use super::script::Script;
use super::{account, application, certificate, farm, inspection, session};
use crate::client::Api;
use crate::people::{Staff, User};
use crate::round::Round;

/// Plays every scene; returns the number of the certificate that was issued and revoked.
pub(crate) async fn play(api: &Api, script: &mut Script, round: Round) -> Result<String> {
    script.step("readiness", ready(api)).await?;
    let (person, farmer) = account::play(api, script, round).await?;
    let staff = script.step("staff log in", Staff::log_in(api)).await?;
    let farm = farm::play(script, &farmer, &staff, round).await?;
    let enrolled = enrol(api, &staff, round);
    let second_reviewer = script.step("an ADMIN enrols a REVIEWER", enrolled).await?;
    let cast = Cast { round, farmer, second_reviewer, staff };
    let application = application::play(script, &cast, &farm).await?;
    let number = inspection::play(script, &cast, &application).await?;
    certificate::play(api, script, &cast, &person, &number).await?;
    script.step("history of the application", history(&cast, &application)).await?;
    session::play(api, script, &cast, &person).await?;
    Ok(number)
}

/// Everybody who takes part in one certification.
pub(super) struct Cast {
    pub(super) round: Round,
    pub(super) farmer: User,
    /// Enrolled by this round, so that it may change his role.
    pub(super) second_reviewer: User,
    pub(super) staff: Staff,
}

async fn ready(api: &Api) -> Result<((), String)> {
    let reply = api.get("/health/ready").expect(200).await?;
    Ok(((), format!("GET /health/ready {}", reply.status)))
}

async fn enrol(api: &Api, staff: &Staff, round: Round) -> Result<(User, String)> {
    let reviewer = account::enrol_reviewer(api, &staff.admin, round).await?;
    let shows = format!("role {}, logged in", reviewer.role);
    Ok((reviewer, shows))
}

/// Every change has its entry, and the newest comes first.
async fn history(cast: &Cast, application: &str) -> Result<((), String)> {
    let path = format!("/api/certifications/{application}/history?limit=100");
    let reply = cast.farmer.get(path).expect(200).await?;
    let entries = reply.list("/data")?.len();
    // Opened, submitted, two payments, documents approved, scheduled, inspected, decided.
    reply.ensure(entries >= 8, "an entry for each of at least 8 changes")?;
    Ok(((), format!("{entries} entries")))
}
