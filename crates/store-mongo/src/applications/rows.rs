//! The documents behind an application, as steps of a transaction.

use gacp_certifications::{Application, FarmClaim, Payment};
use gacp_store::{AccountId, StoreError};
use jiff::Timestamp;
use mongodb::bson::{Bson, Document, doc};

use super::{APPLICATIONS, PAYMENTS};
use crate::document::{Row, micros, uuid, version};
use crate::farms::FARMS;
use crate::transaction::{STALE, Transaction};

/// Numbers that are taken. They stand apart because applications are spread by owner, and what is
/// unique must be spread by itself.
const NUMBERS: &str = "application_numbers";

/// Half hours of inspectors: each belongs to one application at most.
const BOOKINGS: &str = "bookings";

/// Takes the next revision of a farm, if it is still the one that was read: whoever archives or
/// changes the farm at the same time, or applies for it too, is then stale, or this is.
pub(super) fn claim_farm(transaction: Transaction, farm: &FarmClaim, at: Timestamp) -> Transaction {
    let read = doc! { "_id": uuid(farm.id.uuid()), "version": version(farm.revision) };
    let next = doc! {
        "$inc": { "version": 1_i64, "doc.revision": 1_i64 },
        "$set": { "updatedAt": micros(at), "doc.updatedAt": at.to_string() },
    };
    transaction.update(FARMS, (read, next), STALE)
}

/// Adds an application.
pub(super) fn insert(
    transaction: Transaction,
    application: &Application,
) -> Result<Transaction, StoreError> {
    let number = doc! {
        "_id": application.number().to_string(),
        "application": uuid(application.id().uuid()),
    };
    let inserted = transaction
        .insert(NUMBERS, vec![number])
        .insert(APPLICATIONS, vec![row(application)?.into_document()]);
    Ok(inserted.insert(BOOKINGS, bookings(application)))
}

/// Replaces the state before the application's revision, bookings included. Number, owner, farm
/// and standard of an application never change.
pub(super) fn replace(
    transaction: Transaction,
    application: &Application,
) -> Result<Transaction, StoreError> {
    let id = uuid(application.id().uuid());
    let former = doc! { "_id": &id, "version": version(application.revision().previous()) };
    let replaced = transaction
        .update(APPLICATIONS, (former, row(application)?.into_update()), STALE)
        .delete_all(BOOKINGS, booked_for(id));
    Ok(replaced.insert(BOOKINGS, bookings(application)))
}

/// Adds a payment.
pub(super) fn insert_payment(
    transaction: Transaction,
    payment: &Payment,
) -> Result<Transaction, StoreError> {
    let row = Row::of(payment.id.uuid(), payment)?
        .with("reference", payment.gateway_ref.as_str())
        .with("application", uuid(payment.application.uuid()));
    Ok(transaction.insert(PAYMENTS, vec![row.into_document()]))
}

/// What was booked for an application.
pub(crate) fn booked_for(application: Bson) -> Document {
    doc! { "application": application }
}

/// The half hours that an application needs.
fn bookings(application: &Application) -> Vec<Document> {
    let booked = application.booked_slots().into_iter().map(|booking| {
        let (inspector, starts_at) = (uuid(booking.inspector.uuid()), micros(booking.starts_at));
        doc! {
            "inspector": inspector,
            "startsAt": starts_at,
            "application": uuid(application.id().uuid()),
        }
    });
    booked.collect()
}

fn row(application: &Application) -> Result<Row, StoreError> {
    // The deadline, where it ends the application; see `Application::has_lapsed`.
    let expires_at = application.deadline().filter(|_| application.status().can_expire());
    Ok(Row::of(application.id().uuid(), application)?
        .with("owner", uuid(application.owner().uuid()))
        .with("farm", uuid(application.farm().uuid()))
        .with("standard", application.standard().id.as_str())
        .with("status", application.status().as_str())
        // While something can still happen to it.
        .with("live", application.status().is_live())
        .with_some("assignee", application.assignee().map(AccountId::uuid).map(uuid))
        .with_some("deadline", application.deadline().map(micros))
        .with_some("expiresAt", expires_at.map(micros))
        .at(application.revision(), application.updated_at()))
}
