//! Thai national identification numbers.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::Malformed;

/// How many digits a number has.
const DIGITS: usize = 13;

/// How long the text of a number may be: its digits with a separator around each.
const MAX_TEXT_BYTES: usize = 2 * DIGITS + 1;

/// A Thai national ID: 13 digits whose last one checks the others. Wiped from memory when dropped.
///
/// The check digit is `(11 − S mod 11) mod 10` with `S = Σ d[i]·(13−i), i = 0..11`. The weight of
/// the third digit is 11, so a slip there is not noticed.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct NationalId(String);

impl NationalId {
    /// Reads a number, with or without hyphens and spaces between its digits. Fails with
    /// [`Malformed::Format`] or [`Malformed::Checksum`].
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let text = text.trim();
        if text.len() > MAX_TEXT_BYTES {
            return Err(Malformed::Format);
        }
        // Built in place: a dropped intermediate would leave the number in memory.
        let mut number = Self(String::with_capacity(DIGITS));
        for letter in text.chars().filter(|c| !matches!(c, '-' | ' ')) {
            if !letter.is_ascii_digit() || number.0.len() == DIGITS {
                return Err(Malformed::Format);
            }
            number.0.push(letter);
        }
        if number.0.len() < DIGITS {
            return Err(Malformed::Format);
        }
        if number.is_checked() { Ok(number) } else { Err(Malformed::Checksum) }
    }

    /// The 13 digits.
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// The last four digits: all that is ever shown.
    pub fn last4(&self) -> &str {
        self.0.get(DIGITS - 4..).unwrap_or_default()
    }

    fn is_checked(&self) -> bool {
        let mut values = self.0.bytes().map(|digit| u32::from(digit - b'0'));
        let weights = (2..=13).rev();
        let sum: u32 = values.clone().zip(weights).map(|(value, weight)| value * weight).sum();
        values.next_back() == Some((11 - sum % 11) % 10)
    }
}

impl fmt::Debug for NationalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NationalId(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn right_numbers_are_read_with_and_without_separators() {
        for text in ["1234567890121", "1-2345-67890-12-1", " 1 2345 67890 12 1 "] {
            assert_eq!(NationalId::parse(text).unwrap().digits(), "1234567890121", "{text}");
        }
        assert_eq!(NationalId::parse("1000000000009").unwrap().last4(), "0009");
    }

    #[test]
    fn a_wrong_check_digit_is_told_from_a_wrong_form() {
        for text in ["1234567890123", "9876543210987", "0000000000000"] {
            assert_eq!(NationalId::parse(text), Err(Malformed::Checksum), "{text}");
        }
        for text in [
            "",
            "-",
            "123456789012",
            "12345678901211",
            "12345678901x1",
            "๑๒๓๔๕๖๗๘๙๐๑๒๑",
            "1.2345.67890.12.1",
        ] {
            assert_eq!(NationalId::parse(text), Err(Malformed::Format), "{text}");
        }
    }

    #[test]
    fn a_number_does_not_show_itself() {
        let shown = format!("{:?}", NationalId::parse("1234567890121").unwrap());

        assert_eq!(shown, "NationalId(…)");
    }

    /// The number with these first twelve digits, by the formula as the registry writes it.
    fn checked(first: &[u8]) -> String {
        let sum: u32 = first.iter().zip(0..).map(|(d, i)| u32::from(*d) * (13 - i)).sum();
        let digits: String = first.iter().map(u8::to_string).collect();
        format!("{digits}{}", (11 - sum % 11) % 10)
    }

    proptest! {
        #[test]
        fn every_twelve_digits_have_one_check_digit(first in prop::collection::vec(0u8..10, 12)) {
            let right = checked(&first);
            for last in 0..10 {
                let text = format!("{}{last}", &right[..12]);
                prop_assert_eq!(NationalId::parse(&text).is_ok(), text == right);
            }
        }

        #[test]
        fn a_slip_in_any_digit_but_the_third_is_noticed(
            first in prop::collection::vec(0u8..10, 12),
            place in (0usize..12).prop_filter("its weight is 11", |place| *place != 2),
            slip in 1u8..10,
        ) {
            let right = checked(&first);
            let mut wrong = first;
            wrong[place] = (wrong[place] + slip) % 10;
            let wrong = checked(&wrong);
            // Remainders 0 and 10 share the check digit 1; the formula cannot tell them apart.
            prop_assume!(right[12..] != *"1" || wrong[12..] != *"1");
            prop_assert_ne!(&right[12..], &wrong[12..]);
        }

        #[test]
        fn separators_change_nothing(
            first in prop::collection::vec(0u8..10, 12),
            separators in prop::collection::vec(prop::sample::select(vec!["", "-", " "]), 13),
        ) {
            let number = checked(&first);
            let pairs = number.chars().zip(&separators);
            let text = pairs.fold(String::new(), |text, (digit, after)| text + &digit.to_string() + after);
            let read = NationalId::parse(&text).unwrap();
            prop_assert_eq!(read.digits(), number);
        }
    }
}
