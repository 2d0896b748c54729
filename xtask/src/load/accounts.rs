//! The accounts that a data file names, registered over HTTP as anybody's are.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use gacp_auth::Email;
use serde_json::Value as Json;

use super::csv::{Row, Table};
use super::scenario::Payload;
use crate::client::Api;
use crate::people;

/// Somebody who logs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) email: String,
    pub(crate) password: String,
}

/// The accounts in a file whose first row names its columns.
pub(crate) fn in_file(file: &Path) -> Result<Vec<Account>> {
    let text = std::fs::read_to_string(file);
    let text = text.with_context(|| format!("{} cannot be read", file.display()))?;
    let mut rows = Table::parse(&text, ',').rows.into_iter();
    let names = rows.next().map(|row| row.cells).unwrap_or_default();
    let accounts = among(&names, rows);
    ensure!(
        !accounts.is_empty(),
        "{} has no accounts: columns called email and password, named in its first row",
        file.display()
    );
    Ok(accounts)
}

/// Those that a scenario's payload gives to journeys; what is no account is left out.
pub(super) fn in_payload(payload: &Payload) -> Result<Vec<Account>> {
    let rows = super::data::table(payload)?.rows;
    Ok(among(&payload.fields, rows.into_iter()))
}

/// Whether rows with these columns are accounts.
pub(super) fn named_by(columns: &[String]) -> bool {
    places(columns).is_some()
}

/// Where e-mail and password stand.
fn places(columns: &[String]) -> Option<(usize, usize)> {
    let place = |wanted| columns.iter().position(|name| name.eq_ignore_ascii_case(wanted));
    Some((place("email")?, place("password")?))
}

fn among(names: &[String], rows: impl Iterator<Item = Row>) -> Vec<Account> {
    let Some((email, password)) = places(names) else { return Vec::new() };
    let account = |row: Row| {
        let (email, password) = (row.cells.get(email)?.clone(), row.cells.get(password)?.clone());
        Email::parse(&email).is_ok().then_some(Account { email, password })
    };
    rows.filter_map(account).collect()
}

/// Registers them; says how many of them are new. Everything else about them is invented.
pub(crate) async fn register(api: &Api, accounts: &[Account]) -> Result<usize> {
    let people = people::invent(u32::try_from(accounts.len())?)?;
    let body = |(person, account): (&people::Registration, &Account)| -> Json {
        person.body_with(&[("email", &account.email), ("password", &account.password)])
    };
    people::register_unless_known(api, people.iter().zip(accounts).map(body).collect()).await
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::{Account, in_file};

    #[test]
    fn every_row_but_the_first_is_an_account() {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("users.csv");
        fs::write(&file, "name,Email,password\nA,a@b.example,\"fi,rst\"\nB,email,second\n")
            .unwrap();

        let (email, password) = ("a@b.example".to_owned(), "fi,rst".to_owned());
        assert_eq!(in_file(&file).unwrap(), [Account { email, password }]);
        for text in ["", "email,password\n", "email,secret\na@b.example,x\n"] {
            fs::write(&file, text).unwrap();
            assert!(in_file(&file).is_err(), "{text:?}");
        }
    }
}
