//! Certificates.

use async_trait::async_trait;
use gacp_certifications::{
    Certificate, CertificateFilter, CertificateNumber, CertificateStatus, CertificateStore,
};
use gacp_store::{AccountId, Change, Cursor, Page, PageRequest, StoreError};
use jiff::Timestamp;
use mongodb::bson::{Document, doc};

use crate::Mongo;
use crate::catalogue::Query;
use crate::document::{Row, micros, uuid, version};
use crate::listing::{Listing, Lists, Way};
use crate::reading::Find;
use crate::transaction::{STALE, Transaction};

const CERTIFICATES: &str = "certificates";

const fn query(name: &'static str, index: &'static str) -> Query {
    Query { name, collection: CERTIFICATES, index }
}

pub(crate) const BY_NUMBER: Query = query("certificate by number", "certificates_number");

pub(crate) static LISTS: Lists = Lists {
    narrowed: &[
        Way {
            fields: &["farm"],
            newest: query("certificates for a farm", "certificates_farm"),
            changed: query("certificates for a farm, changed", "certificates_farm_changed"),
        },
        Way {
            fields: &["holder"],
            newest: query("certificates of a holder", "certificates_holder"),
            changed: query("certificates of a holder, changed", "certificates_holder_changed"),
        },
    ],
    all: Way {
        fields: &[],
        newest: query("certificates", "_id_"),
        changed: query("certificates, changed", "certificates_changed"),
    },
};

#[async_trait]
impl CertificateStore for Mongo {
    async fn find(
        &self,
        number: &CertificateNumber,
        owner: Option<AccountId>,
    ) -> Result<Option<Certificate>, StoreError> {
        let find = Find::by(&BY_NUMBER, doc! { "number": number.to_string() });
        let found: Option<Certificate> = self.record(find).await?;
        Ok(found.filter(|found| owner.is_none_or(|owner| found.holder() == owner)))
    }

    async fn replace(&self, certificate: &Certificate, change: &Change) -> Result<(), StoreError> {
        let former = doc! {
            // The number too: certificates are spread by it.
            "number": certificate.number().to_string(),
            "_id": uuid(certificate.id().uuid()),
            "version": version(certificate.revision().previous()),
        };
        let update = (former, row(certificate)?.into_update());
        let replaced = Transaction::default().update(CERTIFICATES, update, STALE);
        self.commit(replaced.record(change)?).await.map(drop)
    }

    async fn list(
        &self,
        filter: &CertificateFilter,
        page: &PageRequest,
    ) -> Result<Page<Certificate>, StoreError> {
        let cursor = |certificate: &Certificate| Cursor {
            id: certificate.id().uuid(),
            updated_at: certificate.updated_at(),
        };
        self.page(listing(filter), page, cursor).await
    }
}

/// Adds a certificate in the transaction of its application.
pub(crate) fn insert(
    transaction: Transaction,
    certificate: &Certificate,
) -> Result<Transaction, StoreError> {
    Ok(transaction.insert(CERTIFICATES, vec![row(certificate)?.into_document()]))
}

/// The certificates that a filter wants, as [`CertificateFilter::matches`] says.
pub(crate) fn listing(filter: &CertificateFilter) -> Listing {
    let expiring =
        filter.expires_by().map(|day| doc! { "validUntil": { "$lte": day.to_string() } });
    let valid = expiring.as_ref().map(|_| in_status(CertificateStatus::Valid, filter));
    Listing::of(&LISTS)
        .by("farm", filter.farm.map(|farm| uuid(farm.uuid())))
        .by("holder", filter.owner.map(|owner| uuid(owner.uuid())))
        .when_some(filter.status.map(|status| in_status(status, filter)))
        .when_some(valid)
        .when_some(expiring)
}

fn in_status(status: CertificateStatus, filter: &CertificateFilter) -> Document {
    let today = filter.today().to_string();
    let revoked = |now: Timestamp| doc! { "revokedAt": { "$lte": micros(now) } };
    let spared = vec![revoked(filter.now)];
    match status {
        CertificateStatus::Revoked => revoked(filter.now),
        CertificateStatus::Expired => doc! { "$nor": spared, "validUntil": { "$lt": today } },
        CertificateStatus::Valid => doc! { "$nor": spared, "validUntil": { "$gte": today } },
    }
}

/// Number, holder, farm and term of a certificate are signed: they never change.
fn row(certificate: &Certificate) -> Result<Row, StoreError> {
    Ok(Row::of(certificate.id().uuid(), certificate)?
        .with("number", certificate.number().to_string())
        .with("holder", uuid(certificate.holder().uuid()))
        .with("farm", uuid(certificate.farm().uuid()))
        // The last day (Asia/Bangkok), `YYYY-MM-DD`: texts sort as days do.
        .with("validUntil", certificate.term().valid_until.to_string())
        .with_some("revokedAt", certificate.revoked_at().map(micros))
        .at(certificate.revision(), certificate.updated_at()))
}
