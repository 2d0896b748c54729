//! Certificates.

use std::ops::RangeInclusive;

use async_trait::async_trait;
use gacp_certifications::{
    Certificate, CertificateFilter, CertificateNumber, CertificateStatus, CertificateStore,
};
use gacp_store::{AccountId, Change, Cursor, Page, PageRequest, StoreError};
use jiff::civil::Date;
use mongodb::bson::{Bson, Document, doc};

use crate::Mongo;
use crate::catalogue::Query;
use crate::document::{Row, micros, uuid, version};
use crate::listing::{Listing, Lists, Way};
use crate::reading::Find;
use crate::transaction::{STALE, Transaction};

pub(crate) const CERTIFICATES: &str = "certificates";

const fn query(name: &'static str, index: &'static str) -> Query {
    Query { name, collection: CERTIFICATES, index }
}

pub(crate) const BY_NUMBER: Query = query("certificate by number", "certificates_number");

/// The years in which certificates end, as the index has them: what lies outside counts as the
/// nearest. So many lists are merged in order without being sorted
/// (`internalQueryMaxScansToExplode`), and no more.
const YEARS: RangeInclusive<i16> = 2_000..=2_199;

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
        Way {
            fields: &["revokedAt"],
            newest: query("certificates that are revoked", "certificates_revoked"),
            changed: query(
                "certificates that are revoked, changed",
                "certificates_revoked_changed",
            ),
        },
        Way {
            fields: &["endsIn"],
            newest: query("certificates by their end", "certificates_end"),
            changed: query("certificates by their end, changed", "certificates_end_changed"),
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
    let (today, last) = (filter.today(), filter.expires_by());
    let is = |status| filter.status == Some(status);
    let expired = is(CertificateStatus::Expired);
    let valid = is(CertificateStatus::Valid) || last.is_some();
    let last_day = |operator: &str, day: Date| doc! { "validUntil": { operator: day.to_string() } };
    let revoked = doc! { "revokedAt": { "$lte": micros(filter.now) } };
    Listing::of(&LISTS)
        .by("farm", filter.farm.map(|farm| uuid(farm.uuid())))
        .by("holder", filter.owner.map(|owner| uuid(owner.uuid())))
        .when_given("revokedAt", is(CertificateStatus::Revoked).then(|| revoked.clone()))
        .when_some((expired || valid).then(|| doc! { "$nor": [revoked] }))
        .by("endsIn", expired.then(|| among(*YEARS.start()..=year(today))))
        .when_some(expired.then(|| last_day("$lt", today)))
        .by("endsIn", last.map(|last| among(year(today)..=year(last))))
        .when_some(valid.then(|| last_day("$gte", today)))
        .when_some(last.map(|last| last_day("$lte", last)))
}

/// The year of a certificate's end, as the index has it.
fn year(day: Date) -> i16 {
    day.year().clamp(*YEARS.start(), *YEARS.end())
}

fn among(years: RangeInclusive<i16>) -> Document {
    let years: Vec<Bson> = years.map(|year| Bson::from(i32::from(year))).collect();
    doc! { "$in": years }
}

/// Number, holder, farm and term of a certificate are signed: they never change.
fn row(certificate: &Certificate) -> Result<Row, StoreError> {
    Ok(Row::of(certificate.id().uuid(), certificate)?
        .with("number", certificate.number().to_string())
        .with("holder", uuid(certificate.holder().uuid()))
        .with("farm", uuid(certificate.farm().uuid()))
        // The last day (Asia/Bangkok), `YYYY-MM-DD`: texts sort as days do.
        .with("validUntil", certificate.term().valid_until.to_string())
        .with("endsIn", i32::from(year(certificate.term().valid_until)))
        .with_some("revokedAt", certificate.revoked_at().map(micros))
        .at(certificate.revision(), certificate.updated_at()))
}
