//! Accounts.

use async_trait::async_trait;
use gacp_auth::{Account, AccountFilter, AccountStore, Email, Ending, PasswordHash, Phone};
use gacp_store::{AccountId, Change, Cursor, Page, PageRequest, StoreError};
use rusqlite::{Params, Transaction, params};

use crate::Sqlite;
use crate::document::{document, micros, not_stale, record, version};
use crate::engine::Failure;
use crate::listing::Listing;
use crate::{history, sessions};

const TABLE: &str = "accounts";

pub(crate) const BY_ID: &str = "SELECT id, doc FROM accounts WHERE id = ?";

pub(crate) const BY_EMAIL: &str = "SELECT id, doc FROM accounts WHERE email = ?";

pub(crate) const BY_NATIONAL_ID: &str = "\
    SELECT id, doc FROM national_ids JOIN accounts ON id = account_id \
    WHERE value IN (SELECT value FROM json_each(?)) LIMIT 1";

const REHASH: &str = "\
    UPDATE accounts SET doc = json_set(doc, '$.password', ?1) \
    WHERE id = ?2 AND doc ->> '$.password' = ?3";

#[async_trait]
impl AccountStore for Sqlite {
    async fn create(&self, account: &Account, change: &Change) -> Result<(), StoreError> {
        let (account, change) = (account.clone(), change.clone());
        self.store
            .write(move |transaction| {
                insert(transaction, &account)?;
                identify(transaction, &account)?;
                history::record(transaction, &change)
            })
            .await
    }

    async fn replace(&self, account: &Account, change: &Change) -> Result<(), StoreError> {
        self.replace_account(account, None, change).await
    }

    async fn replace_and_end(
        &self,
        account: &Account,
        ending: &Ending,
        change: &Change,
    ) -> Result<(), StoreError> {
        self.replace_account(account, Some(ending), change).await
    }

    async fn rehash(
        &self,
        id: AccountId,
        from: &PasswordHash,
        to: &PasswordHash,
    ) -> Result<(), StoreError> {
        let (from, to) = (from.as_str().to_owned(), to.as_str().to_owned());
        self.store
            .write(move |transaction| {
                transaction.prepare_cached(REHASH)?.execute(params![to, id.uuid(), from])?;
                Ok(())
            })
            .await
    }

    async fn find(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        self.account(BY_ID, [id.uuid()]).await
    }

    async fn find_by_email(&self, email: &Email) -> Result<Option<Account>, StoreError> {
        self.account(BY_EMAIL, [email.as_str().to_owned()]).await
    }

    async fn find_by_national_id(&self, values: &[String]) -> Result<Option<Account>, StoreError> {
        self.account(BY_NATIONAL_ID, [serde_json::Value::from(values.to_vec()).to_string()]).await
    }

    async fn list(
        &self,
        filter: &AccountFilter,
        page: &PageRequest,
    ) -> Result<Page<Account>, StoreError> {
        let (listing, page) = (listing(filter).page(page), *page);
        self.store
            .read(move |connection| {
                listing.read(connection, &page, |account: &Account| Cursor {
                    id: account.id().uuid(),
                    updated_at: account.updated_at(),
                })
            })
            .await
    }
}

impl Sqlite {
    async fn replace_account(
        &self,
        account: &Account,
        ending: Option<&Ending>,
        change: &Change,
    ) -> Result<(), StoreError> {
        let ending = Ending::of(account, ending);
        let (account, change) = (account.clone(), change.clone());
        self.store
            .write(move |transaction| {
                replace(transaction, &account)?;
                identify(transaction, &account)?;
                if let Some(Ending { except, reason }) = ending {
                    let end = (reason, account.updated_at());
                    sessions::end_all(transaction, (account.id(), except), end)?;
                }
                history::record(transaction, &change)
            })
            .await
    }

    async fn account(
        &self,
        sql: &'static str,
        params: impl Params + Send + 'static,
    ) -> Result<Option<Account>, StoreError> {
        self.store.read(move |connection| record(connection, TABLE, (sql, params))).await
    }
}

fn insert(transaction: &Transaction<'_>, account: &Account) -> Result<(), Failure> {
    transaction
        .prepare_cached(
            "INSERT INTO accounts (id, email, phone, role, status, version, updated_at, doc) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            account.id().uuid(),
            account.email().as_str(),
            account.phone().map(Phone::as_str),
            account.role().as_str(),
            account.status().as_str(),
            version(account.revision()),
            micros(account.updated_at()),
            document(account)?,
        ])?;
    Ok(())
}

fn replace(transaction: &Transaction<'_>, account: &Account) -> Result<(), Failure> {
    let replaced = transaction
        .prepare_cached(
            "UPDATE accounts SET email = ?, phone = ?, role = ?, status = ?, version = ?, \
             updated_at = ?, doc = ? WHERE id = ? AND version = ?",
        )?
        .execute(params![
            account.email().as_str(),
            account.phone().map(Phone::as_str),
            account.role().as_str(),
            account.status().as_str(),
            version(account.revision()),
            micros(account.updated_at()),
            document(account)?,
            account.id().uuid(),
            version(account.revision().previous()),
        ])?;
    not_stale(replaced)
}

/// Writes the blind indexes under which an account is found, and frees its former ones.
fn identify(transaction: &Transaction<'_>, account: &Account) -> Result<(), Failure> {
    let id = account.id().uuid();
    transaction.prepare_cached("DELETE FROM national_ids WHERE account_id = ?")?.execute([id])?;
    for value in account.national_id().into_iter().flat_map(|sealed| &sealed.index) {
        transaction
            .prepare_cached("INSERT INTO national_ids (value, account_id) VALUES (?, ?)")?
            .execute(params![value, id])?;
    }
    Ok(())
}

/// The accounts that a filter wants, as [`AccountFilter::admits`] says.
pub(crate) fn listing(filter: &AccountFilter) -> Listing {
    Listing::of(TABLE)
        .by("role", filter.role.map(|role| role.as_str().to_owned()))
        .by("status", filter.status.map(|status| status.as_str().to_owned()))
}
