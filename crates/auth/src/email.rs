//! E-mail addresses.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Malformed;
use crate::text::{folded, is_invisible};

/// The longest address that SMTP carries (RFC 5321 §4.5.3.1.3 less its angle brackets), in bytes.
const MAX_BYTES: usize = 254;

/// The longest local part (RFC 5321 §4.5.3.1.1), in bytes.
const MAX_LOCAL_BYTES: usize = 64;

/// The longest label of a domain (RFC 1035 §2.3.4), in bytes.
const MAX_LABEL_BYTES: usize = 63;

/// What an unquoted local part may hold besides letters, digits and dots (RFC 5322 §3.2.3).
const LOCAL_SIGNS: &str = "!#$%&'*+-/=?^_`{|}~.";

/// An e-mail address: trimmed, NFC, in lower case. Unique among accounts in this form.
///
/// Addresses with letters beyond ASCII are accepted (RFC 6531), quoted local parts and addresses
/// without a domain of at least two labels are not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    /// Reads an address. Fails with [`Malformed::Format`].
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        // Folding never shortens a text to a quarter, so what is longer need not be folded.
        if text.len() > 4 * MAX_BYTES {
            return Err(Malformed::Format);
        }
        let text = folded(text.trim());
        let (local, domain) = text.split_once('@').ok_or(Malformed::Format)?;
        let sound = text.len() <= MAX_BYTES && is_local(local) && is_domain(domain);
        if sound { Ok(Self(text)) } else { Err(Malformed::Format) }
    }

    /// The normalised address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the `@`.
    pub fn local_part(&self) -> &str {
        self.0.split_once('@').map_or("", |(local, _)| local)
    }
}

fn is_local(local: &str) -> bool {
    let atoms = local.split('.').all(|atom| !atom.is_empty());
    let letters = local.chars().all(|c| {
        if c.is_ascii() {
            c.is_ascii_alphanumeric() || LOCAL_SIGNS.contains(c)
        } else {
            is_letter_beyond_ascii(c)
        }
    });
    atoms && letters && local.len() <= MAX_LOCAL_BYTES
}

fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        let letters = label.chars().all(|c| {
            if c.is_ascii() {
                c.is_ascii_alphanumeric() || c == '-'
            } else {
                is_letter_beyond_ascii(c)
            }
        });
        let hyphens = label.starts_with('-') || label.ends_with('-');
        letters && !hyphens && (1..=MAX_LABEL_BYTES).contains(&label.len())
    };
    domain.contains('.') && domain.split('.').all(label)
}

/// Thai vowels and tone marks are no letters to Unicode, so what is shut out is said instead.
fn is_letter_beyond_ascii(c: char) -> bool {
    !(c.is_control() || c.is_whitespace() || is_invisible(c))
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Email {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        Self::parse(&text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_mean_the_same_are_the_same() {
        let plain = Email::parse("somchai@example.org").unwrap();

        assert_eq!(Email::parse("  SomChai@EXAMPLE.org\n").unwrap(), plain);
        let composed = Email::parse("caf\u{e9}@example.org").unwrap();
        assert_eq!(Email::parse("CAFE\u{301}@example.org").unwrap(), composed);
    }

    #[test]
    fn thai_and_tagged_addresses_are_accepted() {
        for text in ["สมชาย.ใจดี@ตัวอย่าง.ไทย", "a+farm_1@sub.example.co.th", "x@demo.example"]
        {
            assert!(Email::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("{}@example.org", "a".repeat(65));
        for text in [
            "",
            "@",
            "a",
            "a@",
            "@b.org",
            "a@b",
            "a@@b.org",
            "a@b@c.org",
            "a b@c.org",
            "a@b..org",
            ".a@b.org",
            "a.@b.org",
            "a..b@c.org",
            "a@-b.org",
            "a@b-.org",
            "a@b.org.",
            "a,b@c.org",
            "\"a\"@b.org",
            "a\u{200b}b@c.org",
            "a@b\u{202e}.org",
            "a\0@b.org",
            long.as_str(),
        ] {
            assert_eq!(Email::parse(text), Err(Malformed::Format), "{text:?}");
        }
    }

    #[test]
    fn a_stored_address_is_read_by_the_same_rules() {
        assert!(serde_json::from_str::<Email>(r#""a@b.org""#).is_ok());
        assert!(serde_json::from_str::<Email>(r#""a@b""#).is_err());
    }
}
