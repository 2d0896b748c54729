//! Numbers of applications and certificates: readable aloud, guarded by a check character.
//!
//! `GACP-TH-2026-000001-P` is a prefix, the year (Asia/Bangkok, Common Era), a serial within that
//! year and the check character of ISO/IEC 7064 MOD 37,36 over the letters and digits before it.
//!
//! ```
//! use gacp_certifications::{CertificateNumber, NumberError};
//!
//! let number = CertificateNumber::parse("gacp-th-2026-000001-p")?;
//! assert_eq!(number.to_string(), "GACP-TH-2026-000001-P");
//! let mistyped = CertificateNumber::parse("GACP-TH-2026-000007-P");
//! assert_eq!(mistyped, Err(NumberError::WrongCheckCharacter));
//! # Ok::<(), NumberError>(())
//! ```

mod check;
#[cfg(test)]
mod tests;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use check::check_character;

/// The last serial of a year: six digits hold no more.
pub const LAST_SERIAL: u32 = 999_999;

/// The last year: four digits hold no more.
const LAST_YEAR: i16 = 9_999;

/// Why a text is not a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NumberError {
    /// It does not have the form of the number.
    #[error("not a number of this kind")]
    Malformed,
    /// It has the form, but its check character belongs to another number.
    #[error("the check character does not match")]
    WrongCheckCharacter,
}

/// Why there is no number for a year and a serial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NumberOutOfRange {
    /// The year is negative or has more than four digits.
    #[error("the year does not have four digits")]
    Year,
    /// The year has had [`LAST_SERIAL`] numbers already.
    #[error("the numbers of the year are used up")]
    Serial,
}

/// Year and serial of a number of any kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Parts {
    year: i16,
    serial: u32,
}

impl Parts {
    fn of(year: i16, serial: u32) -> Result<Self, NumberOutOfRange> {
        if !(0..=LAST_YEAR).contains(&year) {
            return Err(NumberOutOfRange::Year);
        }
        if serial > LAST_SERIAL {
            return Err(NumberOutOfRange::Serial);
        }
        Ok(Self { year, serial })
    }

    fn parse(prefix: &str, text: &str) -> Result<Self, NumberError> {
        let text = text.to_ascii_uppercase();
        let (guarded, check) = text.rsplit_once('-').ok_or(NumberError::Malformed)?;
        let parts = guarded.strip_prefix(prefix).and_then(Self::read);
        let (Some(parts), Some(check)) = (parts, the_one_character(check)) else {
            return Err(NumberError::Malformed);
        };
        if check != check_character(guarded) {
            return Err(NumberError::WrongCheckCharacter);
        }
        Ok(parts)
    }

    /// Reads what stands between prefix and check character: `-2026-000001`.
    fn read(text: &str) -> Option<Self> {
        let (year, serial) = text.strip_prefix('-')?.split_once('-')?;
        let year = digits(year, 4)?.parse().ok()?;
        let serial = digits(serial, 6)?.parse().ok()?;
        Some(Self { year, serial })
    }

    fn write(self, prefix: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let guarded = format!("{prefix}-{:04}-{:06}", self.year, self.serial);
        write!(f, "{guarded}-{}", check_character(&guarded))
    }
}

/// The text, if it is exactly `length` ASCII digits; `parse` alone would let a sign through.
fn digits(text: &str, length: usize) -> Option<&str> {
    (text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}

fn the_one_character(text: &str) -> Option<char> {
    let mut characters = text.chars();
    let only = characters.next().filter(char::is_ascii_alphanumeric)?;
    characters.next().is_none().then_some(only)
}

/// Defines a kind of number by its prefix.
macro_rules! number_type {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Parts);

        impl $name {
            /// The number of a year and a serial. Fails with [`NumberOutOfRange`].
            pub fn new(year: i16, serial: u32) -> Result<Self, NumberOutOfRange> {
                Parts::of(year, serial).map(Self)
            }

            /// Reads a number in upper or lower case. Fails with [`NumberError`].
            pub fn parse(text: &str) -> Result<Self, NumberError> {
                Parts::parse($prefix, text).map(Self)
            }

            /// The year it was given in (Asia/Bangkok, Common Era).
            pub fn year(self) -> i16 {
                self.0.year
            }

            /// Its place among the numbers of the year.
            pub fn serial(self) -> u32 {
                self.0.serial
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.write($prefix, f)
            }
        }

        impl FromStr for $name {
            type Err = NumberError;

            fn from_str(text: &str) -> Result<Self, NumberError> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NumberError;

            fn try_from(text: String) -> Result<Self, NumberError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(number: $name) -> Self {
                number.to_string()
            }
        }
    };
}

number_type! {
    /// The number of an application: `APP-2026-000001-K`.
    ApplicationNumber, "APP"
}

number_type! {
    /// The number of a certificate: `GACP-TH-2026-000001-P`.
    CertificateNumber, "GACP-TH"
}
