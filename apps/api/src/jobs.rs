//! What happens without a request: time limits pass, old receipts and limits are forgotten, keys
//! follow one another.

pub(crate) mod keys;

use std::time::Duration;

use gacp_store::StoreError;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use crate::compose::Services;

/// Whoever looks at an application sees at once that its time is over; this only reaches those
/// at which nobody looks.
const EVERY: Duration = Duration::from_mins(1);

/// So many applications are expired in one go; the rest waits for the next.
const BATCH: usize = 200;

/// Starts the jobs. They end with their task.
pub(crate) fn start(services: Services) -> JoinHandle<()> {
    tokio::spawn(async move {
        tokio::join!(
            again_and_again(EVERY, || run_once(&services)),
            // By itself: nothing else may hold it up until a key signs that is not known here.
            again_and_again(keys::EVERY, || keys::run_once(&services)),
        );
    })
}

async fn again_and_again<F: Future<Output = ()>>(every: Duration, job: impl Fn() -> F) {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        job().await;
    }
}

/// Runs every job once. What fails is logged and tried again the next time.
async fn run_once(services: &Services) {
    let now = services.shell.clock.now();
    if let Some(limits) = &services.shell.limits {
        limits.prune();
    }
    match services.certifications.expire_overdue(now, BATCH).await {
        Ok(0) => {}
        Ok(expired) => tracing::info!(expired, "applications expired"),
        Err(error) => tracing::warn!(%error, "expiry failed"),
    }
    let stores = &services.stores;
    tell("guesses at passwords", stores.guesses.prune(now).await);
    tell("security events", stores.events.prune(now).await);
    tell("receipts", stores.receipts.prune(now).await);
}

/// Logs what was forgotten, unless it was nothing.
fn tell(what: &'static str, pruned: Result<u64, StoreError>) {
    match pruned {
        Ok(0) => {}
        Ok(count) => tracing::info!(what, count, "old records forgotten"),
        Err(error) => tracing::warn!(what, %error, "pruning failed"),
    }
}
