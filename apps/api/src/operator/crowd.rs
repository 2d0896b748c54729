//! `gacp-api crowd`.

mod member;
mod shared;

use std::io::{BufRead as _, stdin};
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::place;
use crate::clock::Clock;
use crate::compose::Workshop;
use crate::config::Config;
use member::{Line, Maker};

/// How many are made at once: changes that come together are committed together.
const AT_ONCE: usize = 256;

/// How many lines are read ahead.
const AHEAD: usize = 256;

/// How often it is said how many there are.
const TOLD_EACH: u64 = 1_000;

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

/// How many are new, and how many had an account. What is missing of theirs is made: whoever was
/// interrupted goes on.
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

/// Whether she is new.
async fn make_one(workshop: &Workshop, clock: &Clock, line: &str) -> anyhow::Result<bool> {
    let line: Line = serde_json::from_str(line).context("a line is not as expected")?;
    Maker { workshop, clock }.make(line).await
}
