//! Accounts, passwords, sessions and tokens.
//!
//! [`Auth`] is what the product can do: register, log in, refresh, authenticate, log out, look
//! after one's own account and, for administrators, after others'. It asks four stores
//! ([`AccountStore`], [`SessionStore`], [`GuessStore`], [`EventStore`]) and a [`PasswordHasher`];
//! [`MemoryAuth`] and [`Argon2Hasher`] come with it, other crates bring other stores.
//!
//! Authorization is never taken from a token: an access token leads to its session, and the
//! session to the account, on every call. Guesses at passwords are counted and slowed down
//! ([`Backoff`]), without letting anybody lock out somebody else.
//!
//! The crate does no HTTP, opens no socket and reads no clock. It sends no mail, so it verifies no
//! address and resets no forgotten password, and it knows no second factor.
//! `examples/axum_login.rs` is a web server around it.
//!
//! New passwords have 12 to 128 characters of any kind, are not among the most common ones (a
//! bundled list, see `src/password/README.md`) and do not name their owner. Who knows breached ones
//! can be asked as well ([`BreachedPasswords`]); without an answer they pass.
//!
//! ```
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use gacp_auth::{
//!     Argon2Hasher, Auth, AuthError, AuthParts, HashCost, LoginDraft, MemoryAuth, MemoryGuesses,
//!     NoBreaches, Policy, Unproven, Visit,
//! };
//! use gacp_keys::{Keyring, MasterKey, MemoryKeys};
//! use gacp_resilience::gate::{Gate, Limits};
//! use gacp_store::{MemoryLedger, Violations};
//! use jiff::Timestamp;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let now = Timestamp::UNIX_EPOCH;
//! let ledger = MemoryLedger::shared();
//! let stores = MemoryAuth::new(ledger.clone());
//! let gate = Gate::new(Limits { at_once: 2, waiting: 64, patience: Duration::from_secs(2) });
//! let auth = Auth::new(AuthParts {
//!     accounts: Arc::new(stores.accounts()),
//!     sessions: Arc::new(stores.sessions()),
//!     guesses: Arc::new(MemoryGuesses::default()),
//!     events: Arc::new(stores.events()),
//!     history: ledger,
//!     hasher: Arc::new(Argon2Hasher::new(HashCost::FLOOR, gate)?),
//!     breaches: Arc::new(NoBreaches),
//!     keyring: Keyring::open(&MemoryKeys::default(), &MasterKey::generate()?, now).await?,
//!     policy: Policy::new("https://gacp.example", "gacp-api"),
//! });
//!
//! let draft = LoginDraft {
//!     email: Some("nobody@example.org".to_owned()),
//!     national_id: None,
//!     password: "whatever it was".to_owned(),
//! };
//! let visit = Visit::at(now);
//! let outcome = auth.log_in(Violations::check(draft), &visit).await;
//! assert!(matches!(outcome, Err(AuthError::Unproven(Unproven::InvalidCredentials))));
//! # Ok(())
//! # }
//! ```
#![deny(clippy::future_not_send)]

mod account;
mod address;
mod argon;
mod breaches;
#[cfg(feature = "contract")]
pub mod contract;
mod draft;
mod email;
mod error;
mod event;
#[cfg(test)]
mod fuzz;
mod lockout;
mod malformed;
mod memory;
mod national_id;
mod observer;
mod password;
mod phone;
mod policy;
mod ports;
mod service;
mod session;
mod text;
mod token;

pub use account::{Account, AccountStatus, Concealed, Consent, SealedNationalId};
pub use address::{Address, AddressDraft};
pub use argon::{Argon2Hasher, CostRefused, HashCost, Pepper};
pub use breaches::NoBreaches;
pub use draft::{
    AccountPatch, ConsentDraft, LoginDraft, PasswordChange, ProfilePatch, Registration, StaffDraft,
};
pub use email::Email;
pub use error::{AuthError, HashError, Unproven};
pub use event::{EVENT_RETENTION, EventFilter, EventId, SecurityEvent, SecurityEventKind};
pub use lockout::{Backoff, Bucket, BucketKey, Charge, Charged, LONGEST_WINDOW, NoBackoff, Refund};
pub use malformed::Malformed;
pub use memory::{MemoryAccounts, MemoryAuth, MemoryEvents, MemoryGuesses, MemorySessions};
pub use national_id::NationalId;
pub use observer::{Observer, Refreshed};
pub use password::{
    MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS, Password, PasswordHash, common_password_digest,
};
pub use phone::Phone;
pub use policy::Policy;
pub use ports::{
    AccountFilter, AccountStore, BreachedPasswords, EventStore, GuessStore, PasswordHasher,
    SessionStore, unique,
};
pub use service::{
    AuditFilter, AuditRecord, Auth, AuthParts, Caller, Claimed, Login, Profile, Tokens, Visit,
};
pub use session::{
    Ending, Next, RevocationReason, Revoked, Rotation, SESSION_RETENTION, Session, SessionId,
    Standing, TokenHash,
};
