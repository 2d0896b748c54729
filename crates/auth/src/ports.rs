//! What accounts need of the outside: stores, a password hasher, and who knows breached passwords.

use async_trait::async_trait;
use gacp_store::{AccountId, BoxError, Change, Page, PageRequest, Role, StoreError};
use jiff::Timestamp;

use crate::{
    Account, AccountStatus, BucketKey, Charge, Charged, Email, Ending, EventFilter, HashError,
    Next, Password, PasswordHash, Refund, RevocationReason, Rotation, SecurityEvent, Session,
    SessionId, Standing, TokenHash,
};

/// Names of unique keys, as [`StoreError::Duplicate`] carries them.
pub mod unique {
    /// One account per e-mail address.
    pub const EMAIL: &str = "account-email";
    /// One account per value of a national ID's blind index.
    pub const NATIONAL_ID: &str = "account-national-id";
    /// One account per telephone number.
    pub const PHONE: &str = "account-phone";
}

/// Which accounts a list holds; what is not said does not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AccountFilter {
    /// Those with this role.
    pub role: Option<Role>,
    /// Those with this status.
    pub status: Option<AccountStatus>,
}

impl AccountFilter {
    /// Whether the list holds this account.
    pub fn admits(&self, account: &Account) -> bool {
        self.role.is_none_or(|role| role == account.role())
            && self.status.is_none_or(|status| status == account.status())
    }
}

/// Where accounts are kept. Every implementation passes the `contract`.
#[async_trait]
pub trait AccountStore: Send + Sync {
    /// Adds an account, its history and its receipt, or nothing. Fails with
    /// [`StoreError::Duplicate`] under a name of [`unique`].
    async fn create(&self, account: &Account, change: &Change) -> Result<(), StoreError>;

    /// Replaces an account and adds its history and receipt, or changes nothing. Ends the
    /// sessions of a disabled account as of its [`updated_at`](Account::updated_at), for
    /// [`RevocationReason::AccountDisabled`], in the same transaction. Fails with
    /// [`StoreError::Stale`] unless the stored revision is the one before the account's, and with
    /// [`StoreError::Duplicate`] under a name of [`unique`].
    async fn replace(&self, account: &Account, change: &Change) -> Result<(), StoreError>;

    /// Replaces an account as [`replace`](Self::replace) does, and ends sessions of it as of its
    /// [`updated_at`](Account::updated_at) in the same transaction: those of [`Ending::of`].
    async fn replace_and_end(
        &self,
        account: &Account,
        ending: &Ending,
        change: &Change,
    ) -> Result<(), StoreError>;

    /// Puts another hash of the same password in the place of one, if that is still the account's;
    /// else does nothing. No new state of the account: its holder changed nothing.
    async fn rehash(
        &self,
        id: AccountId,
        from: &PasswordHash,
        to: &PasswordHash,
    ) -> Result<(), StoreError>;

    /// Finds an account.
    async fn find(&self, id: AccountId) -> Result<Option<Account>, StoreError>;

    /// Finds the account with an e-mail address.
    async fn find_by_email(&self, email: &Email) -> Result<Option<Account>, StoreError>;

    /// Finds the account in whose national ID's blind index one of these values stands: one per
    /// key while keys are changed.
    async fn find_by_national_id(&self, values: &[String]) -> Result<Option<Account>, StoreError>;

    /// Reads a page of accounts, in either order.
    async fn list(
        &self,
        filter: &AccountFilter,
        page: &PageRequest,
    ) -> Result<Page<Account>, StoreError>;
}

