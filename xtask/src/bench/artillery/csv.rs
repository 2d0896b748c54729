//! The users of a scenario.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

/// What the first row must say.
const HEADER: &str = "email,password";

/// Somebody who logs in.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct User {
    pub(super) email: String,
    pub(super) password: String,
}

/// The users in a file; its first row is not one of them.
pub(super) fn users(file: &Path) -> Result<Vec<User>> {
    let text = fs::read_to_string(file);
    let text = text.with_context(|| format!("{} cannot be read", file.display()))?;
    parse(&text).with_context(|| format!("{} is not as expected", file.display()))
}

fn parse(text: &str) -> Result<Vec<User>> {
    let mut lines = text.lines();
    ensure!(lines.next() == Some(HEADER), "the first row is not {HEADER}");
    lines.map(user).collect()
}

/// Neither of the two is quoted or contains a comma.
fn user(row: &str) -> Result<User> {
    let (email, password) = row.split_once(',').context("a row without a comma")?;
    ensure!(!password.contains([',', '"']), "a row with more than two plain fields");
    Ok(User { email: email.to_owned(), password: password.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn every_row_but_the_first_is_a_user() {
        let users = parse("email,password\na@b.example,first\nc@d.example,second\n").unwrap();

        let named: Vec<_> = users.iter().map(|user| (&*user.email, &*user.password)).collect();
        assert_eq!(named, [("a@b.example", "first"), ("c@d.example", "second")]);
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for text in ["", "a@b.example,first", "email,password\nalone", "email,password\na,b,c"] {
            assert!(parse(text).is_err(), "{text:?}");
        }
    }
}
