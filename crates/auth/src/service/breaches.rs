//! Asking whether a new password is out already.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::timeout;

use super::Auth;
use crate::draft::at;
use crate::{AuthError, Malformed, Password};

/// How long an answer is waited for: about as long as a person waits for a form.
const PATIENCE: Duration = Duration::from_secs(1);

impl Auth {
    /// How many new passwords were accepted since the start because nobody said in time whether
    /// they are breached.
    pub fn unanswered_breach_checks(&self) -> u64 {
        self.unanswered.load(Ordering::Relaxed)
    }

    /// Refuses a new password that is known to be breached, as the field where `pointer` leads.
    /// Without an answer it passes: who cannot ask can still refuse what is in the bundled list,
    /// and a farmer must not be kept from registering by somebody else's outage.
    pub(super) async fn refuse_breached(
        &self,
        password: &Password,
        pointer: &'static str,
    ) -> Result<(), AuthError> {
        match timeout(PATIENCE, self.parts.breaches.hold(password)).await {
            Ok(Ok(false)) => Ok(()),
            Ok(Ok(true)) => Err(at(pointer)(Malformed::Format).into()),
            // What went wrong is told where it is known; an error could quote what was sent.
            Ok(Err(_)) | Err(_) => {
                self.unanswered.fetch_add(1, Ordering::Relaxed);
                Ok(())
            }
        }
    }
}
