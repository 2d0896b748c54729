//! Security events: what came of proofs of who somebody is.

use gacp_store::{AccountId, Cursor, Subject, SubjectKind};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::SessionId;

gacp_store::id_type! {
    /// A security event.
    EventId
}

/// For how long events are kept: long enough to look into what somebody notices late, and twice
/// the 90 days for which traffic data must be kept (Thailand's Computer Crime Act, B.E. 2550, §26).
pub const EVENT_RETENTION: SignedDuration = SignedDuration::from_hours(180 * 24);

/// What came of a proof of who somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecurityEventKind {
    /// A login opened a session.
    LoginSucceeded,
    /// A login named no account.
    LoginUnknownAccount,
    /// A login named an account, and a password that is not its own.
    LoginWrongPassword,
    /// A login was not looked at, after too many guesses.
    LoginLocked,
    /// A login had the password of a disabled account.
    LoginAccountDisabled,
    /// Who wanted to change a password did not know the present one, or guessed too often.
    PasswordChangeRefused,
    /// A refresh token was used again, and its session ended for it.
    RefreshTokenReused,
}

/// Something that happened to an account, or to what was taken for one. It is appended beside
/// history: nothing of an account changes by it, and it is forgotten after [`EVENT_RETENTION`].
///
/// It never holds what was presented: neither the identifier nor the password nor a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecurityEvent {
    /// Its id, in time order.
    pub id: EventId,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub kind: SecurityEventKind,
    /// To which account; nothing when there is none.
    pub account: Option<AccountId>,
    /// In which session, if it opened or ended one.
    pub session: Option<SessionId>,
    /// From which network, as its address and length: `203.0.113.0/24`, `2001:db8::/56`.
    pub network: Option<String>,
    /// What the device called its software.
    pub user_agent: Option<String>,
    /// By which request.
    pub request_id: Option<String>,
}

/// Which events a list holds; what is not said does not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EventFilter {
    /// Those of this account.
    pub account: Option<AccountId>,
    /// Those of logins.
    pub logins: bool,
}

impl SecurityEventKind {
    /// Every kind there is.
    pub const ALL: [Self; 7] = [
        Self::LoginSucceeded,
        Self::LoginUnknownAccount,
        Self::LoginWrongPassword,
        Self::LoginLocked,
        Self::LoginAccountDisabled,
        Self::PasswordChangeRefused,
        Self::RefreshTokenReused,
    ];

    /// The name as stores and clients see it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LoginSucceeded => "login-succeeded",
            Self::LoginUnknownAccount => "login-unknown-account",
            Self::LoginWrongPassword => "login-wrong-password",
            Self::LoginLocked => "login-locked",
            Self::LoginAccountDisabled => "login-account-disabled",
            Self::PasswordChangeRefused => "password-change-refused",
            Self::RefreshTokenReused => "refresh-token-reused",
        }
    }

    /// Whether it is what came of a login.
    pub fn is_login(self) -> bool {
        match self {
            Self::LoginSucceeded
            | Self::LoginUnknownAccount
            | Self::LoginWrongPassword
            | Self::LoginLocked
            | Self::LoginAccountDisabled => true,
            Self::PasswordChangeRefused | Self::RefreshTokenReused => false,
        }
    }
}

impl SecurityEvent {
    /// Its position in a list.
    pub fn cursor(&self) -> Cursor {
        Cursor { id: self.id.uuid(), updated_at: self.at }
    }

    /// The account as what history is about.
    pub fn subject(&self) -> Option<Subject> {
        self.account.map(|account| Subject { kind: SubjectKind::Account, id: account.uuid() })
    }
}

impl EventFilter {
    /// Whether the list holds this event.
    pub fn admits(&self, event: &SecurityEvent) -> bool {
        self.account.is_none_or(|account| event.account == Some(account))
            && (!self.logins || event.kind.is_login())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_stored_under_its_own_name() {
        for kind in SecurityEventKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
            assert_eq!(kind.is_login(), kind.as_str().starts_with("login-"));
        }
    }
}
