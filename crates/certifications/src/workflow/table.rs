//! The table of transitions.

use gacp_store::Role;

use super::{Action, Status};

/// What makes an application move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// Somebody asked for it.
    Asked(Action),
    /// What was paid covers the fee that is due.
    FeePaid,
    /// The owner's time is over.
    DeadlinePassed,
}

/// Who makes an application move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Who {
    /// The farmer whose application it is.
    Owner,
    /// Any reviewer.
    Reviewer,
    /// The inspector that was named.
    AssignedInspector,
    /// Any approver.
    Approver,
    /// A payment that finance recorded.
    Payment,
    /// The calendar.
    Deadline,
}

/// What must hold beside the state and the role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Guard {
    /// Owner, reviewer, inspector and approver of one application are different people.
    FourEyes,
    /// The farm is approved.
    FarmApproved,
    /// Fewer or as many revisions were requested as the standard includes in its fee.
    RevisionsIncluded,
    /// More revisions were requested than the standard includes in its fee.
    RevisionsExceeded,
    /// Every criterion that applies has an answer.
    InspectionComplete,
    /// The score reaches every limit, and no answer is major or critical.
    Passed,
}

/// Whether a step must be explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comment {
    /// A comment may be given.
    Optional,
    /// A comment must be given.
    Mandatory,
}

/// One way in which an application moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// What makes it move.
    pub cause: Cause,
    /// The states in which that can happen.
    pub from: &'static [Status],
    /// The state to which it leads.
    pub to: Status,
    /// Who does it.
    pub who: Who,
    /// What must hold beside that, in the order in which it is checked.
    pub guards: &'static [Guard],
    /// Whether it must be said why.
    pub comment: Comment,
}

impl Cause {
    /// The name under which history keeps it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asked(action) => action.as_str(),
            Self::FeePaid => "fee-paid",
            Self::DeadlinePassed => "deadline-passed",
        }
    }
}

impl Who {
    /// The role that can be it; nobody's where no person acts.
    pub fn role(self) -> Option<Role> {
        match self {
            Self::Owner => Some(Role::Farmer),
            Self::Reviewer => Some(Role::Reviewer),
            Self::AssignedInspector => Some(Role::Inspector),
            Self::Approver => Some(Role::Approver),
            Self::Payment | Self::Deadline => None,
        }
    }

    /// How the documentation names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Reviewer => "REVIEWER",
            Self::AssignedInspector => "the INSPECTOR named",
            Self::Approver => "APPROVER",
            Self::Payment => "payment",
            Self::Deadline => "deadline",
        }
    }
}

impl Guard {
    /// How the documentation names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FourEyes => "four eyes",
            Self::FarmApproved => "farm approved",
            Self::RevisionsIncluded => "revisions included in the fee",
            Self::RevisionsExceeded => "revisions exceeded",
            Self::InspectionComplete => "inspection complete",
            Self::Passed => "passed",
        }
    }
}

impl Transition {
    const fn new(cause: Cause, from: &'static [Status], to: Status, who: Who) -> Self {
        Self { cause, from, to, who, guards: &[], comment: Comment::Optional }
    }

    const fn asked(action: Action, from: &'static [Status], to: Status, who: Who) -> Self {
        Self::new(Cause::Asked(action), from, to, who)
    }

    const fn guarded(self, guards: &'static [Guard]) -> Self {
        Self { guards, ..self }
    }

    const fn explained(self) -> Self {
        Self { comment: Comment::Mandatory, ..self }
    }
}

/// Every way in which an application moves. Where one action has several rows for a state and a
/// role, the first whose guards hold is taken.
pub const TRANSITIONS: &[Transition] = &[
    Transition::asked(Action::Submit, &[Status::Draft], Status::AwaitingDocumentFee, Who::Owner)
        .guarded(&[Guard::FarmApproved]),
    Transition::new(
        Cause::FeePaid,
        &[Status::AwaitingDocumentFee],
        Status::UnderReview,
        Who::Payment,
    ),
    Transition::asked(
        Action::ApproveDocuments,
        &[Status::UnderReview],
        Status::AwaitingInspectionFee,
        Who::Reviewer,
    )
    .guarded(&[Guard::FourEyes]),
    Transition::asked(
        Action::RequestRevision,
        &[Status::UnderReview],
        Status::RevisionRequested,
        Who::Reviewer,
    )
    .guarded(&[Guard::FourEyes])
    .explained(),
    Transition::asked(
        Action::Resubmit,
        &[Status::RevisionRequested],
        Status::UnderReview,
        Who::Owner,
    )
    .guarded(&[Guard::RevisionsIncluded]),
    Transition::asked(
        Action::Resubmit,
        &[Status::RevisionRequested],
        Status::AwaitingDocumentFee,
        Who::Owner,
    )
    .guarded(&[Guard::RevisionsExceeded]),
    Transition::asked(Action::Reject, &[Status::UnderReview], Status::Rejected, Who::Reviewer)
        .guarded(&[Guard::FourEyes])
        .explained(),
    Transition::new(
        Cause::FeePaid,
        &[Status::AwaitingInspectionFee],
        Status::AwaitingInspection,
        Who::Payment,
    ),
    Transition::asked(
        Action::ScheduleInspection,
        &[Status::AwaitingInspection],
        Status::InspectionScheduled,
        Who::Reviewer,
    )
    .guarded(&[Guard::FourEyes]),
    Transition::asked(
        Action::Reschedule,
        &[Status::InspectionScheduled],
        Status::InspectionScheduled,
        Who::AssignedInspector,
    )
    .guarded(&[Guard::FourEyes]),
    Transition::asked(
        Action::CompleteInspection,
        &[Status::InspectionScheduled],
        Status::DecisionPending,
        Who::AssignedInspector,
    )
    .guarded(&[Guard::FourEyes, Guard::InspectionComplete]),
    Transition::asked(
        Action::Approve,
        &[Status::DecisionPending],
        Status::Certified,
        Who::Approver,
    )
    .guarded(&[Guard::FourEyes, Guard::Passed]),
    Transition::asked(Action::Reject, &[Status::DecisionPending], Status::Rejected, Who::Approver)
        .guarded(&[Guard::FourEyes])
        .explained(),
    Transition::asked(
        Action::Withdraw,
        &[
            Status::Draft,
            Status::AwaitingDocumentFee,
            Status::UnderReview,
            Status::RevisionRequested,
            Status::AwaitingInspectionFee,
            Status::AwaitingInspection,
            Status::InspectionScheduled,
        ],
        Status::Withdrawn,
        Who::Owner,
    ),
    Transition::new(
        Cause::DeadlinePassed,
        &[
            Status::Draft,
            Status::AwaitingDocumentFee,
            Status::RevisionRequested,
            Status::AwaitingInspectionFee,
        ],
        Status::Expired,
        Who::Deadline,
    ),
];
