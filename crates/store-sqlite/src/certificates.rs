//! Certificates.

use async_trait::async_trait;
use gacp_certifications::{
    Certificate, CertificateFilter, CertificateNumber, CertificateStatus, CertificateStore,
};
use gacp_store::{AccountId, Change, Cursor, Page, PageRequest, StoreError};
use rusqlite::types::Value;
use rusqlite::{Transaction, params};

use crate::Sqlite;
use crate::document::{document, micros, not_stale, record, version};
use crate::engine::Failure;
use crate::history;
use crate::listing::Listing;

const TABLE: &str = "certificates";

pub(crate) const BY_NUMBER: &str = "SELECT id, doc FROM certificates WHERE number = ?";

#[async_trait]
impl CertificateStore for Sqlite {
    async fn find(
        &self,
        number: &CertificateNumber,
        owner: Option<AccountId>,
    ) -> Result<Option<Certificate>, StoreError> {
        let number = number.to_string();
        let found: Option<Certificate> = self
            .store
            .read(move |connection| record(connection, TABLE, (BY_NUMBER, [number])))
            .await?;
        Ok(found.filter(|found| owner.is_none_or(|owner| found.holder() == owner)))
    }

    async fn replace(&self, certificate: &Certificate, change: &Change) -> Result<(), StoreError> {
        let (certificate, change) = (certificate.clone(), change.clone());
        self.store
            .write(move |transaction| {
                replace(transaction, &certificate)?;
                history::record(transaction, &change)
            })
            .await
    }

    async fn list(
        &self,
        filter: &CertificateFilter,
        page: &PageRequest,
    ) -> Result<Page<Certificate>, StoreError> {
        let (listing, page) = (listing(filter).page(page), *page);
        self.store
            .read(move |connection| {
                listing.read(connection, &page, |certificate: &Certificate| Cursor {
                    id: certificate.id().uuid(),
                    updated_at: certificate.updated_at(),
                })
            })
            .await
    }
}

/// Adds a certificate in the transaction of its application.
pub(crate) fn insert(
    transaction: &Transaction<'_>,
    certificate: &Certificate,
) -> Result<(), Failure> {
    transaction
        .prepare_cached(
            "INSERT INTO certificates \
             (id, number, holder_id, farm_id, valid_until, revoked_at, version, updated_at, doc) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            certificate.id().uuid(),
            certificate.number().to_string(),
            certificate.holder().uuid(),
            certificate.farm().uuid(),
            certificate.term().valid_until.to_string(),
            certificate.revoked_at().map(micros),
            version(certificate.revision()),
            micros(certificate.updated_at()),
            document(certificate)?,
        ])?;
    Ok(())
}

/// Number, holder, farm and term of a certificate are signed: they never change.
fn replace(transaction: &Transaction<'_>, certificate: &Certificate) -> Result<(), Failure> {
    let replaced = transaction
        .prepare_cached(
            "UPDATE certificates SET revoked_at = ?, version = ?, updated_at = ?, doc = ? \
             WHERE id = ? AND version = ?",
        )?
        .execute(params![
            certificate.revoked_at().map(micros),
            version(certificate.revision()),
            micros(certificate.updated_at()),
            document(certificate)?,
            certificate.id().uuid(),
            version(certificate.revision().previous()),
        ])?;
    not_stale(replaced)
}

/// The certificates that a filter wants, as [`CertificateFilter::matches`] says.
pub(crate) fn listing(filter: &CertificateFilter) -> Listing {
    let listing = Listing::of(TABLE)
        .by("holder_id", filter.owner.map(|owner| owner.uuid().into_bytes().to_vec()))
        .by("farm_id", filter.farm.map(|farm| farm.uuid().into_bytes().to_vec()));
    let listing = match filter.status {
        Some(status) => in_status(listing, status, filter),
        None => listing,
    };
    match filter.expires_by() {
        Some(day) => in_status(listing, CertificateStatus::Valid, filter)
            .when("valid_until <= ?", [day.to_string()]),
        None => listing,
    }
}

fn in_status(listing: Listing, status: CertificateStatus, filter: &CertificateFilter) -> Listing {
    let now = Value::from(micros(filter.now));
    let today = Value::from(filter.today().to_string());
    match status {
        CertificateStatus::Revoked => listing.when("revoked_at <= ?", [now]),
        CertificateStatus::Expired => {
            listing.when("(revoked_at IS NULL OR revoked_at > ?) AND valid_until < ?", [now, today])
        }
        CertificateStatus::Valid => listing
            .when("(revoked_at IS NULL OR revoked_at > ?) AND valid_until >= ?", [now, today]),
    }
}
