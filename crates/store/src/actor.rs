//! Who acts.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate as gacp_store;

crate::id_type! {
    /// An account: a farmer's or a member of staff's.
    AccountId
}

/// What somebody may do; one per account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Role {
    /// Registers farms and applies for certification.
    Farmer,
    /// Reviews documents and schedules inspections.
    Reviewer,
    /// Inspects what was assigned to him.
    Inspector,
    /// Decides, and acts on certificates.
    Approver,
    /// Records payments.
    Finance,
    /// Keeps staff accounts.
    Admin,
}

/// The text names no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a role")]
pub struct UnknownRole;

impl Role {
    /// Every role there is.
    pub const ALL: [Self; 6] =
        [Self::Farmer, Self::Reviewer, Self::Inspector, Self::Approver, Self::Finance, Self::Admin];

    /// The name as clients see it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Farmer => "FARMER",
            Self::Reviewer => "REVIEWER",
            Self::Inspector => "INSPECTOR",
            Self::Approver => "APPROVER",
            Self::Finance => "FINANCE",
            Self::Admin => "ADMIN",
        }
    }

    /// Everybody but farmers works for the certification body.
    pub fn is_staff(self) -> bool {
        self != Self::Farmer
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(UnknownRole)
    }
}

/// An authenticated account and the role it has at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Actor {
    /// Whose account it is.
    pub id: AccountId,
    /// The role read from the account, never from a token.
    pub role: Role,
}
