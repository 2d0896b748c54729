//! Why something about an account did not happen.

use gacp_keys::KeyError;
use gacp_store::{BoxError, Precondition, StoreError, Violations};
use thiserror::Error;

/// Why something about an account did not happen.
#[derive(Debug, Error)]
pub enum AuthError {
    /// Who asks is not proven.
    #[error("who asks is not proven")]
    Unproven(#[from] Unproven),
    /// There is no such record, or it is not the caller's.
    #[error("no such account or session")]
    NotFound,
    /// The caller's role does not allow it.
    #[error("the role does not allow it")]
    Forbidden,
    /// The e-mail, the national ID or the phone belongs to an account already; which one is not
    /// told.
    #[error("such an account exists already")]
    AccountExists,
    /// The account is not in the state that the caller means.
    #[error("the account is not in the state that was meant")]
    Precondition(#[from] Precondition),
    /// What was sent breaks rules.
    #[error("what was sent breaks rules")]
    Invalid(#[from] Violations),
    /// More passwords wait to be hashed than can be in time; nothing was hashed.
    #[error("too many passwords wait to be hashed")]
    Overloaded,
    /// What is needed to do it is unavailable or unreadable.
    #[error("account store failed")]
    Store(#[from] StoreError),
}

/// Why it is not proven who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unproven {
    /// Unknown account, wrong password, disabled account: which one is not told.
    #[error("credentials are not valid")]
    InvalidCredentials,
    /// Malformed, unknown, expired or revoked.
    #[error("refresh token is not valid")]
    InvalidRefreshToken,
    /// The token was used before. Its session was ended, as somebody else may hold it too.
    #[error("refresh token was used before")]
    RefreshTokenReused,
    /// No living session of an active account stands behind the access token.
    #[error("access token is not valid")]
    Unauthenticated,
}

/// Why a password was not hashed.
#[derive(Debug, Error)]
pub enum HashError {
    /// Too many wait already, or the wait was too long.
    #[error("too many passwords wait to be hashed")]
    Overloaded,
    /// The stored hash is not one that this hasher knows.
    #[error("stored password hash is unreadable")]
    Unreadable(#[source] BoxError),
    /// The hash could not be computed.
    #[error("password could not be hashed")]
    Failed(#[source] BoxError),
}

impl From<HashError> for AuthError {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Overloaded => Self::Overloaded,
            HashError::Unreadable(_) => Self::Store(StoreError::Corrupt(Box::new(error))),
            HashError::Failed(_) => Self::Store(StoreError::Unavailable(Box::new(error))),
        }
    }
}

impl From<KeyError> for AuthError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Store(error) => Self::Store(error),
            KeyError::Unsealed | KeyError::WrongMasterKey => {
                Self::Store(StoreError::Corrupt(Box::new(error)))
            }
            KeyError::MalformedMasterKey
            | KeyError::Randomness(_)
            | KeyError::Unsigned(_)
            | KeyError::Untrusted => Self::Store(StoreError::Unavailable(Box::new(error))),
        }
    }
}
