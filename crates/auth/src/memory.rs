//! The reference adapter: accounts and sessions in memory.

mod events;
mod guesses;

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use gacp_store::{AccountId, Change, Cursor, MemoryLedger, Page, PageRequest, StoreError, page_of};
use jiff::Timestamp;

use crate::{
    Account, AccountFilter, AccountStore, Email, Ending, Next, PasswordHash, RevocationReason,
    Revoked, Rotation, SESSION_RETENTION, SecurityEvent, Session, SessionId, SessionStore,
    Standing, TokenHash, unique,
};

pub use events::MemoryEvents;
pub use guesses::MemoryGuesses;

/// Accounts, sessions and security events in memory, behind one lock: all ports see one state.
/// Cheap to clone. Sessions and events grow until [`SessionStore::prune`] and
/// [`EventStore::prune`](crate::EventStore::prune) are called.
#[derive(Debug, Clone)]
pub struct MemoryAuth {
    ledger: Arc<MemoryLedger>,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    accounts: HashMap<AccountId, Account>,
    sessions: HashMap<SessionId, Session>,
    last_logins: HashMap<AccountId, Timestamp>,
    events: Vec<SecurityEvent>,
}

/// The accounts of a [`MemoryAuth`].
#[derive(Debug, Clone)]
pub struct MemoryAccounts(MemoryAuth);

/// The sessions of a [`MemoryAuth`].
#[derive(Debug, Clone)]
pub struct MemorySessions(MemoryAuth);

impl MemoryAuth {
    /// Nobody yet; history and receipts go to the ledger.
    pub fn new(ledger: Arc<MemoryLedger>) -> Self {
        Self { ledger, state: Arc::default() }
    }

    /// The account port.
    pub fn accounts(&self) -> MemoryAccounts {
        MemoryAccounts(self.clone())
    }

    /// The session port.
    pub fn sessions(&self) -> MemorySessions {
        MemorySessions(self.clone())
    }

    /// The port of security events.
    pub fn events(&self) -> MemoryEvents {
        MemoryEvents(self.clone())
    }

    fn replace(
        &self,
        account: &Account,
        ending: Option<&Ending>,
        change: &Change,
    ) -> Result<(), StoreError> {
        let mut state = self.lock();
        let stored = state.accounts.get(&account.id()).map(Account::revision);
        if stored != Some(account.revision().previous()) {
            return Err(StoreError::Stale);
        }
        if let Some(key) = state.taken(account) {
            return Err(StoreError::Duplicate { key });
        }
        self.ledger.append(change)?;
        state.accounts.insert(account.id(), account.clone());
        if let Some(Ending { except, reason }) = Ending::of(account, ending) {
            let end = Revoked { at: account.updated_at(), reason };
            state.revoke_all(account.id(), except, end);
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Under the lock nothing that can panic stands between two changes that belong together.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The name of the unique key that another account holds, if one does.
    fn taken(&self, account: &Account) -> Option<&'static str> {
        let mut others = self.accounts.values().filter(|other| other.id() != account.id());
        others.find_map(|other| {
            if other.email() == account.email() {
                Some(unique::EMAIL)
            } else if share_a_value(index_of(other), index_of(account)) {
                Some(unique::NATIONAL_ID)
            } else if other.phone().is_some() && other.phone() == account.phone() {
                Some(unique::PHONE)
            } else {
                None
            }
        })
    }

    fn revoke_all(&mut self, account: AccountId, except: Option<SessionId>, end: Revoked) -> u64 {
        let sessions = self.sessions.values_mut();
        let meant = sessions.filter(|session| {
            session.account == account && Some(session.id) != except && session.revoked.is_none()
        });
        meant.map(|session| session.revoked = Some(end)).fold(0, |ended, ()| ended + 1)
    }
}

fn index_of(account: &Account) -> &[String] {
    account.national_id().map_or(&[], |national_id| national_id.index.as_slice())
}

fn share_a_value(one: &[String], other: &[String]) -> bool {
    one.iter().any(|value| other.contains(value))
}

#[async_trait]
impl AccountStore for MemoryAccounts {
    async fn create(&self, account: &Account, change: &Change) -> Result<(), StoreError> {
        let mut state = self.0.lock();
        if let Some(key) = state.taken(account) {
            return Err(StoreError::Duplicate { key });
        }
        self.0.ledger.append(change)?;
        state.accounts.insert(account.id(), account.clone());
        Ok(())
    }

