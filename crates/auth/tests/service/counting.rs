//! Stores that count how often they are asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use gacp_auth::{
    Account, AccountFilter, AccountStore, BucketKey, Charge, Charged, Email, Ending, EventFilter,
    EventStore, GuessStore, PasswordHash, Refund, SecurityEvent,
};
use gacp_store::{AccountId, Change, Page, PageRequest, StoreError};
use jiff::Timestamp;

/// A store, and how often any of several was asked.
pub(crate) struct Counting<S> {
    store: S,
    calls: Arc<AtomicUsize>,
}

impl<S> Counting<S> {
    pub(crate) fn new(store: S, calls: &Arc<AtomicUsize>) -> Self {
        Self { store, calls: Arc::clone(calls) }
    }

    fn asked(&self) -> &S {
        self.calls.fetch_add(1, Ordering::SeqCst);
        &self.store
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods, reason = "a call that is not counted proves nothing")]
impl<S: AccountStore> AccountStore for Counting<S> {
    async fn create(&self, account: &Account, change: &Change) -> Result<(), StoreError> {
        self.asked().create(account, change).await
    }

    async fn replace(&self, account: &Account, change: &Change) -> Result<(), StoreError> {
        self.asked().replace(account, change).await
    }

    async fn replace_and_end(
        &self,
        account: &Account,
        ending: &Ending,
        change: &Change,
    ) -> Result<(), StoreError> {
        self.asked().replace_and_end(account, ending, change).await
    }

    async fn rehash(
        &self,
        id: AccountId,
        from: &PasswordHash,
        to: &PasswordHash,
    ) -> Result<(), StoreError> {
        self.asked().rehash(id, from, to).await
    }

    async fn find(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        self.asked().find(id).await
    }

    async fn find_by_email(&self, email: &Email) -> Result<Option<Account>, StoreError> {
        self.asked().find_by_email(email).await
    }

    async fn find_by_national_id(&self, values: &[String]) -> Result<Option<Account>, StoreError> {
        self.asked().find_by_national_id(values).await
    }

    async fn list(
        &self,
        filter: &AccountFilter,
        page: &PageRequest,
    ) -> Result<Page<Account>, StoreError> {
        self.asked().list(filter, page).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods, reason = "a call that is not counted proves nothing")]
impl<S: GuessStore> GuessStore for Counting<S> {
    async fn charge(&self, charges: &[Charge], now: Timestamp) -> Result<Vec<Charged>, StoreError> {
        self.asked().charge(charges, now).await
    }

    async fn refund(&self, refunds: &[Refund]) -> Result<(), StoreError> {
        self.asked().refund(refunds).await
    }

    async fn empty(&self, buckets: &[BucketKey]) -> Result<(), StoreError> {
        self.asked().empty(buckets).await
    }

    async fn prune(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.asked().prune(now).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods, reason = "a call that is not counted proves nothing")]
impl<S: EventStore> EventStore for Counting<S> {
    async fn append(&self, event: &SecurityEvent) -> Result<(), StoreError> {
        self.asked().append(event).await
    }

    async fn events(
        &self,
        filter: &EventFilter,
        page: &PageRequest,
    ) -> Result<Page<SecurityEvent>, StoreError> {
        self.asked().events(filter, page).await
    }

    async fn prune(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.asked().prune(now).await
    }
}
