//! Passwords, and what makes one acceptable.

mod common;

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

pub use common::common_password_digest;

use crate::text::{composed, folded, length_of};
use crate::{Email, Malformed};

/// The fewest characters of a password without a second factor (NIST SP 800-63B-4 asks for 15
/// where a password stands alone, and 8 beside a second factor).
pub const MIN_PASSWORD_CHARS: usize = 12;

/// The most characters of a password: longer than any passphrase that people type.
pub const MAX_PASSWORD_CHARS: usize = 128;

/// The fewest characters of a name that a password must not hold; shorter ones are in anything.
const MIN_NAME_CHARS: usize = 4;

/// A password as somebody typed it, in NFC. Wiped from memory when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Password(String);

impl Password {
    /// Takes any text, whatever the rules for new passwords say: those that hold today need not
    /// have held when a password was set.
    pub fn new(text: &str) -> Self {
        Self(composed(text))
    }

    /// What is hashed. There is no length at which it is cut.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// A password's hash, as a PHC string or in the modular crypt format of older systems.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Takes a hash that starts by naming its algorithm. Fails with [`Malformed::Format`].
    pub fn parse(text: String) -> Result<Self, Malformed> {
        let named = text.strip_prefix('$').and_then(|rest| rest.split_once('$'));
        match named {
            Some((algorithm, rest)) if !algorithm.is_empty() && !rest.is_empty() => Ok(Self(text)),
            Some(_) | None => Err(Malformed::Format),
        }
    }

    /// The hash as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

impl TryFrom<String> for PasswordHash {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        Self::parse(text)
    }
}

impl From<PasswordHash> for String {
    fn from(hash: PasswordHash) -> Self {
        hash.0
    }
}

/// A rule for new passwords: 12 to 128 characters of any kind, not a common password, and without
/// the e-mail's local part or a part of the name.
pub(crate) fn new_password(
    email: &str,
    full_name: &str,
) -> impl FnOnce(&str, &()) -> garde::Result {
    move |password, ()| {
        length_of_new(password, &())?;
        if may_be_guessed(password, email, full_name) {
            return Err(Malformed::Format.into());
        }
        Ok(())
    }
}

/// A rule for new passwords whose owner is not known yet: their length.
pub(crate) fn length_of_new(password: &str, (): &()) -> garde::Result {
    let length = composed(password).chars().count();
    length_of(length, MIN_PASSWORD_CHARS, MAX_PASSWORD_CHARS)
}

/// Whether a password is among those that are tried first, by anybody or by who knows its owner.
pub(crate) fn may_be_guessed(password: &str, email: &str, full_name: &str) -> bool {
    let folded = folded(password);
    common::is_common(password) || names_in(email, full_name).any(|name| folded.contains(&name))
}

/// What somebody who knows the person would try first.
fn names_in(email: &str, full_name: &str) -> impl Iterator<Item = String> {
    let local = Email::parse(email).map(|email| email.local_part().to_owned());
    let parts = folded(full_name);
    let parts: Vec<String> = parts.split_whitespace().map(str::to_owned).collect();
    local.into_iter().chain(parts).filter(|name| name.chars().count() >= MIN_NAME_CHARS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(password: &str) -> Option<String> {
        let rule = new_password("Somchai.J@example.org", "สมชาย ใจดี (Chai Jaidee)");
        rule(password, &()).err().map(|error| error.message().to_owned())
    }

    #[test]
    fn any_characters_will_do() {
        for password in
            ["            ", "กขคงจฉชซฌญฎฏ", "correct-rice-battery", "🌾🌾🌾🌾🌾🌾🌾🌾🌾🌾🌾🌾"]
        {
            assert_eq!(code(password), None, "{password}");
        }
    }

    #[test]
    fn lengths_are_counted_in_characters() {
        assert_eq!(code(&"ก".repeat(11)).as_deref(), Some("length is lower than 12"));
        assert_eq!(code(&"ก".repeat(12)), None);
        assert_eq!(code(&"ก".repeat(128)), None);
        assert_eq!(code(&"ก".repeat(129)).as_deref(), Some("length is greater than 128"));
        // Twelve code points typed, six characters once composed.
        assert_eq!(code(&"e\u{301}".repeat(6)).as_deref(), Some("length is lower than 12"));
    }

    #[test]
    fn what_is_guessed_first_is_refused() {
        for password in ["Password1234", "qwertyuiop123", "123456789012", "PASSWORDPASSWORD"] {
            assert_eq!(code(password).as_deref(), Some("invalid-format"), "{password}");
        }
    }

    #[test]
    fn a_password_that_names_its_owner_is_refused() {
        for password in ["my-somchai.j-2026", "SOMCHAI.J-rice-9", "รักสมชายที่สุด", "123-JAIDEE)-123"]
        {
            assert_eq!(code(password).as_deref(), Some("invalid-format"), "{password}");
        }
    }

    #[test]
    fn short_names_are_not_looked_for() {
        let rule = new_password("bo@example.org", "Li Na");

        assert!(rule("bonanza-living-room", &()).is_ok());
    }

    #[test]
    fn passwords_and_hashes_do_not_show_themselves() {
        let hash = PasswordHash::parse("$argon2id$v=19$x".to_owned()).unwrap();

        assert_eq!(format!("{:?} {hash:?}", Password::new("x")), "Password(…) PasswordHash(…)");
    }

    #[test]
    fn a_hash_names_its_algorithm() {
        for text in ["", "$", "$$", "$argon2id", "$argon2id$", "argon2id$x", "plain"] {
            assert_eq!(PasswordHash::parse(text.to_owned()), Err(Malformed::Format), "{text}");
        }
    }
}