    async fn replace(&self, account: &Account, change: &Change) -> Result<(), StoreError> {
        self.0.replace(account, None, change)
    }

    async fn replace_and_end(
        &self,
        account: &Account,
        ending: &Ending,
        change: &Change,
    ) -> Result<(), StoreError> {
        self.0.replace(account, Some(ending), change)
    }

    async fn rehash(
        &self,
        id: AccountId,
        from: &PasswordHash,
        to: &PasswordHash,
    ) -> Result<(), StoreError> {
        let mut state = self.0.lock();
        let held = state.accounts.get(&id).filter(|account| account.password() == from).cloned();
        if let Some(account) = held {
            state.accounts.insert(id, account.rehashed(to.clone()));
        }
        Ok(())
    }

    async fn find(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        Ok(self.0.lock().accounts.get(&id).cloned())
    }

    async fn find_by_email(&self, email: &Email) -> Result<Option<Account>, StoreError> {
        let state = self.0.lock();
        Ok(state.accounts.values().find(|account| account.email() == email).cloned())
    }

    async fn find_by_national_id(&self, values: &[String]) -> Result<Option<Account>, StoreError> {
        let state = self.0.lock();
        let holds = |account: &&Account| share_a_value(index_of(account), values);
        Ok(state.accounts.values().find(holds).cloned())
    }

    async fn list(
        &self,
        filter: &AccountFilter,
        page: &PageRequest,
    ) -> Result<Page<Account>, StoreError> {
        let state = self.0.lock();
        let admitted = state.accounts.values().filter(|account| filter.admits(account)).cloned();
        Ok(page_of(admitted, page, |account| Cursor {
            id: account.id().uuid(),
            updated_at: account.updated_at(),
        }))
    }
}

#[async_trait]
impl SessionStore for MemorySessions {
    async fn open(&self, session: &Session, login: &SecurityEvent) -> Result<(), StoreError> {
        let mut state = self.0.lock();
        if !state.accounts.get(&session.account).is_some_and(Account::is_active) {
            return Err(StoreError::Stale);
        }
        state.last_logins.insert(session.account, session.created_at);
        state.sessions.insert(session.id, session.clone());
        state.events.push(login.clone());
        Ok(())
    }

    async fn rotate(
        &self,
        id: SessionId,
        presented: &TokenHash,
        next: &Next,
    ) -> Result<Option<Rotation>, StoreError> {
        let mut state = self.0.lock();
        Ok(state.sessions.get_mut(&id).map(|session| session.rotate(presented, next)))
    }

    async fn find(&self, id: SessionId) -> Result<Option<Session>, StoreError> {
        Ok(self.0.lock().sessions.get(&id).cloned())
    }

    async fn revoke(
        &self,
        id: SessionId,
        reason: RevocationReason,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        if let Some(session) = self.0.lock().sessions.get_mut(&id) {
            session.revoked.get_or_insert(Revoked { at, reason });
        }
        Ok(())
    }

    async fn revoke_all(
        &self,
        account: AccountId,
        except: Option<SessionId>,
        reason: RevocationReason,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        Ok(self.0.lock().revoke_all(account, except, Revoked { at, reason }))
    }

    async fn list_live(
        &self,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Vec<Session>, StoreError> {
        let state = self.0.lock();
        let live = |session: &&Session| session.account == account && session.is_live(now);
        let mut sessions: Vec<_> = state.sessions.values().filter(live).cloned().collect();
        sessions.sort_by_key(|session| Reverse(session.id));
        Ok(sessions)
    }

    async fn standing(
        &self,
        id: SessionId,
        now: Timestamp,
    ) -> Result<Option<Standing>, StoreError> {
        let state = self.0.lock();
        let Some(session) = state.sessions.get(&id) else { return Ok(None) };
        let account = state.accounts.get(&session.account);
        Ok(account.map(|account| Standing {
            account: account.id(),
            role: account.role(),
            status: account.status(),
            account_revision: account.revision(),
            session_live: session.is_live(now),
        }))
    }

    async fn last_login(&self, account: AccountId) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.0.lock().last_logins.get(&account).copied())
    }

    async fn prune(&self, now: Timestamp) -> Result<u64, StoreError> {
        let mut state = self.0.lock();
        let before = state.sessions.len();
        state.sessions.retain(|_, session| session.ends_at() + SESSION_RETENTION > now);
        Ok(u64::try_from(before - state.sessions.len()).unwrap_or(u64::MAX))
    }
}
