//! Logging in.

use std::fmt;
use std::net::IpAddr;

use gacp_store::{Role, StoreError, Submitted};
use jiff::Timestamp;

use super::Auth;
use super::events::{event, failed_login};
use super::guessing::{Guess, Identifier};
use crate::token::access::{self, Grant};
use crate::token::device::Device;
use crate::token::refresh::RefreshToken;
use crate::{
    Account, AuthError, Email, LoginDraft, NationalId, Password, SecurityEventKind, Session,
    SessionId, Unproven,
};

/// How much of a user agent is kept, in characters: enough to tell a person's devices apart.
const MAX_USER_AGENT_CHARS: usize = 200;

/// When and from what somebody comes.
#[derive(Clone, Copy)]
pub struct Visit<'a> {
    /// When.
    pub at: Timestamp,
    /// What the device was given at its last login, if it shows it.
    pub device_token: Option<&'a str>,
    /// What the device calls its software.
    pub user_agent: Option<&'a str>,
    /// From where, as far as that is known.
    pub address: Option<IpAddr>,
    /// The request by which he comes.
    pub request_id: Option<&'a str>,
}

/// What somebody's knowledge of a password comes to.
pub(super) enum Verdict {
    /// He knows it; whether the account can be used is another matter, and whether what was
    /// guessed until then is taken back.
    Right(Box<Guess>),
    /// He does not, or there is no such account.
    Wrong,
    /// There were too many guesses: nobody looked.
    Locked,
}

/// The tokens of a session.
#[derive(Clone, PartialEq, Eq)]
pub struct Tokens {
    /// Proves who asks.
    pub access_token: String,
    /// Gets the next pair, once.
    pub refresh_token: String,
    /// In how many seconds the access token stops working.
    pub expires_in: u64,
}

/// What a login gives.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// Whose it is.
    pub account: Account,
    /// The session's tokens.
    pub tokens: Tokens,
    /// What the device shows from now on.
    pub device_token: String,
}

impl Visit<'_> {
    /// A visit of which nothing is known but the time.
    pub fn at(at: Timestamp) -> Self {
        Self { at, device_token: None, user_agent: None, address: None, request_id: None }
    }
}

impl Auth {
    /// Opens a session for whoever knows the password of an active account. Fails with
    /// [`Unproven::InvalidCredentials`] whatever is wrong, after the work of one hash; after none
    /// when there were too many guesses, whether there is such an account or not. What came of it
    /// is kept as a [`SecurityEvent`](crate::SecurityEvent).
    pub async fn log_in(
        &self,
        draft: Submitted<LoginDraft>,
        visit: &Visit<'_>,
    ) -> Result<Login, AuthError> {
        let draft = draft?.into_inner();
        let (account, guess) = self.proven(&draft, visit).await?;
        let device = match self.known_device(visit.device_token) {
            Some(device) => device,
            None => Device::new()?,
        };
        let device = device.trusted_by(account.id());
        let tokens = self.open((&account, &guess), &device, visit).await?;
        let device_token = device.encode(self.parts.keyring.device_mac());
        Ok(Login { account, tokens, device_token })
    }

    async fn proven(
        &self,
        draft: &LoginDraft,
        visit: &Visit<'_>,
    ) -> Result<(Account, Guess), AuthError> {
        let account = self.named(draft).await?;
        let identifier = self.identifier(draft);
        let verdict = self.prove(&identifier, (account.as_ref(), &draft.password), visit).await?;
        match (verdict, account) {
            (Verdict::Right(guess), Some(account)) if account.is_active() => {
                self.rehash(&account, &draft.password).await;
                Ok((account, *guess))
            }
            (verdict, account) => {
                let kind = failed_login(&verdict, account.as_ref());
                self.refuse(kind, account.as_ref(), visit).await
            }
        }
    }

    /// Refuses a login, in the same words whatever the reason, and notes it.
    async fn refuse<T>(
        &self,
        kind: SecurityEventKind,
        account: Option<&Account>,
        visit: &Visit<'_>,
    ) -> Result<T, AuthError> {
        self.note(event(kind, account.map(Account::id), None, visit)).await?;
        Err(Unproven::InvalidCredentials.into())
    }

    /// Hashes a password anew that was just proven, if its hash is outdated. That it cannot be
    /// done now is no reason to turn its owner away: his next login tries again.
    async fn rehash(&self, account: &Account, password: &str) {
        let (hasher, outdated) = (&self.parts.hasher, account.password());
        if !hasher.is_outdated(outdated) {
            return;
        }
        if let Ok(hash) = hasher.hash(&Password::new(password)).await {
            let _ = self.parts.accounts.rehash(account.id(), outdated, &hash).await;
        }
    }