/// Where sessions are kept, beside the accounts. Every implementation passes the `contract`.
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// Adds a session and the event of its login, and records the time of its creation as the
    /// account's last login, or does nothing. Fails with [`StoreError::Stale`] when the account is
    /// absent or disabled by now.
    async fn open(&self, session: &Session, login: &SecurityEvent) -> Result<(), StoreError>;

    /// Gives a session its next token if the presented one is current and the session was not
    /// ended; else leaves it as it is. One atomic step: of any number of concurrent calls with one
    /// token, one rotates. Nothing when there is no such session.
    async fn rotate(
        &self,
        id: SessionId,
        presented: &TokenHash,
        next: &Next,
    ) -> Result<Option<Rotation>, StoreError>;

    /// Finds a session, ended or expired ones too.
    async fn find(&self, id: SessionId) -> Result<Option<Session>, StoreError>;

    /// Ends a session. One that has ended already keeps its time and reason.
    async fn revoke(
        &self,
        id: SessionId,
        reason: RevocationReason,
        at: Timestamp,
    ) -> Result<(), StoreError>;

    /// Ends every session of an account, but perhaps one; says how many had not been ended.
    async fn revoke_all(
        &self,
        account: AccountId,
        except: Option<SessionId>,
        reason: RevocationReason,
        at: Timestamp,
    ) -> Result<u64, StoreError>;

    /// Reads the sessions of an account that were neither ended nor have expired, newest first.
    async fn list_live(
        &self,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Vec<Session>, StoreError>;

    /// Reads a session joined with its account, as of one moment.
    async fn standing(&self, id: SessionId, now: Timestamp)
    -> Result<Option<Standing>, StoreError>;

    /// When somebody last logged in to an account.
    async fn last_login(&self, account: AccountId) -> Result<Option<Timestamp>, StoreError>;

    /// Forgets the sessions whose [`ends_at`](Session::ends_at) was
    /// [`SESSION_RETENTION`](crate::SESSION_RETENTION) ago or before, whether they had been ended
    /// earlier or not; says how many. Until then one that was ended stays: it says why.
    async fn prune(&self, now: Timestamp) -> Result<u64, StoreError>;
}

/// Where guesses at passwords are counted. Every implementation passes the `contract`.
#[async_trait]
pub trait GuessStore: Send + Sync {
    /// Counts one guess in each of some buckets, as [`Bucket::charge`](crate::Bucket::charge)
    /// says, and answers in their order. Each bucket is one atomic step: of any number of
    /// concurrent guesses none is lost, and as many are allowed as if one had come after another.
    async fn charge(&self, charges: &[Charge], now: Timestamp) -> Result<Vec<Charged>, StoreError>;

    /// Takes guesses back, as [`Bucket::refund`](crate::Bucket::refund) says. What is counted
    /// meanwhile stays.
    async fn refund(&self, refunds: &[Refund]) -> Result<(), StoreError>;

    /// Empties buckets, whatever is in them.
    async fn empty(&self, buckets: &[BucketKey]) -> Result<(), StoreError>;

    /// Forgets buckets that no rule needs any more; says how many.
    async fn prune(&self, now: Timestamp) -> Result<u64, StoreError>;
}

/// Where security events are kept. Every implementation passes the `contract`.
#[async_trait]
pub trait EventStore: Send + Sync {
    /// Adds an event.
    async fn append(&self, event: &SecurityEvent) -> Result<(), StoreError>;

    /// Reads a page of events. [`PageRequest::order`] is always newest first.
    async fn events(
        &self,
        filter: &EventFilter,
        page: &PageRequest,
    ) -> Result<Page<SecurityEvent>, StoreError>;

    /// Forgets the events that are older than [`EVENT_RETENTION`](crate::EVENT_RETENTION); says
    /// how many.
    async fn prune(&self, now: Timestamp) -> Result<u64, StoreError>;
}

/// Hashes passwords. Each method that takes a password costs the same work, once,
/// or fails with [`HashError::Overloaded`] before any.
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// Hashes a new password, with a salt of its own.
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HashError>;

    /// Whether a password is the one that was hashed.
    async fn verify(&self, password: &Password, hash: &PasswordHash) -> Result<bool, HashError>;

    /// Does the work of [`verify`](Self::verify) for an account that is not there.
    async fn verify_nothing(&self, password: &Password) -> Result<(), HashError>;

    /// Whether [`hash`](Self::hash) would make another kind of hash by now: by another algorithm,
    /// at another cost or with another pepper.
    fn is_outdated(&self, hash: &PasswordHash) -> bool;
}

/// Knows which passwords a breach gave away. Asked for every new password that keeps the rules.
///
/// An adapter over somebody else's service must not give the password away in turn: in the range
/// protocol of such services it sends the first five hexadecimal digits of its SHA-1, which some
/// hundred breached passwords share, and looks for the rest in what it gets back (k-anonymity). It
/// neither logs nor keeps what it asks for, and counts and reports its own failures. No answer, or
/// none within a second, lets the password pass.
#[async_trait]
pub trait BreachedPasswords: Send + Sync {
    /// Whether a password is among them.
    async fn hold(&self, password: &Password) -> Result<bool, BoxError>;
}
