//! What binds a farm.

use async_trait::async_trait;
use gacp_certifications::CertificateFilter;
use gacp_farms::{FarmId, FarmObligations};
use gacp_store::StoreError;
use jiff::Timestamp;
use mongodb::bson::{Document, doc};

use crate::Mongo;
use crate::catalogue::Query;
use crate::document::{micros, uuid};
use crate::reading::Find;

pub(crate) const LIVE_APPLICATION: Query = Query {
    name: "live application for a farm",
    collection: "applications",
    index: "applications_farm_live",
};

pub(crate) const VALID_CERTIFICATE: Query = Query {
    name: "valid certificate for a farm",
    collection: "certificates",
    index: "certificates_farm_valid",
};

#[async_trait]
impl FarmObligations for Mongo {
    async fn has_live_work(&self, farm: FarmId, now: Timestamp) -> Result<bool, StoreError> {
        let mongo = self.clone();
        self.detached(async move {
            // Applications first: one that turns into a certificate in between is seen as either.
            if !mongo.documents(live_application(farm, now)).await?.is_empty() {
                return Ok(true);
            }
            Ok(!mongo.documents(valid_certificate(farm, now)).await?.is_empty())
        })
        .await
    }
}

/// An application that can still go on.
pub(crate) fn live_application(farm: FarmId, now: Timestamp) -> Find {
    let filter = doc! { "farm": uuid(farm.uuid()), "live": true, "$nor": [lapsed(now)] };
    Find::by(&LIVE_APPLICATION, filter).only(doc! { "_id": 1 }).limited(1)
}

/// A certificate that counts.
pub(crate) fn valid_certificate(farm: FarmId, now: Timestamp) -> Find {
    let today = CertificateFilter::at(now).today().to_string();
    let filter = doc! {
        "farm": uuid(farm.uuid()),
        "validUntil": { "$gte": today },
        "$nor": [{ "revokedAt": { "$lte": micros(now) } }],
    };
    Find::by(&VALID_CERTIFICATE, filter).only(doc! { "_id": 1 }).limited(1)
}

/// The condition of applications that ended with their deadline.
pub(crate) fn lapsed(now: Timestamp) -> Document {
    doc! { "expiresAt": { "$lte": micros(now) } }
}
