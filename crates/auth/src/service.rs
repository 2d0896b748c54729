//! What the product can do with accounts and sessions, and the rules it keeps while doing so.

mod accounts;
mod audit;
mod breaches;
mod events;
mod guessing;
mod login;
mod passwords;
mod refresh;
mod sessions;
mod staff;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use gacp_keys::Keyring;
use gacp_store::{AccountId, Actor, Attempt, HistoryEntry, HistoryStore, Precondition, StoreError};

pub use accounts::Profile;
pub use audit::{AuditFilter, AuditRecord};
pub use login::{Login, Tokens, Visit};

use crate::observer::Nobody;
use crate::token::device::Device;
use crate::token::seen::SeenTokens;
use crate::{
    Account, AccountStore, AuthError, BreachedPasswords, EventStore, GuessStore, Observer,
    PasswordHasher, Policy, SessionId, SessionStore, unique,
};

/// What [`Auth`] works with.
pub struct AuthParts {
    /// Where accounts are kept.
    pub accounts: Arc<dyn AccountStore>,
    /// Where sessions are kept, beside the accounts.
    pub sessions: Arc<dyn SessionStore>,
    /// Where guesses at passwords are counted.
    pub guesses: Arc<dyn GuessStore>,
    /// Where security events are kept.
    pub events: Arc<dyn EventStore>,
    /// Where administrators read what happened, to accounts and to everything else.
    pub history: Arc<dyn HistoryStore>,
    /// What hashes passwords.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Who knows which passwords are breached; [`NoBreaches`](crate::NoBreaches) asks nobody.
    pub breaches: Arc<dyn BreachedPasswords>,
    /// What signs, authenticates and seals.
    pub keyring: Keyring,
    /// How long tokens work and for whom.
    pub policy: Policy,
}

/// Registration, login, tokens, sessions, profiles and staff. Cheap to clone.
#[derive(Clone)]
pub struct Auth {
    parts: Arc<AuthParts>,
    unanswered: Arc<AtomicU64>,
    seen: Arc<SeenTokens>,
    observer: Arc<dyn Observer>,
}

/// Whom a genuine access token is for: the account and the session that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claimed {
    /// Whose token it is (`sub`).
    pub account: AccountId,
    /// The session that it belongs to (`sid`).
    pub session: SessionId,
}

/// Who asks, as proven by an access token whose session lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The account and the role that it has at this moment.
    pub actor: Actor,
    /// The session through which it asks.
    pub session: SessionId,
}

impl Auth {
    /// Puts the parts together; nobody observes.
    pub fn new(parts: AuthParts) -> Self {
        Self {
            parts: Arc::new(parts),
            unanswered: Arc::default(),
            seen: Arc::default(),
            observer: Arc::new(Nobody),
        }
    }

    /// The same, and who sees what happens.
    #[must_use]
    pub fn observed(self, observer: Arc<dyn Observer>) -> Self {
        Self { observer, ..self }
    }

    /// How long tokens work and for whom.
    pub fn policy(&self) -> &Policy {
        &self.parts.policy
    }

    /// The device that shows this token, if it was named here.
    fn known_device(&self, token: Option<&str>) -> Option<Device> {
        Device::parse(token?, self.parts.keyring.device_mac())
    }

    async fn replace(
        &self,
        attempt: &Attempt<'_, Account>,
        account: &Account,
        entries: Vec<HistoryEntry>,
    ) -> Result<(), AuthError> {
        let change = attempt.change(entries, account);
        self.parts.accounts.replace(account, &change).await.map_err(refusal)
    }
}

/// A store's refusal of a changed account, in the words of the use case.
fn refusal(error: StoreError) -> AuthError {
    match error {
        StoreError::Duplicate { key: unique::EMAIL | unique::NATIONAL_ID | unique::PHONE } => {
            AuthError::AccountExists
        }
        // Somebody else was first after the state was compared: to the client it is the same.
        StoreError::Stale => Precondition::Stale.into(),
        error => AuthError::Store(error),
    }
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth").field("policy", &self.parts.policy).finish_non_exhaustive()
    }
}
