//! Why a text is not what it should be.

use thiserror::Error;

/// Why a text is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Malformed {
    /// It is not written like one.
    #[error("not of the right form")]
    Format,
    /// It is written like one, but its check digit is another.
    #[error("the check digit does not fit")]
    Checksum,
}

impl Malformed {
    /// The name of the broken rule, as clients see it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Format => "invalid-format",
            Self::Checksum => "invalid-checksum",
        }
    }
}

impl From<Malformed> for garde::Error {
    fn from(malformed: Malformed) -> Self {
        Self::new(malformed.code())
    }
}
