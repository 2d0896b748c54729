//! Accounts.

use async_trait::async_trait;
use gacp_auth::{
    Account, AccountFilter, AccountStatus, AccountStore, Email, Phone, RevocationReason,
};
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
    SELECT id, doc FROM national_ids JOIN accounts ON id = account_id WHERE value = ?";

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
        let (account, change) = (account.clone(), change.clone());
        self.store
            .write(move |transaction| {
                replace(transaction, &account)?;
                identify(transaction, &account)?;
                if account.status() == AccountStatus::Disabled {
                    let end = (RevocationReason::AccountDisabled, account.updated_at());
                    sessions::end_all(transaction, (account.id(), None), end)?;
                }
                history::record(transaction, &change)
            })
            .await
    }

    async fn find(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        self.account(BY_ID, [id.uuid()]).await
    }

    async fn find_by_email(&self, email: &Email) -> Result<Option<Account>, StoreError> {
        self.account(BY_EMAIL, [email.as_str().to_owned()]).await
    }

    async fn find_by_national_id(&self, index: &str) -> Result<Option<Account>, StoreError> {
        self.account(BY_NATIONAL_ID, [index.to_owned()]).await
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
