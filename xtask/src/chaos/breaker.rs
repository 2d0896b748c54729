//! The circuit breaker around the store, as the server's metrics tell of it during a drill.

mod told;
mod verdict;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use crate::client::Api;
use told::Told;
pub(super) use verdict::{Account, Opening, Refusal, Times, judge, share};

/// How often it is looked at, and how exactly its changes are known.
const LOOK: Duration = Duration::from_millis(25);

/// For so long it is open at first, in seconds: the server is told the same.
pub(super) const OPEN_SECONDS: u64 = 5;

/// What it is told of, at one moment between these two.
#[derive(Debug, Clone, Copy)]
struct Sight {
    asked: Instant,
    answered: Instant,
    told: Told,
}

/// A watch on the breaker of one server; dropped, it ends.
pub(super) struct Watch {
    sights: Arc<Mutex<Vec<Sight>>>,
    looking: JoinHandle<()>,
}

impl Watch {
    /// Looks from now on at the metrics at this address, such as `127.0.0.1:9464`.
    pub(super) fn start(metrics: &str) -> Result<Self> {
        let api = Api::new(&format!("http://{metrics}"))?;
        let sights = Arc::default();
        let looking = tokio::spawn(look(api, Arc::clone(&sights)));
        Ok(Self { sights, looking })
    }

    /// The longest that anybody waits for it to open: by then it should have.
    pub(super) const PATIENCE: Duration = verdict::WINDOW.saturating_add(verdict::CALL);

    /// How often it has opened so far.
    pub(super) fn openings(&self) -> u64 {
        self.sights().last().map_or(0, |sight| sight.told.openings)
    }

    /// How it opened after this moment, if it did.
    pub(super) fn opening(&self, since: Instant) -> Option<Opening> {
        verdict::opening(&self.sights(), since)
    }

    fn sights(&self) -> Vec<Sight> {
        self.sights.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.looking.abort();
    }
}

async fn look(api: Api, sights: Arc<Mutex<Vec<Sight>>>) {
    loop {
        let asked = Instant::now();
        let reply = api.get("/metrics").send().await;
        let answered = Instant::now();
        // A server that does not tell is not seen; the verdict wants to have seen it.
        if let Some(told) = reply.ok().and_then(|reply| Told::read(&reply.text)) {
            let sight = Sight { asked, answered, told };
            sights.lock().unwrap_or_else(PoisonError::into_inner).push(sight);
        }
        sleep(LOOK).await;
    }
}
