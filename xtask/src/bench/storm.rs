//! A storm of logins: far more than can be answered, at a pace that waits for nobody.
//!
//! The loop is open: every request has a time at which it is due, whatever became of those before
//! it, and its latency counts from that time on. So nothing is left out because a slow server kept
//! a client from asking (no coordinated omission).

mod notes;
mod pool;
mod report;
mod visitor;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::crowd::Crowd;
use crate::client::Api;
use crate::people::{self, User};
use crate::server::Server;
use notes::{Asked, Heard, Notes};
use pool::Pool;
use report::Report;

/// How much more is sent than can be answered.
const TIMES_CAPACITY: f64 = 4.0;

/// Nobody waits longer for a reply: then the request has timed out.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whose logins they are. The clients of one account must not be more than the guesses that are
/// free: those count while a password is being looked at.
const FARMERS: u32 = 256;

/// Far more than any machine answers: the end of the schedule.
const MOST_LOGINS: u32 = 100_000;

/// Until caches are warm and connections are open.
const WARM_UP: Duration = Duration::from_secs(1);

/// A while in which everybody makes ready.
const SOON: Duration = Duration::from_millis(100);

/// How many logins a server answers in a second.
pub(super) async fn capacity((crowd, server): (&mut Crowd, u32), length: Duration) -> Result<f64> {
    crowd.measure(server, WARM_UP).await?;
    Ok(crowd.measure(server, length).await?.rate.per_second())
}

/// Plays a storm on a server of this capacity; `store` is what it keeps its records in.
pub(super) async fn play(
    store: &'static str,
    (api, server): (&Api, &Server),
    (capacity, length): (f64, Duration),
) -> Result<Report> {
    eprintln!("{store}: {capacity:.1} logins/s; registering {FARMERS} farmers for the storm");
    let people = people::registered(api, FARMERS).await?;
    let visitors = visitor::gather(server.authority(), &log_in(api, &people).await?).await?;
    let pool = Arc::new(Pool::new(server.authority(), &people));
    let notes = Notes::new()?;
    let (offered, begin) = (TIMES_CAPACITY * capacity, Instant::now() + SOON);
    let mut visiting = JoinSet::new();
    for visitor in visitors {
        visiting.spawn(visitor.visit(begin, length, notes.clone()));
    }
    arrive(&pool, &notes, (begin, offered, length)).await?;
    while let Some(visited) = visiting.join_next().await {
        visited??;
    }
    let connections = pool.opened();
    Ok(Report { store, capacity, offered, length, connections, seen: notes.take()? })
}

/// A session for each visitor: one that was opened before the storm.
async fn log_in(api: &Api, people: &[people::Registration]) -> Result<Vec<User>> {
    let mut users = Vec::new();
    for person in people.iter().take(visitor::VISITORS) {
        users.push(User::log_in(api, person.credentials()).await?);
    }
    Ok(users)
}

/// Sends logins at the times at which they are due; returns once all are answered or given up.
async fn arrive(
    pool: &Arc<Pool>,
    notes: &Notes,
    (begin, offered, length): (Instant, f64, Duration),
) -> Result<()> {
    let interval = Duration::from_secs_f64(1.0 / offered);
    let mut open = JoinSet::new();
    for number in 0..MOST_LOGINS {
        let due = begin + interval * number;
        if due >= begin + length {
            break;
        }
        sleep_until(due).await;
        notes.woke(due.elapsed())?;
        open.spawn(log_in_once(Arc::clone(pool), notes.clone(), due));
        // What is done is not kept.
        while let Some(done) = open.try_join_next() {
            done??;
        }
    }
    while let Some(done) = open.join_next().await {
        done??;
    }
    Ok(())
}

async fn log_in_once(pool: Arc<Pool>, notes: Notes, due: Instant) -> Result<()> {
    let heard = timeout_at(due + PATIENCE, pool.log_in()).await.unwrap_or(Heard::Nothing);
    notes.enter((Asked::Login, heard), due.elapsed())
}
