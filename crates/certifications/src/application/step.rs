//! The steps of an application: each goes through the table of transitions, none around it.

use gacp_store::AccountId;
use jiff::Timestamp;

use super::record::Record;
use super::{Application, till};
use crate::workflow::{Cause, Facts, Refusal, TRANSITIONS, Transition, permit};
use crate::{
    Action, Appointment, CertificateNumber, Fee, Inspection, InspectionMode, Payment, Slot,
    Standard, Status,
};

/// An action with what it needs.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// [`Action::Submit`].
    Submit,
    /// [`Action::ApproveDocuments`].
    ApproveDocuments,
    /// [`Action::RequestRevision`].
    RequestRevision,
    /// [`Action::Resubmit`].
    Resubmit,
    /// [`Action::Reject`].
    Reject,
    /// [`Action::ScheduleInspection`].
    ScheduleInspection(Appointment),
    /// [`Action::Reschedule`].
    Reschedule(Slot, InspectionMode),
    /// [`Action::CompleteInspection`], with what the inspector says of it all.
    CompleteInspection(String),
    /// [`Action::Approve`], with the number of the certificate.
    Approve(CertificateNumber),
    /// [`Action::Withdraw`].
    Withdraw,
}

/// That an application moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// Why.
    pub cause: Cause,
    /// Out of which state.
    pub from: Status,
    /// Into which state.
    pub to: Status,
}

/// An application after a step, and how it moved: more than once when a fee that became due was
/// covered already, not at all when something was only counted.
#[derive(Debug, Clone, PartialEq)]
pub struct Moved {
    /// The application as it is now.
    pub application: Application,
    /// Its moves, first to last.
    pub moves: Vec<Move>,
}

impl Step {
    /// Which action it is.
    pub fn action(&self) -> Action {
        match self {
            Self::Submit => Action::Submit,
            Self::ApproveDocuments => Action::ApproveDocuments,
            Self::RequestRevision => Action::RequestRevision,
            Self::Resubmit => Action::Resubmit,
            Self::Reject => Action::Reject,
            Self::ScheduleInspection(_) => Action::ScheduleInspection,
            Self::Reschedule(..) => Action::Reschedule,
            Self::CompleteInspection(_) => Action::CompleteInspection,
            Self::Approve(_) => Action::Approve,
            Self::Withdraw => Action::Withdraw,
        }
    }
}

impl Application {
    /// Takes a step. Fails with the [`Refusal`] of the table of transitions.
    pub fn take(self, step: Step, facts: &Facts<'_>, now: Timestamp) -> Result<Moved, Refusal> {
        let row = permit(&self, step.action(), facts)?;
        let mut record = self.0;
        record.note_reviewer(row, facts.by.id);
        record.carry_out(step, facts, now);
        let mut moves = vec![record.follow(row, facts.standard, now)];
        moves.extend(record.settle(facts.standard, now));
        Ok(Moved { application: Self(record).touched(now), moves })
    }

    /// Counts a payment; moves on when it covers the fee that is due.
    #[must_use]
    pub fn paid(self, payment: &Payment, standard: &Standard, now: Timestamp) -> Moved {
        let mut record = self.0;
        till::receive(&mut record.received, payment.kind, payment.amount_satang);
        let moves = record.settle(standard, now).into_iter().collect();
        Moved { application: Self(record).touched(now), moves }
    }

    /// Ends an application whose owner let a deadline pass; nothing if he did not.
    pub fn lapsed(&self, now: Timestamp) -> Option<Moved> {
        if !self.has_lapsed(now) {
            return None;
        }
        let mut record = self.0.clone();
        let moved = Move { cause: Cause::DeadlinePassed, from: record.status, to: Status::Expired };
        record.status = moved.to;
        record.deadline = None;
        Some(Moved { application: Self(record).touched(now), moves: vec![moved] })
    }
}

impl Record {
    fn note_reviewer(&mut self, row: &Transition, by: AccountId) {
        if row.who.reviews() && !self.reviewers.contains(&by) {
            self.reviewers.push(by);
        }
    }

    /// What a step changes beside the state.
    fn carry_out(&mut self, step: Step, facts: &Facts<'_>, now: Timestamp) {
        match step {
            Step::RequestRevision => {
                self.revisions_requested = self.revisions_requested.saturating_add(1);
            }
            Step::ScheduleInspection(appointment) => {
                self.inspection = Some(Inspection::planned(appointment));
            }
            Step::Reschedule(slot, mode) => {
                self.inspection = self.inspection.take().map(|plan| plan.moved(slot, mode));
            }
            Step::CompleteInspection(summary) => {
                self.score = facts.score_of(self.inspection.as_ref(), &self.scope).ok();
                self.inspection = self.inspection.take().map(|i| i.completed(summary, now));
            }
            Step::Approve(number) => self.certificate = Some(number),
            Step::Submit
            | Step::ApproveDocuments
            | Step::Resubmit
            | Step::Reject
            | Step::Withdraw => {}
        }
    }

    /// Enters the state to which a row leads; its deadline begins, and its fee becomes due.
    fn follow(&mut self, row: &Transition, standard: &Standard, now: Timestamp) -> Move {
        let moved = Move { cause: row.cause, from: self.status, to: row.to };
        self.status = row.to;
        self.deadline = till::deadline_in(row.to, standard, now);
        if let (Some(kind), Some(due_at)) = (till::fee_in(row.to), self.deadline) {
            let amount_satang = till::amount(kind, standard, now);
            self.fees.push(Fee { kind, amount_satang, due_at, paid_at: None });
        }
        moved
    }

    /// Moves on when the fee for which the application waits is covered.
    fn settle(&mut self, standard: &Standard, now: Timestamp) -> Option<Move> {
        let waits =
            |row: &&Transition| row.cause == Cause::FeePaid && row.from.contains(&self.status);
        let row = TRANSITIONS.iter().find(waits)?;
        let owed = *till::owed(&self.fees)?;
        if !till::covers(&self.received, &self.fees, &owed) {
            return None;
        }
        let unpaid = self.fees.iter_mut().filter(|fee| fee.paid_at.is_none());
        unpaid.for_each(|fee| fee.paid_at = Some(now));
        Some(self.follow(row, standard, now))
    }
}
