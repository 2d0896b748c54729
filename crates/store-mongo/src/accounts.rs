//! Accounts.

use async_trait::async_trait;
use gacp_auth::{
    Account, AccountFilter, AccountStatus, AccountStore, Email, Ending, PasswordHash, Phone,
};
use gacp_store::{AccountId, Change, Cursor, Page, PageRequest, Role, StoreError};
use mongodb::bson::doc;

use crate::catalogue::Query;
use crate::document::{Row, uuid, version};
use crate::listing::{Listing, Lists, Way};
use crate::reading::Find;
use crate::transaction::{STALE, Transaction};
use crate::{Mongo, sessions};

pub(crate) const ACCOUNTS: &str = "accounts";

const fn query(name: &'static str, index: &'static str) -> Query {
    Query { name, collection: ACCOUNTS, index }
}

pub(crate) const BY_ID: Query = query("account by id", "_id_");

pub(crate) const BY_EMAIL: Query = query("account by e-mail", "accounts_email");

pub(crate) const BY_NATIONAL_ID: Query = query("account by national ID", "accounts_national_id");

/// What keeps phones apart: the server's own look when one is written.
pub(crate) const PHONE_TAKEN: Query = query("account with a phone", "accounts_phone");

pub(crate) static LISTS: Lists = Lists {
    narrowed: &[
        Way {
            fields: &["role", "status"],
            newest: query("accounts of a role and status", "accounts_role_status"),
            changed: query(
                "accounts of a role and status, changed",
                "accounts_role_status_changed",
            ),
        },
        Way {
            fields: &["role"],
            newest: query("accounts of a role", "accounts_role"),
            changed: query("accounts of a role, changed", "accounts_role_changed"),
        },
        Way {
            fields: &["status"],
            newest: query("accounts of a status", "accounts_status"),
            changed: query("accounts of a status, changed", "accounts_status_changed"),
        },
    ],
    all: Way {
        fields: &[],
        newest: query("accounts", "_id_"),
        changed: query("accounts, changed", "accounts_changed"),
    },
};

#[async_trait]
impl AccountStore for Mongo {
    async fn create(&self, account: &Account, change: &Change) -> Result<(), StoreError> {
        let created = Transaction::default().insert(ACCOUNTS, vec![row(account)?.into_document()]);
        self.commit(created.record(change)?).await.map(drop)
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
        let accounts = self.collection(ACCOUNTS);
        let former = doc! { "_id": uuid(id.uuid()), "doc.password": from.as_str() };
        let update = doc! { "$set": { "doc.password": to.as_str() } };
        self.detached(async move { Ok(accounts.update_one(former, update).await.map(drop)?) }).await
    }

    async fn find(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        self.record(Find::by(&BY_ID, doc! { "_id": uuid(id.uuid()) })).await
    }

    async fn find_by_email(&self, email: &Email) -> Result<Option<Account>, StoreError> {
        self.record(Find::by(&BY_EMAIL, doc! { "email": email.as_str() })).await
    }

    async fn find_by_national_id(&self, values: &[String]) -> Result<Option<Account>, StoreError> {
        self.record(by_national_id(values)).await
    }

    async fn list(
        &self,
        filter: &AccountFilter,
        page: &PageRequest,
    ) -> Result<Page<Account>, StoreError> {
        let cursor = |account: &Account| Cursor {
            id: account.id().uuid(),
            updated_at: account.updated_at(),
        };
        self.page(listing(filter), page, cursor).await
    }
}

impl Mongo {
    async fn replace_account(
        &self,
        account: &Account,
        ending: Option<&Ending>,
        change: &Change,
    ) -> Result<(), StoreError> {
        let former = doc! {
            "_id": uuid(account.id().uuid()),
            "version": version(account.revision().previous()),
        };
        let update = (former, row(account)?.into_update());
        let mut replaced = Transaction::default().update(ACCOUNTS, update, STALE);
        if let Some(Ending { except, reason }) = Ending::of(account, ending) {
            let end = (reason, account.updated_at());
            replaced = sessions::end_all(replaced, (account.id(), except), end)?;
        }
        self.commit(replaced.record(change)?).await.map(drop)
    }
}

pub(crate) fn by_national_id(values: &[String]) -> Find {
    Find::by(&BY_NATIONAL_ID, doc! { "nationalIds": { "$in": values } })
}

/// The accounts that a filter wants, as [`AccountFilter::admits`] says.
pub(crate) fn listing(filter: &AccountFilter) -> Listing {
    Listing::of(&LISTS)
        .by("role", filter.role.map(Role::as_str))
        .by("status", filter.status.map(AccountStatus::as_str))
}

/// The last login stands beside the record too, but is no part of its state: see `sessions`.
fn row(account: &Account) -> Result<Row, StoreError> {
    let national_ids = account.national_id().map(|sealed| sealed.index.clone());
    let national_ids = national_ids.filter(|index| !index.is_empty());
    let row = Row::of(account.id().uuid(), account)?
        .with("email", account.email().as_str())
        .with("role", account.role().as_str())
        .with("status", account.status().as_str())
        .with_some("phone", account.phone().map(Phone::as_str))
        .with_some("nationalIds", national_ids)
        .at(account.revision(), account.updated_at());
    Ok(row)
}
