//! `gacp-api crowd`.

mod shared;

use std::io::{BufRead as _, stdin};
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use gacp_auth::{AuthError, Registration};
use gacp_certifications::ApplicationDraft;
use gacp_farms::{FarmAction, FarmDraft, NoteDraft, PlotDraft};
use gacp_store::{AccountId, Actor, Attempt, Expected, Role, Target, Violations};
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::place;
use crate::clock::Clock;
use crate::compose::Workshop;
use crate::config::Config;

/// How many are made at once: changes that come together are committed together.
const AT_ONCE: usize = 256;

/// How many lines are read ahead.
const AHEAD: usize = 256;

/// How often it is said how many there are.
const TOLD_EACH: u64 = 1_000;

const REQUEST: &str = "crowd";

/// One of them, as a line says it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    registration: Registration,
    farm: FarmDraft,
    plot: PlotDraft,
    /// Without the farm and the plot, which are not known before. Not everybody applies.
    application: Option<Map<String, Value>>,
}

pub(super) async fn make(config: &Config, clock: &Clock) -> anyhow::Result<()> {
    ensure!(config.is_development(), "people are made up only for a server on loopback");
    let workshop = Workshop::of_a_server(config, clock.now(), shared::around).await?;
    let workshop = Arc::new(workshop);
    let made = make_all(&workshop, clock).await;
    workshop.stores.close().await?;
    let (new, known) = made?;
    println!("{new} new, {known} were there already");
    println!("in {}", place(config));
    Ok(())
}

/// How many are new, and how many had an account.
async fn make_all(workshop: &Arc<Workshop>, clock: &Clock) -> anyhow::Result<(u64, u64)> {
    let mut lines = lines();
    let (mut making, mut new, mut known) = (JoinSet::new(), 0, 0);
    loop {
        if making.len() < AT_ONCE
            && let Some(line) = lines.recv().await
        {
            let (workshop, clock) = (Arc::clone(workshop), clock.clone());
            making.spawn(async move { make_one(&workshop, &clock, &line?).await });
            continue;
        }
        let Some(made) = making.join_next().await else { return Ok((new, known)) };
        *if made?? { &mut new } else { &mut known } += 1;
        if (new + known) % TOLD_EACH == 0 {
            println!("{}", new + known);
        }
    }
}

/// Standard input, line by line; the thread that reads it ends with it.
fn lines() -> mpsc::Receiver<anyhow::Result<String>> {
    let (sender, lines) = mpsc::channel(AHEAD);
    std::thread::spawn(move || {
        for line in stdin().lock().lines() {
            if sender.blocking_send(line.map_err(Into::into)).is_err() {
                return;
            }
        }
    });
    lines
}

/// Whether there was nobody of this e-mail, phone and national ID.
async fn make_one(workshop: &Workshop, clock: &Clock, line: &str) -> anyhow::Result<bool> {
    let Line { registration, farm, plot, application } =
        serde_json::from_str(line).context("a line is not as expected")?;
    let by = Actor { id: AccountId::at(clock.now()), role: Role::Farmer };
    let attempt = Attempt { by, at: clock.now(), request_id: REQUEST, once: None };
    let registered = workshop.auth.register(&attempt, Violations::check(registration));
    let account = match registered.await {
        Err(AuthError::AccountExists) => return Ok(false),
        registered => registered?,
    };
    let by = Actor { id: account.id(), role: Role::Farmer };
    let attempt = Attempt { by, at: clock.now(), request_id: REQUEST, once: None };
    let farm = workshop.farms.register(&attempt, Violations::check(farm)).await?;
    let target = Target { id: farm.id(), expected: Expected::Any };
    let farm = workshop.farms.add_plot(&attempt, &target, Violations::check(plot)).await?;
    approve(workshop, clock, by, &target).await?;
    let Some(application) = application else { return Ok(true) };
    let plots = farm.plots().iter().map(|plot| plot.id().to_string());
    let draft = filled(application, farm.id().to_string(), plots.collect())?;
    let attempt = Attempt { by, at: clock.now(), request_id: REQUEST, once: None };
    workshop.certifications.open(&attempt, Violations::check(draft)).await?;
    Ok(true)
}

/// Takes a farm through its review.
async fn approve(
    workshop: &Workshop,
    clock: &Clock,
    owner: Actor,
    target: &Target<gacp_farms::FarmId>,
) -> anyhow::Result<()> {
    let staff = |role| Actor { id: AccountId::at(clock.now()), role };
    for (by, action) in [
        (owner, FarmAction::Submit),
        (staff(Role::Reviewer), FarmAction::StartReview),
        (staff(Role::Approver), FarmAction::Approve),
    ] {
        let attempt = Attempt { by, at: clock.now(), request_id: REQUEST, once: None };
        let note = Violations::check(NoteDraft { comment: None });
        workshop.farms.act(&attempt, target, action, note).await?;
    }
    Ok(())
}

fn filled(
    mut application: Map<String, Value>,
    farm: String,
    plots: Vec<String>,
) -> anyhow::Result<ApplicationDraft> {
    application.insert("farmId".to_owned(), farm.into());
    application.insert("plotIds".to_owned(), plots.into());
    serde_json::from_value(Value::Object(application)).context("an application is not as expected")
}
