//! The life of an application: one table of transitions, from which everything else follows.
//!
//! [`TRANSITIONS`] is the only place that says which step leads where, who may take it and what
//! must hold. The guards of the use cases, the actions that a reader is offered, and the diagram
//! and table of `docs/workflow.md` are computed from it.

mod diagram;
mod permission;
mod table;

pub use diagram::{WORKFLOW_DOC_END, WORKFLOW_DOC_START, render_workflow};
pub(crate) use permission::four_eyes;
pub use permission::{Facts, Forbidden, Offer, Refusal, allowed, forbidden, offers, permit};
pub use table::{Cause, Comment, Guard, TRANSITIONS, Transition, Who};

use crate::words::words;

words! {
    /// Where an application stands.
    pub enum Status {
        /// The owner is still writing it.
        Draft => "draft",
        /// Submitted; the fee for the review of its documents is due.
        AwaitingDocumentFee => "awaiting-document-fee",
        /// A reviewer has it.
        UnderReview => "under-review",
        /// The owner must improve it.
        RevisionRequested => "revision-requested",
        /// The documents are in order; the fee for the inspection is due.
        AwaitingInspectionFee => "awaiting-inspection-fee",
        /// A reviewer must name inspector and slot.
        AwaitingInspection => "awaiting-inspection",
        /// Inspector and slot are named.
        InspectionScheduled => "inspection-scheduled",
        /// Inspected and scored; an approver must decide.
        DecisionPending => "decision-pending",
        /// Decided for: its certificate was issued.
        Certified => "certified",
        /// Decided against.
        Rejected => "rejected",
        /// Taken back by its owner.
        Withdrawn => "withdrawn",
        /// A deadline of its owner passed.
        Expired => "expired",
    }
}

words! {
    /// What somebody can ask for.
    pub enum Action {
        /// The owner hands the application in.
        Submit => "submit",
        /// A reviewer finds the documents in order.
        ApproveDocuments => "approve-documents",
        /// A reviewer sends the application back to its owner.
        RequestRevision => "request-revision",
        /// The owner hands the improved application in.
        Resubmit => "resubmit",
        /// A reviewer or approver decides against it.
        Reject => "reject",
        /// A reviewer names the inspector and the slot.
        ScheduleInspection => "schedule-inspection",
        /// The inspector moves the slot.
        Reschedule => "reschedule",
        /// The inspector closes the inspection.
        CompleteInspection => "complete-inspection",
        /// An approver decides for it; the certificate is issued.
        Approve => "approve",
        /// The owner takes the application back.
        Withdraw => "withdraw",
    }
}

impl Status {
    /// Whether nothing can happen any more.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Certified | Self::Rejected | Self::Withdrawn | Self::Expired)
    }

    /// Whether the application stands in the way of another one for its farm and standard.
    pub fn is_live(self) -> bool {
        !self.is_final()
    }

    /// Whether a deadline that passes in this state ends the application.
    pub fn can_expire(self) -> bool {
        let mut rows = TRANSITIONS.iter();
        rows.any(|row| row.cause == Cause::DeadlinePassed && row.from.contains(&self))
    }
}

impl Action {
    /// Whether it must be said why.
    pub fn comment(self) -> Comment {
        let mut rows = TRANSITIONS.iter().filter(|row| row.cause == Cause::Asked(self));
        rows.next().map_or(Comment::Optional, |row| row.comment)
    }
}

#[cfg(test)]
mod tests;
