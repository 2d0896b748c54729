//! Time limits and fees of the states of an application.
//!
//! What comes in is counted per kind of fee, whenever it comes in. A fee is paid as soon as what
//! came in and was not used for earlier fees of its kind covers it; so nothing that was paid too
//! early, twice or in parts is lost.

use jiff::Timestamp;

use super::record::Received;
use crate::{Fee, FeeKind, Standard, Status, bangkok};

/// The fee for which an application waits in a state.
pub(super) fn fee_in(status: Status) -> Option<FeeKind> {
    match status {
        Status::AwaitingDocumentFee => Some(FeeKind::DocumentReview),
        Status::AwaitingInspectionFee => Some(FeeKind::Inspection),
        Status::Draft
        | Status::UnderReview
        | Status::RevisionRequested
        | Status::AwaitingInspection
        | Status::InspectionScheduled
        | Status::DecisionPending
        | Status::Certified
        | Status::Rejected
        | Status::Withdrawn
        | Status::Expired => None,
    }
}

/// How many days a state may last: for its owner, or, under review, for the staff.
fn days_in(status: Status, standard: &Standard) -> Option<u16> {
    let deadlines = standard.deadlines();
    match status {
        Status::Draft => Some(deadlines.draft),
        Status::AwaitingDocumentFee => Some(deadlines.document_fee),
        Status::UnderReview => Some(deadlines.review),
        Status::RevisionRequested => Some(deadlines.revision),
        Status::AwaitingInspectionFee => Some(deadlines.inspection_fee),
        Status::AwaitingInspection
        | Status::InspectionScheduled
        | Status::DecisionPending
        | Status::Certified
        | Status::Rejected
        | Status::Withdrawn
        | Status::Expired => None,
    }
}

/// Whether a state may last only so long.
pub(super) fn is_timed(status: Status) -> bool {
    status.can_expire() || status == Status::UnderReview
}

/// The first moment that is too late for a state entered now.
pub(super) fn deadline_in(
    status: Status,
    standard: &Standard,
    now: Timestamp,
) -> Option<Timestamp> {
    days_in(status, standard).map(|days| bangkok::end_of_day_after(now, days))
}

/// How much a fee is when it becomes due.
pub(super) fn amount(kind: FeeKind, standard: &Standard, now: Timestamp) -> u64 {
    let fees = standard.fees();
    let schedule = match kind {
        FeeKind::DocumentReview => &fees.document_review,
        FeeKind::Inspection => &fees.inspection,
    };
    schedule.satang_on(bangkok::day_of(now))
}

/// The fee that is due and not paid; there is at most one.
pub(super) fn owed(fees: &[Fee]) -> Option<&Fee> {
    fees.iter().find(|fee| fee.paid_at.is_none())
}

/// How much came in for a kind of fee.
pub(super) fn received(entries: &[Received], kind: FeeKind) -> u64 {
    entries.iter().find(|entry| entry.kind == kind).map_or(0, |entry| entry.total_satang)
}

/// Counts what came in.
pub(super) fn receive(entries: &mut Vec<Received>, kind: FeeKind, amount_satang: u64) {
    match entries.iter_mut().find(|entry| entry.kind == kind) {
        Some(entry) => entry.total_satang = entry.total_satang.saturating_add(amount_satang),
        None => entries.push(Received { kind, total_satang: amount_satang }),
    }
}

/// Whether what came in covers a fee beside the earlier ones of its kind.
pub(super) fn covers(entries: &[Received], fees: &[Fee], owed: &Fee) -> bool {
    let used = fees.iter().filter(|fee| fee.kind == owed.kind && fee.paid_at.is_some());
    let used: u64 = used.map(|fee| fee.amount_satang).fold(0, u64::saturating_add);
    received(entries, owed.kind).saturating_sub(used) >= owed.amount_satang
}
