//! Certification: applications, inspections, scores and certificates.
//!
//! A farmer applies for the certification of plots by a [`Standard`]; reviewers, inspectors,
//! finance and approvers each take their steps; an approval issues a signed [`Certificate`] in the
//! same transaction. What may happen when, and by whom, is one table: [`TRANSITIONS`].
//!
//! The crate does no I/O, and knows no HTTP and no clock. It asks an [`ApplicationStore`], a
//! [`CertificateStore`] and a [`NumberStore`] for what is kept ([`MemoryCertifications`] is all
//! three of them), reads farms through their own port, and asks [`People`] who is who. It does not
//! send anything to anybody, and it moves no money: payments are recorded, not made.
//!
//! ```
//! use gacp_certifications::{Action, Comment, Standards, Status};
//!
//! let standards = Standards::bundled()?;
//! let standard = standards.current("thai-gacp").expect("it ships with the crate");
//! assert_eq!((standard.validity_years(), standard.deadlines().document_fee), (3, 7));
//!
//! assert!(Status::AwaitingDocumentFee.can_expire());
//! assert!(Status::Certified.is_final());
//! assert_eq!(Action::Reject.comment(), Comment::Mandatory);
//! # Ok::<(), gacp_certifications::StandardError>(())
//! ```
#![deny(clippy::future_not_send)]

mod application;
mod bangkok;
mod certificate;
#[cfg(any(test, feature = "contract"))]
pub mod contract;
mod draft;
mod error;
mod history;
mod inspection;
mod memory;
mod number;
mod payment;
mod ports;
mod scope;
mod scoring;
mod service;
mod standard;
mod words;
mod workflow;

pub use application::{
    Application, ApplicationId, IllegalApplication, Move, Moved, Opening, Step, Terms,
};
pub use certificate::{
    CERTIFICATE_TYP, Certificate, CertificateId, CertificateStatus, Claims, Grant,
    PublicCertificate, Revocation, Ruling, StatusEvent, Term, Unsigned,
};
pub use draft::{ActionDraft, ApplicationDraft, ApplicationPatch, PaymentDraft, RevocationDraft};
pub use error::{CertificationError, Conflict};
pub use inspection::{
    Appointment, Booking, Inspection, InspectionMode, LONGEST_SLOT, SLOT_UNIT, Slot, SlotFault,
};
pub use memory::MemoryCertifications;
pub use number::{
    ApplicationNumber, CertificateNumber, LAST_SERIAL, NumberError, NumberOutOfRange,
};
pub use payment::{Fee, FeeKind, Payment, PaymentId};
pub use ports::{
    ApplicationFilter, ApplicationStore, CertificateFilter, CertificateStore, FarmClaim,
    NumberStore, People, Series,
};
pub use scope::{Activity, PartUsed, Purpose, RequestType, Scope, ScopeDraft};
pub use scoring::{
    Answer, AnswerDraft, AnswerSheet, AnswersDraft, CategoryScore, Grade, PASS_PERCENT, Reason,
    RecordedAnswer, Score, Scoring, UnjustifiedAnswer, score,
};
pub use service::{
    CertificationParts, Certifications, Dossier, Listing, Reading, Recorded, Verification,
};
pub use standard::{
    AppliesTo, Category, Criterion, DatedFee, DeadlineDays, FeeSchedule, Fees, Obligation,
    Severity, Standard, StandardError, StandardRef, Standards, Title,
};
pub use words::UnknownWord;
pub use workflow::{
    Action, Cause, Comment, Facts, Forbidden, Guard, Offer, Refusal, Status, TRANSITIONS,
    Transition, WORKFLOW_DOC_END, WORKFLOW_DOC_START, Who, allowed, forbidden, offers, permit,
    render_workflow,
};