    /// Whether a password is that of an account. The guess is counted before; one too many costs
    /// no hash.
    pub(super) async fn prove(
        &self,
        identifier: &Identifier,
        (account, password): (Option<&Account>, &str),
        visit: &Visit<'_>,
    ) -> Result<Verdict, AuthError> {
        let holder = account.map(Account::id);
        let Some(guess) = self.guess(identifier, holder, visit).await? else {
            return Ok(Verdict::Locked);
        };
        let (hasher, password) = (&self.parts.hasher, Password::new(password));
        let right = match account {
            Some(account) => hasher.verify(&password, account.password()).await,
            None => hasher.verify_nothing(&password).await.map(|()| false),
        };
        match right {
            Ok(true) => Ok(Verdict::Right(Box::new(guess))),
            Ok(false) => Ok(Verdict::Wrong),
            Err(error) => Err(self.was_not_tried(&guess, error).await),
        }
    }

    /// The account that is meant. Text that is no e-mail address or national ID means none.
    async fn named(&self, draft: &LoginDraft) -> Result<Option<Account>, StoreError> {
        if let Some(email) = &draft.email {
            let Ok(email) = Email::parse(email) else { return Ok(None) };
            return self.parts.accounts.find_by_email(&email).await;
        }
        let Some(Ok(national_id)) = draft.national_id.as_deref().map(NationalId::parse) else {
            return Ok(None);
        };
        self.parts.accounts.find_by_national_id(&self.blind_index(&national_id)).await
    }

    async fn open(
        &self,
        (account, guess): (&Account, &Guess),
        device: &Device,
        visit: &Visit<'_>,
    ) -> Result<Tokens, AuthError> {
        let (policy, now) = (&self.parts.policy, visit.at);
        let id = SessionId::at(now);
        let token = RefreshToken::first(id)?;
        let session = Session {
            id,
            account: account.id(),
            current_hash: token.hash(),
            previous_hash: None,
            generation: token.generation(),
            rotated_at: now,
            rotated_by: Some(device.name()),
            created_at: now,
            last_used_at: now,
            idle_expires_at: now + policy.refresh_idle,
            absolute_expires_at: now + policy.refresh_absolute,
            device: Some(device.name()),
            user_agent: visit.user_agent.map(shortened),
            revoked: None,
        };
        let kind = SecurityEventKind::LoginSucceeded;
        let login = event(kind, Some(account.id()), Some(id), visit);
        // At once: a store that gathers writes waits for its disk only once.
        let opening = self.parts.sessions.open(&session, &login);
        // Guesses that stay counted are no reason to turn somebody away for whom a session is open.
        let (opened, _forgotten) = tokio::join!(opening, self.was_right(guess));
        match opened {
            // Disabled since its password was checked.
            Err(StoreError::Stale) => {
                let kind = SecurityEventKind::LoginAccountDisabled;
                return self.refuse(kind, Some(account), visit).await;
            }
            opened => opened?,
        }
        self.observer.happened(kind);
        let grant = grant(&session, account.role());
        self.tokens(&grant, &token, now)
    }

    pub(super) fn tokens(
        &self,
        grant: &Grant,
        token: &RefreshToken,
        now: Timestamp,
    ) -> Result<Tokens, AuthError> {
        let keyring = &self.parts.keyring;
        let (access_token, expires_at) = access::issue(keyring, &self.parts.policy, grant)?;
        let expires_in = expires_at.saturating_sub(now.as_second());
        Ok(Tokens {
            access_token,
            refresh_token: token.encode(keyring.refresh_mac()),
            expires_in: u64::try_from(expires_in).unwrap_or_default(),
        })
    }
}

/// The access token that belongs to a session's current refresh token.
pub(super) fn grant(session: &Session, role: Role) -> Grant {
    Grant {
        account: session.account,
        role,
        session: session.id,
        generation: session.generation,
        at: session.rotated_at,
    }
}

pub(super) fn shortened(user_agent: &str) -> String {
    user_agent.chars().filter(|c| !c.is_control()).take(MAX_USER_AGENT_CHARS).collect()
}

impl fmt::Debug for Visit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Visit")
            .field("at", &self.at)
            .field("user_agent", &self.user_agent)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").field("account", &self.account.id()).finish_non_exhaustive()
    }
}
