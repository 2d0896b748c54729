//! An application for certification: what is true of it, and the only ways to make or change one.

mod record;
mod step;
mod till;

pub use record::IllegalApplication;
pub use step::{Move, Moved, Step};

use gacp_farms::{FarmId, PlotId};
use gacp_store::{AccountId, Revision, id_type};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    AnswerSheet, ApplicationNumber, Booking, CertificateNumber, Fee, FeeKind, Inspection, Purpose,
    RequestType, Scope, Score, Standard, StandardRef, Status,
};
use record::Record;

id_type! {
    /// An application.
    ApplicationId
}

/// An application for the certification of some plots of a farm by a standard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Record")]
pub struct Application(Record);

/// What a new application is made of.
#[derive(Debug, Clone)]
pub struct Opening {
    /// Its id.
    pub id: ApplicationId,
    /// Its number.
    pub number: ApplicationNumber,
    /// Whose it is.
    pub owner: AccountId,
    /// The farm it is for.
    pub farm: FarmId,
    /// What kind of request it is.
    pub request_type: RequestType,
    /// What its owner can still change.
    pub terms: Terms,
}

/// What is to be certified, as the owner puts it.
#[derive(Debug, Clone, PartialEq)]
pub struct Terms {
    /// The plots that are covered; at least one.
    pub plots: Vec<PlotId>,
    /// Crops, parts used and activities.
    pub scope: Scope,
    /// What the produce is for.
    pub purpose: Purpose,
}

impl Application {
    /// The unique key of live applications: farm and standard.
    pub const LIVE_APPLICATION: &'static str = "live-application";
    /// The unique key of numbers.
    pub const NUMBER_TAKEN: &'static str = "application-number";
    /// The unique key of bookings: inspector and half hour.
    pub const SLOT_TAKEN: &'static str = "inspector-slot";

    /// Opens an application under a standard.
    pub fn open(opening: Opening, standard: &Standard, now: Timestamp) -> Self {
        let Opening { id, number, owner, farm, request_type, terms } = opening;
        let Terms { plots, scope, purpose } = terms;
        let record = Record {
            id,
            number,
            owner,
            farm,
            plots,
            standard: standard.reference(),
            request_type,
            scope,
            purpose,
            status: Status::Draft,
            deadline: till::deadline_in(Status::Draft, standard, now),
            revisions_requested: 0,
            reviewers: Vec::new(),
            fees: Vec::new(),
            received: Vec::new(),
            inspection: None,
            score: None,
            certificate: None,
            revision: Revision::FIRST,
            created_at: now,
            updated_at: now,
        };
        Self(record)
    }

    /// The same application on other terms.
    #[must_use]
    pub fn revised(self, terms: Terms, now: Timestamp) -> Self {
        let Terms { plots, scope, purpose } = terms;
        Self(Record { plots, scope, purpose, ..self.0 }).touched(now)
    }

    /// The same application with another sheet of answers; itself when they say the same.
    ///
    /// Nothing changes before an inspection is scheduled.
    #[must_use]
    pub fn answered(self, answers: AnswerSheet, now: Timestamp) -> Self {
        match self.0.inspection.clone() {
            Some(inspection) if *inspection.answers() != answers => {
                let inspection = Some(inspection.answered(answers));
                Self(Record { inspection, ..self.0 }).touched(now)
            }
            Some(_) | None => self,
        }
    }

    fn touched(self, now: Timestamp) -> Self {
        let revision = self.0.revision.next();
        Self(Record { revision, updated_at: now, ..self.0 })
    }

    /// Its id.
    pub fn id(&self) -> ApplicationId {
        self.0.id
    }

    /// Its number.
    pub fn number(&self) -> ApplicationNumber {
        self.0.number
    }

    /// Whose it is.
    pub fn owner(&self) -> AccountId {
        self.0.owner
    }

    /// The farm it is for.
    pub fn farm(&self) -> FarmId {
        self.0.farm
    }

    /// The plots that are covered.
    pub fn plots(&self) -> &[PlotId] {
        &self.0.plots
    }

    /// The standard, in the version by which it is judged.
    pub fn standard(&self) -> &StandardRef {
        &self.0.standard
    }

    /// What kind of request it is.
    pub fn request_type(&self) -> RequestType {
        self.0.request_type
    }

    /// Crops, parts used and activities.
    pub fn scope(&self) -> &Scope {
        &self.0.scope
    }

    /// What the produce is for.
    pub fn purpose(&self) -> Purpose {
        self.0.purpose
    }

    /// Where it stands.
    pub fn status(&self) -> Status {
        self.0.status
    }

    /// The first moment that is too late for the next step, where its state has a time limit.
    pub fn deadline(&self) -> Option<Timestamp> {
        self.0.deadline
    }

    /// How often a reviewer sent it back.
    pub fn revisions_requested(&self) -> u32 {
        self.0.revisions_requested
    }

    /// Everybody who reviewed it.
    pub fn reviewers(&self) -> &[AccountId] {
        &self.0.reviewers
    }

    /// The fees that have become due, in that order.
    pub fn fees(&self) -> &[Fee] {
        &self.0.fees
    }

    /// How much came in for one kind of fee, in satang.
    pub fn received_satang(&self, kind: FeeKind) -> u64 {
        till::received(&self.0.received, kind)
    }

    /// Its inspection, once it is scheduled.
    pub fn inspection(&self) -> Option<&Inspection> {
        self.0.inspection.as_ref()
    }

    /// The inspector that was named.
    pub fn assignee(&self) -> Option<AccountId> {
        self.inspection().map(Inspection::inspector)
    }

    /// What the inspection came to, once it is complete.
    pub fn score(&self) -> Option<&Score> {
        self.0.score.as_ref()
    }

    /// The number of the certificate that was issued for it.
    pub fn certificate(&self) -> Option<CertificateNumber> {
        self.0.certificate
    }

    /// The number of its state.
    pub fn revision(&self) -> Revision {
        self.0.revision
    }

    /// When it was opened.
    pub fn created_at(&self) -> Timestamp {
        self.0.created_at
    }

    /// When it was last changed.
    pub fn updated_at(&self) -> Timestamp {
        self.0.updated_at
    }

    /// Whether the owner can change its terms now.
    pub fn is_editable(&self) -> bool {
        matches!(self.status(), Status::Draft | Status::RevisionRequested)
    }

    /// Whether its time limit has passed without the next step.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.deadline().is_some_and(|deadline| now >= deadline)
    }

    /// Whether it ended with its deadline, though nothing has recorded that yet.
    pub fn has_lapsed(&self, now: Timestamp) -> bool {
        self.status().can_expire() && self.is_overdue(now)
    }

    /// The half hours that are booked for it: those of a scheduled inspection, else none.
    pub fn booked_slots(&self) -> Vec<Booking> {
        match self.inspection() {
            Some(inspection) if self.status() == Status::InspectionScheduled => {
                inspection.bookings().collect()
            }
            Some(_) | None => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;
