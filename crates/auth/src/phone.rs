//! Thai telephone numbers.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Malformed;

/// A Thai telephone number in E.164: `+66` and the national number without its leading zero.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

impl Phone {
    /// Reads `+66…` or `0…`, with or without hyphens and spaces: mobiles `06 08 09` and 8 digits,
    /// landlines `02 03 04 05 07` and 7 digits. Fails with [`Malformed::Format`].
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let text: String = text.trim().chars().filter(|c| !matches!(c, '-' | ' ')).collect();
        let national = text.strip_prefix("+66").or_else(|| text.strip_prefix('0'));
        let national = national.ok_or(Malformed::Format)?;
        let length = match national.bytes().next() {
            Some(b'6' | b'8' | b'9') => 9,
            Some(b'2' | b'3' | b'4' | b'5' | b'7') => 8,
            _ => return Err(Malformed::Format),
        };
        let sound = national.len() == length && national.bytes().all(|b| b.is_ascii_digit());
        if sound { Ok(Self(format!("+66{national}"))) } else { Err(Malformed::Format) }
    }

    /// The number in E.164.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Phone {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        Self::parse(&text)
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_number_has_one_form() {
        for text in ["0812345678", "081-234-5678", "+66 81 234 5678", " +66812345678 "] {
            assert_eq!(Phone::parse(text).unwrap().as_str(), "+66812345678", "{text}");
        }
        assert_eq!(Phone::parse("053-123-456").unwrap().as_str(), "+6653123456");
    }

    #[test]
    fn what_nobody_in_thailand_can_be_called_by_is_refused() {
        for text in [
            "",
            "0",
            "+66",
            "081234567",
            "08123456789",
            "0212345678",
            "0112345678",
            "0012345678",
            "66812345678",
            "+660812345678",
            "+1 202 555 0100",
            "08123x5678",
            "๐๘๑๒๓๔๕๖๗๘",
            "+66+6681234567",
        ] {
            assert_eq!(Phone::parse(text), Err(Malformed::Format), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn every_mobile_and_landline_is_read_both_ways(
            national in "[689][0-9]{8}|[23457][0-9]{7}",
        ) {
            let expected = Phone::parse(&format!("+66{national}"));
            prop_assert_eq!(expected.as_ref().map(Phone::as_str), Ok(&*format!("+66{national}")));
            prop_assert_eq!(Phone::parse(&format!("0{national}")), expected);
        }
    }
}
