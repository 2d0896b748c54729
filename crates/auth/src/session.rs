//! Sessions: one login, and the family of refresh tokens that keeps it going.

use std::fmt;

use gacp_keys::{from_base64url, to_base64url};
use gacp_store::{AccountId, Actor, Revision, Role};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Account, AccountStatus};

gacp_store::id_type! {
    /// A session.
    SessionId
}

/// For how long a session is kept that has ended by itself: nobody is told of it any more, and no
/// clock of a server is so slow that it would still be live there.
pub const SESSION_RETENTION: SignedDuration = SignedDuration::from_hours(24);

/// SHA-256 of a refresh token: what is kept instead of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

/// One login on one device. Of its refresh tokens only the newest works.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Its id, in time order.
    pub id: SessionId,
    /// Whose it is.
    pub account: AccountId,
    /// The hash of the one refresh token that works.
    pub current_hash: TokenHash,
    /// The hash of the token before that.
    pub previous_hash: Option<TokenHash>,
    /// How many tokens there were before the current one.
    pub generation: u64,
    /// When the current token was made.
    pub rotated_at: Timestamp,
    /// Which device asked for the current token, if it said so.
    pub rotated_by: Option<String>,
    /// When the login was.
    pub created_at: Timestamp,
    /// When a token of it was last made.
    pub last_used_at: Timestamp,
    /// When it ends unless its token is used before.
    pub idle_expires_at: Timestamp,
    /// When it ends, however often it is used.
    pub absolute_expires_at: Timestamp,
    /// The device of the login.
    pub device: Option<String>,
    /// What the device called its software.
    pub user_agent: Option<String>,
    /// When and why it was ended, if it was.
    pub revoked: Option<Revoked>,
}

/// When and why a session was ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Revoked {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: RevocationReason,
}

/// Why a session was ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RevocationReason {
    /// Its holder logged out.
    LoggedOut,
    /// Its holder ended it from another session, or all of them at once.
    EndedElsewhere,
    /// One of its refresh tokens was used twice.
    TokenReused,
    /// The account was disabled.
    AccountDisabled,
    /// The account's password was changed in another session.
    PasswordChanged,
    /// An administrator ended it.
    EndedByAdmin,
}

/// Which sessions of an account end, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// All of them but this one.
    pub except: Option<SessionId>,
    /// Why.
    pub reason: RevocationReason,
}

/// What a rotation makes of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// The hash of the new token.
    pub hash: TokenHash,
    /// When it is made.
    pub at: Timestamp,
    /// Which device asks for it, if it says so.
    pub device: Option<String>,
    /// When the session ends unless the new token is used before.
    pub idle_expires_at: Timestamp,
}

/// What became of a rotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rotation {
    /// The presented token was the current one; this is the session with the next one.
    Rotated(Session),
    /// It was not, or the session was ended; this is the session as it is.
    Superseded(Session),
}

/// A session and the account behind it at one moment: all that authorization needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whose session it is.
    pub account: AccountId,
    /// What the holder may do.
    pub role: Role,
    /// Whether the account can be used.
    pub status: AccountStatus,
    /// The number of the account's state.
    pub account_revision: Revision,
    /// Whether the session was neither ended nor has expired.
    pub session_live: bool,
}

impl Ending {
    /// What ends with a state of an account: every session of a disabled one, else what was asked
    /// for.
    pub fn of(account: &Account, asked: Option<&Self>) -> Option<Self> {
        if account.is_active() {
            return asked.copied();
        }
        Some(Self { except: None, reason: RevocationReason::AccountDisabled })
    }
}

impl Session {
    /// When it ends by itself, unless its token is used before.
    pub fn ends_at(&self) -> Timestamp {
        self.idle_expires_at.min(self.absolute_expires_at)
    }

    /// Whether it was neither ended nor has expired.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revoked.is_none() && now < self.ends_at()
    }

    /// Takes the next token if the presented one is current and the session was not ended. A
    /// store's [`rotate`](crate::SessionStore::rotate) does this in one atomic step.
    pub fn rotate(&mut self, presented: &TokenHash, next: &Next) -> Rotation {
        if self.revoked.is_some() || self.current_hash != *presented {
            return Rotation::Superseded(self.clone());
        }
        *self = self.clone().rotated(next);
        Rotation::Rotated(self.clone())
    }

    /// Takes the next token: what [`SessionStore::rotate`](crate::SessionStore::rotate) does to
    /// the session that it finds with the presented token as its current one.
    #[must_use]
    pub fn rotated(mut self, next: &Next) -> Self {
        self.previous_hash = Some(self.current_hash);
        self.current_hash = next.hash;
        self.generation = self.generation.saturating_add(1);
        self.rotated_at = next.at;
        self.rotated_by.clone_from(&next.device);
        self.last_used_at = next.at;
        self.idle_expires_at = next.idle_expires_at;
        self
    }
}

impl Rotation {
    /// The session as it is now.
    pub fn session(&self) -> &Session {
        match self {
            Self::Rotated(session) | Self::Superseded(session) => session,
        }
    }
}

impl RevocationReason {
    /// The name under which stores keep it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LoggedOut => "logged-out",
            Self::EndedElsewhere => "ended-elsewhere",
            Self::TokenReused => "token-reused",
            Self::AccountDisabled => "account-disabled",
            Self::PasswordChanged => "password-changed",
            Self::EndedByAdmin => "ended-by-admin",
        }
    }
}

impl Standing {
    /// Who acts, if the session may be used at all.
    pub fn actor(&self) -> Option<Actor> {
        let usable = self.session_live && self.status == AccountStatus::Active;
        usable.then_some(Actor { id: self.account, role: self.role })
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

impl Serialize for TokenHash {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&to_base64url(&self.0))
    }
}

impl<'de> Deserialize<'de> for TokenHash {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let bytes = from_base64url(&String::deserialize(from)?);
        let hash = bytes.and_then(|bytes| bytes.try_into().ok());
        hash.map(Self).ok_or_else(|| serde::de::Error::custom("not a hash"))
    }
}
