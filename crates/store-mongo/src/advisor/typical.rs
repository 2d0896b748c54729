//! Documents that a database holds, for queries to ask about.

use mongodb::bson::{Document, doc};

use crate::Mongo;
use crate::connect::MAX_TIME;
use crate::errors::Failure;

/// A document is taken from the middle of its collection, but from no further in than this: what
/// is passed over is read.
const FURTHEST: u64 = 10_000;

/// One document of each kind, where there is any.
pub(super) struct Typical {
    pub(super) account: Option<Document>,
    pub(super) session: Option<Document>,
    pub(super) guesses: Option<Document>,
    pub(super) event: Option<Document>,
    pub(super) farm: Option<Document>,
    pub(super) plot: Option<Document>,
    pub(super) application: Option<Document>,
    pub(super) live_application: Option<Document>,
    pub(super) assigned_application: Option<Document>,
    pub(super) expiring_application: Option<Document>,
    pub(super) number: Option<Document>,
    pub(super) booking: Option<Document>,
    pub(super) payment: Option<Document>,
    pub(super) certificate: Option<Document>,
    pub(super) entry: Option<Document>,
    pub(super) note: Option<Document>,
    pub(super) receipt: Option<Document>,
    pub(super) key: Option<Document>,
    pub(super) counter: Option<Document>,
}

impl Typical {
    /// Rather documents with what is rare or what not every one has: a query for what most
    /// documents have finds it without an index, too.
    pub(super) async fn of(mongo: &Mongo) -> Result<Self, Failure> {
        let has = |field: &str| doc! { field: { "$exists": true } };
        let farmer = doc! { "role": "FARMER", "status": "disabled", "phone": { "$exists": true } };
        Ok(Self {
            account: mongo.typical("accounts", [farmer, has("nationalIds")]).await?,
            session: mongo.typical("sessions", [doc! { "ended": false }]).await?,
            guesses: mongo.typical("guesses", []).await?,
            event: mongo.typical("security_events", [doc! { "login": true }]).await?,
            farm: mongo.typical("farms", [doc! { "status": "suspended" }]).await?,
            plot: mongo.typical("plots", []).await?,
            application: mongo.typical("applications", [doc! { "status": "rejected" }]).await?,
            live_application: mongo.typical("applications", [doc! { "live": true }]).await?,
            assigned_application: mongo.typical("applications", [has("assignee")]).await?,
            expiring_application: mongo.typical("applications", [has("expiresAt")]).await?,
            number: mongo.typical("application_numbers", []).await?,
            booking: mongo.typical("bookings", []).await?,
            payment: mongo.typical("payments", []).await?,
            certificate: mongo.typical("certificates", [has("revokedAt")]).await?,
            entry: mongo.typical("history", [has("by")]).await?,
            note: mongo.typical("history_notes", []).await?,
            receipt: mongo.typical("receipts", []).await?,
            key: mongo.typical("keys", [doc! { "first": true }]).await?,
            counter: mongo.typical("counters", []).await?,
        })
    }
}

impl Mongo {
    /// A document of a collection: from the middle, of those that are rather asked about.
    async fn typical<const N: usize>(
        &self,
        collection: &str,
        rather: [Document; N],
    ) -> Result<Option<Document>, Failure> {
        let stored = self.collection(collection);
        let middle = (stored.estimated_document_count().await? / 2).min(FURTHEST);
        for filter in rather.into_iter().chain([Document::new()]) {
            for skipped in [middle, middle / 50, 0] {
                let found = stored.find_one(filter.clone()).sort(doc! { "_id": 1 }).skip(skipped);
                if let Some(found) = found.max_time(MAX_TIME).await? {
                    return Ok(Some(found));
                }
            }
        }
        Ok(None)
    }
}
