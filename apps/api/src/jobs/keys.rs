//! The keys that sign access tokens: what other processes did to them is taken up, one that signed
//! for long enough is followed by another, and one that no token needs any more goes.

use std::time::Duration;

use gacp_keys::KeyError;
use jiff::{SignedDuration, Timestamp};

use crate::compose::Services;

/// A new key signs [`PUBLISHED_AHEAD`](gacp_keys::PUBLISHED_AHEAD) after it was made: in the
/// meantime every process reads it several times.
pub(crate) const EVERY: Duration = Duration::from_mins(1);

/// A key signs for a month, unless an operator rotates earlier.
const SIGNS_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Runs the job once and says whether all was done. What fails is logged and tried again the next time; the keys that are held
/// go on signing and verifying.
pub(super) async fn run_once(services: &Services, now: Timestamp) -> bool {
    let kept = look_after(services, now).await;
    if let Err(error) = &kept {
        let error: &dyn std::error::Error = error;
        tracing::warn!(error, "signing keys not kept");
    }
    kept.is_ok()
}

async fn look_after(services: &Services, now: Timestamp) -> Result<(), KeyError> {
    let (keyring, store) = (&services.shell.keyring, &*services.stores.keys);
    if keyring.reread(store).await? {
        tracing::info!("other signing keys taken up");
    }
    if let Some(next) = keyring.rotate_after(store, SIGNS_FOR, now).await? {
        tracing::info!(kid = next.kid, signs_from = %next.signs_from, "access-token key follows");
    }
    let accepted_for = services.auth.policy().accepted_for();
    match keyring.prune(store, accepted_for, now).await? {
        0 => {}
        removed => tracing::info!(removed, "old access-token keys removed"),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use gacp_keys::{Keyring, PUBLISHED_AHEAD};

    use super::*;
    use crate::compose::services;
    use crate::observe::Metrics;
    use crate::{Clock, Config, master_key};

    struct Process {
        services: Services,
        clock: Clock,
        /// Another process on the same store.
        other: Keyring,
        _folder: tempfile::TempDir,
    }

    impl Process {
        async fn start() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let config = Config::for_tests(folder.path());
            let clock = Clock::fixed("2026-01-05T02:00:00Z".parse().unwrap());
            let services = services(&config, &clock, &Metrics::unseen(&config)).await.unwrap();
            let master = master_key::obtain(&config).unwrap();
            let other = Keyring::open(&*services.stores.keys, &master, clock.now()).await.unwrap();
            Self { services, clock, other, _folder: folder }
        }

        async fn run_after(&self, pause: SignedDuration) -> Vec<String> {
            self.clock.advance(pause);
            run_once(&self.services, self.clock.now()).await;
            let published = self.services.shell.keyring.access_token_signer().jwks().keys.clone();
            published.into_iter().map(|key| key.kid).collect()
        }
    }

    #[tokio::test]
    async fn a_key_of_another_process_is_taken_up_and_the_old_one_goes_in_its_time() {
        let process = Process::start().await;
        let first = process.run_after(SignedDuration::ZERO).await;
        let store = &*process.services.stores.keys;

        let next = process.other.rotate(store, process.clock.now()).await.unwrap();

        let both = [first, vec![next.kid.clone()]].concat();
        assert_eq!(process.run_after(SignedDuration::from_mins(1)).await, both);
        // Until just before no process accepts a token of the old key any more.
        let accepted_for = process.services.auth.policy().accepted_for();
        let last = next.signs_from + accepted_for - SignedDuration::from_millis(1);
        let pause = last.duration_since(process.clock.now());
        assert_eq!(process.run_after(pause).await, both);
        assert_eq!(process.run_after(SignedDuration::from_millis(1)).await, [next.kid]);
    }

    #[tokio::test]
    async fn a_key_that_signed_for_a_month_is_followed_by_another() {
        let process = Process::start().await;

        let [first] = process.run_after(SignedDuration::ZERO).await.try_into().unwrap();
        let both = process.run_after(SIGNS_FOR).await;

        assert_eq!((both.len(), both.first()), (2, Some(&first)));
        assert_eq!(process.run_after(PUBLISHED_AHEAD).await, both);
    }

    #[tokio::test]
    async fn keys_that_cannot_be_read_stay_as_they_are() {
        let process = Process::start().await;
        let held = process.run_after(SignedDuration::ZERO).await;
        process.services.stores.close().await.unwrap();

        assert_eq!(process.run_after(SIGNS_FOR).await, held);
    }
}
