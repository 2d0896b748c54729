//! Applications, what is booked for them, and what was paid for them.

use async_trait::async_trait;
use gacp_certifications::{
    Application, ApplicationFilter, ApplicationId, ApplicationStore, Certificate, FarmClaim,
    Payment,
};
use gacp_store::{AccountId, Change, Cursor, Page, PageRequest, StoreError};
use jiff::Timestamp;
use rusqlite::params;

use crate::Sqlite;
use crate::document::{micros, record, records};
use crate::listing::Listing;
use crate::{certificates, history};

mod rows;

const TABLE: &str = "applications";

/// Applications that ended with their deadline, longest first.
pub(crate) const LAPSED: &str = "\
    SELECT id, doc FROM applications WHERE expires_at <= ? ORDER BY expires_at, id LIMIT ?";

pub(crate) const PAYMENT: &str = "SELECT id, doc FROM payments WHERE gateway_ref = ?";

#[async_trait]
impl ApplicationStore for Sqlite {
    async fn open(
        &self,
        application: &Application,
        farm: &FarmClaim,
        change: &Change,
    ) -> Result<(), StoreError> {
        let (application, farm, change) = (application.clone(), *farm, change.clone());
        self.store
            .write(move |transaction| {
                // First: a second application is said before a farm that is stale.
                rows::insert(transaction, &application)?;
                rows::claim_farm(transaction, &farm, application.updated_at())?;
                history::record(transaction, &change)
            })
            .await
    }

    async fn replace(&self, application: &Application, change: &Change) -> Result<(), StoreError> {
        let (application, change) = (application.clone(), change.clone());
        self.store
            .write(move |transaction| {
                rows::replace(transaction, &application)?;
                history::record(transaction, &change)
            })
            .await
    }

    async fn issue(
        &self,
        application: &Application,
        certificate: &Certificate,
        change: &Change,
    ) -> Result<(), StoreError> {
        let (application, change) = (application.clone(), change.clone());
        let certificate = certificate.clone();
        self.store
            .write(move |transaction| {
                rows::replace(transaction, &application)?;
                certificates::insert(transaction, &certificate)?;
                history::record(transaction, &change)
            })
            .await
    }

    async fn record_payment(
        &self,
        application: &Application,
        payment: &Payment,
        change: &Change,
    ) -> Result<(), StoreError> {
        let (application, change) = (application.clone(), change.clone());
        let payment = payment.clone();
        self.store
            .write(move |transaction| {
                // First: a reference that is taken is said before an application that is stale.
                rows::insert_payment(transaction, &payment)?;
                rows::replace(transaction, &application)?;
                history::record(transaction, &change)
            })
            .await
    }

    async fn find(
        &self,
        id: ApplicationId,
        owner: Option<AccountId>,
    ) -> Result<Option<Application>, StoreError> {
        let found: Option<Application> = self
            .store
            .read(move |connection| {
                let query = ("SELECT id, doc FROM applications WHERE id = ?", [id.uuid()]);
                record(connection, TABLE, query)
            })
            .await?;
        Ok(found.filter(|found| owner.is_none_or(|owner| found.owner() == owner)))
    }

    async fn list(
        &self,
        filter: &ApplicationFilter,
        page: &PageRequest,
    ) -> Result<Page<Application>, StoreError> {
        let (listing, page) = (listing(filter).page(page), *page);
        self.store
            .read(move |connection| {
                listing.read(connection, &page, |application: &Application| Cursor {
                    id: application.id().uuid(),
                    updated_at: application.updated_at(),
                })
            })
            .await
    }

    async fn past_deadline(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Application>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.store
            .read(move |connection| {
                records(connection, TABLE, (LAPSED, params![micros(now), limit]))
            })
            .await
    }

    async fn find_payment(&self, gateway_ref: &str) -> Result<Option<Payment>, StoreError> {
        let gateway_ref = gateway_ref.to_owned();
        self.store
            .read(move |connection| record(connection, "payments", (PAYMENT, [gateway_ref])))
            .await
    }
}

/// The applications that a filter wants, as [`ApplicationFilter::matches`] says.
pub(crate) fn listing(filter: &ApplicationFilter) -> Listing {
    let account = |id: AccountId| id.uuid().into_bytes().to_vec();
    Listing::of(TABLE)
        .by("farm_id", filter.farm.map(|farm| farm.uuid().into_bytes().to_vec()))
        .by("owner_id", filter.owner.map(account))
        .by("assignee_id", filter.assignee.map(account))
        .by("status", filter.status.map(|status| status.as_str().to_owned()))
        .when_some("deadline <= ?", filter.overdue_at.map(micros))
}
