//! The rows behind an application, written inside a transaction.

use gacp_certifications::{Application, FarmClaim, Payment};
use gacp_store::AccountId;
use jiff::Timestamp;
use rusqlite::{Transaction, params};

use crate::document::{document, micros, not_stale, version};
use crate::engine::Failure;

/// Takes the next revision of a farm, if it is still the one that was read: whoever archives or
/// changes the farm at the same time, or applies for it too, is then stale, or this is.
pub(super) fn claim_farm(
    transaction: &Transaction<'_>,
    farm: &FarmClaim,
    at: Timestamp,
) -> Result<(), Failure> {
    let claimed = transaction
        .prepare_cached(
            "UPDATE farms SET version = version + 1, updated_at = ?1, \
             doc = json_set(doc, '$.revision', version + 1, '$.updatedAt', ?2) \
             WHERE id = ?3 AND version = ?4",
        )?
        .execute(params![micros(at), at.to_string(), farm.id.uuid(), version(farm.revision)])?;
    not_stale(claimed)
}

/// Adds an application.
pub(super) fn insert(
    transaction: &Transaction<'_>,
    application: &Application,
) -> Result<(), Failure> {
    transaction
        .prepare_cached(
            "INSERT INTO applications \
             (id, number, owner_id, farm_id, standard_id, status, live, assignee_id, deadline, \
              expires_at, version, updated_at, doc) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            application.id().uuid(),
            application.number().to_string(),
            application.owner().uuid(),
            application.farm().uuid(),
            application.standard().id,
            application.status().as_str(),
            application.status().is_live(),
            application.assignee().map(AccountId::uuid),
            application.deadline().map(micros),
            expires_at(application),
            version(application.revision()),
            micros(application.updated_at()),
            document(application)?,
        ])?;
    book(transaction, application)
}

/// Replaces the state before the application's revision, bookings included. Number, owner, farm
/// and standard of an application never change.
pub(super) fn replace(
    transaction: &Transaction<'_>,
    application: &Application,
) -> Result<(), Failure> {
    let replaced = transaction
        .prepare_cached(
            "UPDATE applications SET status = ?, live = ?, assignee_id = ?, deadline = ?, \
             expires_at = ?, version = ?, updated_at = ?, doc = ? WHERE id = ? AND version = ?",
        )?
        .execute(params![
            application.status().as_str(),
            application.status().is_live(),
            application.assignee().map(AccountId::uuid),
            application.deadline().map(micros),
            expires_at(application),
            version(application.revision()),
            micros(application.updated_at()),
            document(application)?,
            application.id().uuid(),
            version(application.revision().previous()),
        ])?;
    not_stale(replaced)?;
    transaction
        .prepare_cached("DELETE FROM bookings WHERE application_id = ?")?
        .execute([application.id().uuid()])?;
    book(transaction, application)
}

/// Adds a payment.
pub(super) fn insert_payment(
    transaction: &Transaction<'_>,
    payment: &Payment,
) -> Result<(), Failure> {
    transaction
        .prepare_cached(
            "INSERT INTO payments (id, gateway_ref, application_id, doc) VALUES (?, ?, ?, ?)",
        )?
        .execute(params![
            payment.id.uuid(),
            payment.gateway_ref,
            payment.application.uuid(),
            document(payment)?,
        ])?;
    Ok(())
}

/// Books the half hours that an application needs and has none of yet.
fn book(transaction: &Transaction<'_>, application: &Application) -> Result<(), Failure> {
    for booking in application.booked_slots() {
        transaction
            .prepare_cached(
                "INSERT INTO bookings (inspector_id, starts_at, application_id) VALUES (?, ?, ?)",
            )?
            .execute(params![
                booking.inspector.uuid(),
                micros(booking.starts_at),
                application.id().uuid(),
            ])?;
    }
    Ok(())
}

/// The deadline, where it ends the application; see [`Application::has_lapsed`].
fn expires_at(application: &Application) -> Option<i64> {
    application.deadline().filter(|_| application.status().can_expire()).map(micros)
}
