//! Applications, what is booked for them, and what was paid for them.

use async_trait::async_trait;
use gacp_certifications::{
    Application, ApplicationFilter, ApplicationId, ApplicationStore, Certificate, FarmClaim,
    Payment, Status,
};
use gacp_store::{AccountId, Change, Cursor, Page, PageRequest, StoreError};
use jiff::Timestamp;
use mongodb::bson::doc;

use crate::catalogue::Query;
use crate::document::{micros, uuid};
use crate::listing::{Listing, Lists, Way};
use crate::obligations::lapsed;
use crate::reading::{Find, by_id};
use crate::transaction::Transaction;
use crate::{Mongo, certificates};

pub(crate) mod rows;

pub(crate) const APPLICATIONS: &str = "applications";

const PAYMENTS: &str = "payments";

const fn query(name: &'static str, index: &'static str) -> Query {
    Query { name, collection: APPLICATIONS, index }
}

pub(crate) const BY_ID: Query = query("application by id", "_id_");

pub(crate) const PAST_DEADLINE: Query =
    query("applications past their deadline", "applications_expiring");

/// What keeps applications for one farm and standard apart: the server's own look.
pub(crate) const LIVE_TAKEN: Query =
    query("live application for a farm and standard", "applications_live");

pub(crate) const NUMBER_TAKEN: Query =
    Query { name: "application number", collection: "application_numbers", index: "_id_" };

pub(crate) const PAYMENT: Query =
    Query { name: "payment by reference", collection: PAYMENTS, index: "payments_reference" };

pub(crate) const BOOKED: Query = Query {
    name: "bookings of an application",
    collection: "bookings",
    index: "bookings_application",
};

/// What keeps an inspector in one place at a time: the server's own look when he is booked.
pub(crate) const SLOT_TAKEN: Query =
    Query { name: "booking of a slot", collection: "bookings", index: "bookings_slot" };

/// Applications, with the filter first that leaves fewest.
pub(crate) static LISTS: Lists = Lists {
    narrowed: &[
        Way {
            fields: &["farm"],
            newest: query("applications for a farm", "applications_farm"),
            changed: query("applications for a farm, changed", "applications_farm_changed"),
        },
        Way {
            fields: &["owner", "status"],
            newest: query("applications of an owner and status", "applications_owner_status"),
            changed: query(
                "applications of an owner and status, changed",
                "applications_owner_status_changed",
            ),
        },
        Way {
            fields: &["owner"],
            newest: query("applications of an owner", "applications_owner"),
            changed: query("applications of an owner, changed", "applications_owner_changed"),
        },
        Way {
            fields: &["assignee"],
            newest: query("applications of an inspector", "applications_assignee"),
            changed: query(
                "applications of an inspector, changed",
                "applications_assignee_changed",
            ),
        },
        Way {
            fields: &["status"],
            newest: query("applications of a status", "applications_status"),
            changed: query("applications of a status, changed", "applications_status_changed"),
        },
        Way {
            fields: &["deadline"],
            newest: query("applications that are overdue", "applications_due"),
            changed: query("applications that are overdue, changed", "applications_due_changed"),
        },
    ],
    all: Way {
        fields: &[],
        newest: query("applications", "_id_"),
        changed: query("applications, changed", "applications_changed"),
    },
};

#[async_trait]
impl ApplicationStore for Mongo {
    async fn open(
        &self,
        application: &Application,
        farm: &FarmClaim,
        change: &Change,
    ) -> Result<(), StoreError> {
        // First: a second application is said before a farm that is stale.
        let inserted = rows::insert(Transaction::default(), application)?;
        let opened = rows::claim_farm(inserted, farm, application.updated_at());
        self.commit(opened.record(change)?).await.map(drop)
    }

    async fn replace(&self, application: &Application, change: &Change) -> Result<(), StoreError> {
        let replaced = rows::replace(Transaction::default(), application)?;
        self.commit(replaced.record(change)?).await.map(drop)
    }

    async fn issue(
        &self,
        application: &Application,
        certificate: &Certificate,
        change: &Change,
    ) -> Result<(), StoreError> {
        let replaced = rows::replace(Transaction::default(), application)?;
        let issued = certificates::insert(replaced, certificate)?;
        self.commit(issued.record(change)?).await.map(drop)
    }

    async fn record_payment(
        &self,
        application: &Application,
        payment: &Payment,
        change: &Change,
    ) -> Result<(), StoreError> {
        // First: a reference that is taken is said before an application that is stale.
        let recorded = rows::insert_payment(Transaction::default(), payment)?;
        let replaced = rows::replace(recorded, application)?;
        self.commit(replaced.record(change)?).await.map(drop)
    }

    async fn find(
        &self,
        id: ApplicationId,
        owner: Option<AccountId>,
    ) -> Result<Option<Application>, StoreError> {
        self.record(by_id(&BY_ID, id.uuid(), owner)).await
    }

    async fn list(
        &self,
        filter: &ApplicationFilter,
        page: &PageRequest,
    ) -> Result<Page<Application>, StoreError> {
        let cursor = |application: &Application| Cursor {
            id: application.id().uuid(),
            updated_at: application.updated_at(),
        };
        self.page(listing(filter), page, cursor).await
    }

    async fn past_deadline(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Application>, StoreError> {
        // A limit of 0 would be none for MongoDB.
        if limit == 0 {
            return Ok(Vec::new());
        }
        self.records(past_deadline(now).limited(limit)).await
    }

    async fn find_payment(&self, gateway_ref: &str) -> Result<Option<Payment>, StoreError> {
        self.record(Find::by(&PAYMENT, doc! { "reference": gateway_ref })).await
    }
}

/// Applications that ended with their deadline, longest first.
pub(crate) fn past_deadline(now: Timestamp) -> Find {
    Find::by(&PAST_DEADLINE, lapsed(now)).sorted(doc! { "expiresAt": 1, "_id": 1 })
}

/// The applications that a filter wants, as [`ApplicationFilter::matches`] says.
pub(crate) fn listing(filter: &ApplicationFilter) -> Listing {
    let account = |id: AccountId| uuid(id.uuid());
    Listing::of(&LISTS)
        .by("farm", filter.farm.map(|farm| uuid(farm.uuid())))
        .by("owner", filter.owner.map(account))
        .by("assignee", filter.assignee.map(account))
        .by("status", filter.status.map(Status::as_str))
        .by("deadline", filter.overdue_at.map(|now| doc! { "$lte": micros(now) }))
}
