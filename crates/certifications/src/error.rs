//! Why a use case did not happen.

use gacp_keys::KeyError;
use gacp_store::{Precondition, StoreError, Violations};
use thiserror::Error;

use crate::{Action, Forbidden, Reason};

/// Why a use case of certifications did not happen.
#[derive(Debug, Error)]
pub enum CertificationError {
    /// It is not there, or not the caller's.
    #[error("no such application or certificate")]
    NotFound,
    /// It is there, and the caller must not do this to it.
    #[error("not allowed")]
    Forbidden(#[from] Forbidden),
    /// It is not in the state that the caller means.
    #[error("precondition failed")]
    Precondition(#[from] Precondition),
    /// What was sent is wrong.
    #[error("what was sent is invalid")]
    Invalid(#[from] Violations),
    /// Its state does not allow this.
    #[error("the status does not allow `{action}`")]
    WrongStatus {
        /// What was asked for.
        action: &'static str,
        /// What the caller can do now.
        allowed: Vec<Action>,
    },
    /// Something else stands in the way.
    #[error("this is in conflict with what is recorded")]
    Conflict(#[from] Conflict),
    /// The certificate could not be signed.
    #[error("certificate could not be signed")]
    Signing(#[source] KeyError),
    /// The store failed.
    #[error("store of certifications failed")]
    Store(#[from] StoreError),
}

/// What stands in the way of a use case.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Conflict {
    /// A live application exists for the farm and the standard.
    #[error("the farm has a live application for this standard")]
    ApplicationExists,
    /// The farm is archived, suspended or rejected; or, on submission, not approved.
    #[error("the status of the farm does not allow this")]
    FarmNotEligible,
    /// The inspector is booked for another application at that time.
    #[error("the inspector is booked at that time")]
    InspectorBooked,
    /// The reference belongs to a payment for another application.
    #[error("the payment reference is recorded for another application")]
    PaymentReferenceTaken,
    /// Criteria without an answer, by id.
    #[error("the inspection is incomplete")]
    InspectionIncomplete(Vec<String>),
    /// The inspection did not come to what certification takes; why, one by one.
    #[error("the inspection was not passed")]
    NotPassed(Vec<Reason>),
}

impl Conflict {
    /// The stable code by which clients tell it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ApplicationExists => "application-exists",
            Self::FarmNotEligible => "farm-not-eligible",
            Self::InspectorBooked => "inspector-booked",
            Self::PaymentReferenceTaken => "payment-reference-taken",
            Self::InspectionIncomplete(_) => "inspection-incomplete",
            Self::NotPassed(_) => "not-passed",
        }
    }
}
