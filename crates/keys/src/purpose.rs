//! What a key is for.

use std::str::FromStr;

use thiserror::Error;

/// What a key is for; each purpose has keys of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// Signs access tokens.
    AccessToken,
    /// Signs certificates.
    Certificate,
    /// Authenticates refresh tokens and derives their successors.
    RefreshMac,
    /// Seals national IDs.
    NationalIdSeal,
    /// Finds national IDs without reading them.
    NationalIdIndex,
    /// Names requests that may be repeated.
    Idempotency,
    /// Authenticates positions in lists.
    Cursor,
    /// Authenticates devices.
    Device,
    /// Is mixed into passwords before they are hashed.
    Pepper,
}

/// The text names no purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a purpose of a key")]
pub struct UnknownPurpose;

impl Purpose {
    /// Every purpose there is.
    pub const ALL: [Self; 9] = [
        Self::AccessToken,
        Self::Certificate,
        Self::RefreshMac,
        Self::NationalIdSeal,
        Self::NationalIdIndex,
        Self::Idempotency,
        Self::Cursor,
        Self::Device,
        Self::Pepper,
    ];

    /// The name under which stores keep it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AccessToken => "access-token",
            Self::Certificate => "certificate",
            Self::RefreshMac => "refresh-mac",
            Self::NationalIdSeal => "national-id-seal",
            Self::NationalIdIndex => "national-id-index",
            Self::Idempotency => "idempotency",
            Self::Cursor => "cursor",
            Self::Device => "device",
            Self::Pepper => "pepper",
        }
    }
}

impl FromStr for Purpose {
    type Err = UnknownPurpose;

    fn from_str(text: &str) -> Result<Self, UnknownPurpose> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == text).ok_or(UnknownPurpose)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_purpose_is_found_by_its_own_name() {
        for purpose in Purpose::ALL {
            assert_eq!(purpose.as_str().parse(), Ok(purpose));
        }
        assert_eq!("Cursor".parse::<Purpose>(), Err(UnknownPurpose));
    }
}
