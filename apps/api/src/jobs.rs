//! What happens without a request: time limits pass, what is old is forgotten, keys follow one
//! another.

pub(crate) mod keys;

use std::time::Duration;

use gacp_store::StoreError;
use jiff::Timestamp;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use crate::compose::Services;
use crate::observe::{Job, Jobs};
use crate::stores::Stores;

/// Whoever looks at an application sees at once that its time is over; this only reaches those
/// at which nobody looks.
const EVERY: Duration = Duration::from_mins(1);

/// So many applications are expired in one go; the rest waits for the next.
const BATCH: usize = 200;

/// Starts the jobs. They end with their task.
pub(crate) fn start(services: Services, jobs: Jobs) -> JoinHandle<()> {
    tokio::spawn(async move {
        tokio::join!(
            again_and_again(EVERY, || run_once(&services, &jobs)),
            // By itself: nothing else may hold it up until a key signs that is not known here.
            again_and_again(keys::EVERY, || look_after_keys(&services, &jobs)),
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
async fn run_once(services: &Services, jobs: &Jobs) {
    let now = services.shell.clock.now();
    if let Some(limits) = &services.shell.limits {
        limits.prune();
    }
    jobs.run((Job::Expiry, now), expire(services, now)).await;
    jobs.run((Job::Pruning, now), prune(&services.stores, now)).await;
}

async fn look_after_keys(services: &Services, jobs: &Jobs) {
    let now = services.shell.clock.now();
    jobs.run((Job::Keys, now), keys::run_once(services, now)).await;
}

async fn expire(services: &Services, now: Timestamp) -> bool {
    let expired = services.certifications.expire_overdue(now, BATCH).await;
    match &expired {
        Ok(0) => {}
        Ok(expired) => tracing::info!(expired, "applications expired"),
        Err(error) => tracing::warn!(%error, "expiry failed"),
    }
    expired.is_ok()
}

async fn prune(stores: &Stores, now: Timestamp) -> bool {
    // Each by itself: what fails for one is no reason to keep the others.
    let guesses = told("guesses at passwords", &stores.guesses.prune(now).await);
    let events = told("security events", &stores.events.prune(now).await);
    let sessions = told("sessions", &stores.sessions.prune(now).await);
    let receipts = told("receipts", &stores.receipts.prune(now).await);
    guesses && events && sessions && receipts
}

/// Logs what was forgotten, unless it was nothing; says whether it was.
fn told(what: &'static str, pruned: &Result<u64, StoreError>) -> bool {
    match pruned {
        Ok(0) => {}
        Ok(count) => tracing::info!(what, count, "old records forgotten"),
        Err(error) => tracing::warn!(what, %error, "pruning failed"),
    }
    pruned.is_ok()
}

#[cfg(test)]
mod tests {
    use gacp_auth::{LoginDraft, SESSION_RETENTION, Visit};
    use gacp_store::Violations;
    use jiff::SignedDuration;

    use super::*;
    use crate::compose::services;
    use crate::observe::Metrics;
    use crate::{Clock, Config, demo};

    #[tokio::test]
    async fn a_session_that_has_ended_is_forgotten_in_its_time() {
        let folder = tempfile::tempdir().unwrap();
        let config = Config::for_tests(folder.path());
        let clock = Clock::fixed("2026-01-05T02:00:00Z".parse().unwrap());
        let services = services(&config, &clock, &Metrics::unseen(&config)).await.unwrap();
        let Services { auth, stores, .. } = &services;
        let password = demo::PASSWORD.to_owned();
        let draft =
            LoginDraft { email: Some(demo::FARMER.to_owned()), national_id: None, password };
        demo::seed(&services, clock.now()).await.unwrap();
        let login = auth.log_in(Violations::check(draft), &Visit::at(clock.now())).await.unwrap();
        let id = auth.session_of(&login.tokens.refresh_token).unwrap();
        let session = stores.sessions.find(id).await.unwrap().unwrap();
        let end = session.ends_at() + SESSION_RETENTION;

        assert!(prune(stores, end - SignedDuration::from_millis(1)).await);
        assert_eq!(stores.sessions.find(id).await.unwrap(), Some(session));
        assert!(prune(stores, end).await);
        assert_eq!(stores.sessions.find(id).await.unwrap(), None);
    }
}
