//! The life of a farm: which action leads from where to where, and whose it is.

use gacp_store::Role;
use serde::{Deserialize, Serialize};

use crate::name::names;

/// Where a farm stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum FarmStatus {
    /// Its owner is still describing it.
    Draft,
    /// Waits for somebody to review it.
    PendingReview,
    /// Somebody reviews it.
    UnderReview,
    /// It may be certified.
    Approved,
    /// It was refused; its owner may correct it and submit it again.
    Rejected,
    /// It was approved, and is not for the time being.
    Suspended,
    /// It is kept for the record only.
    Archived,
}

names!(FarmStatus {
    Draft => "draft",
    PendingReview => "pending-review",
    UnderReview => "under-review",
    Approved => "approved",
    Rejected => "rejected",
    Suspended => "suspended",
    Archived => "archived",
});

/// What can be done to a farm besides describing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum FarmAction {
    /// Hands it in for review.
    Submit,
    /// Takes it up for review.
    StartReview,
    /// Finds it fit to be certified.
    Approve,
    /// Sends it back to its owner.
    Reject,
    /// Takes the approval away for the time being.
    Suspend,
    /// Gives the approval back.
    Reinstate,
}

names!(FarmAction {
    Submit => "submit",
    StartReview => "start-review",
    Approve => "approve",
    Reject => "reject",
    Suspend => "suspend",
    Reinstate => "reinstate",
});

/// Whose an action is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    /// The farmer who holds the farm.
    Owner,
    /// A `REVIEWER` or an `APPROVER`.
    Reviewers,
}

/// One line of the table: the action leads from one state to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// What is done.
    pub action: FarmAction,
    /// The state that it needs.
    pub from: FarmStatus,
    /// The state that it leads to.
    pub to: FarmStatus,
}

/// Everything that actions can do; what is not in it cannot be done.
///
/// A farm can be decided on without being taken up first: whoever may review may do it at once.
/// Archiving and the owner's changes are no actions: see [`FarmStatus::after_edit`].
pub const TRANSITIONS: [Transition; 9] = {
    use FarmAction::{Approve, Reinstate, Reject, StartReview, Submit, Suspend};
    use FarmStatus::{Approved, Draft, PendingReview, Rejected, Suspended, UnderReview};
    [
        row(Submit, Draft, PendingReview),
        row(Submit, Rejected, PendingReview),
        row(StartReview, PendingReview, UnderReview),
        row(Approve, PendingReview, Approved),
        row(Approve, UnderReview, Approved),
        row(Reject, PendingReview, Rejected),
        row(Reject, UnderReview, Rejected),
        row(Suspend, Approved, Suspended),
        row(Reinstate, Suspended, Approved),
    ]
};

const fn row(action: FarmAction, from: FarmStatus, to: FarmStatus) -> Transition {
    Transition { action, from, to }
}

impl FarmStatus {
    /// Where an action leads from here; nowhere when the table has no such line.
    pub fn after(self, action: FarmAction) -> Option<Self> {
        let line = TRANSITIONS.iter().find(|line| line.action == action && line.from == self);
        line.map(|line| line.to)
    }

    /// The actions that lead somewhere from here.
    pub fn actions(self) -> Vec<FarmAction> {
        TRANSITIONS.iter().filter(|line| line.from == self).map(|line| line.action).collect()
    }

    /// Where a change by the owner leads: what was approved has to be reviewed again. Nowhere
    /// while it is being reviewed, suspended or archived.
    pub fn after_edit(self) -> Option<Self> {
        match self {
            Self::Draft | Self::Rejected => Some(self),
            Self::Approved => Some(Self::PendingReview),
            Self::PendingReview | Self::UnderReview | Self::Suspended | Self::Archived => None,
        }
    }
}

impl FarmAction {
    /// Whose the action is.
    pub fn party(self) -> Party {
        match self {
            Self::Submit => Party::Owner,
            Self::StartReview | Self::Approve | Self::Reject | Self::Suspend | Self::Reinstate => {
                Party::Reviewers
            }
        }
    }

    /// Whether the action has to be explained to the owner.
    pub fn needs_comment(self) -> bool {
        matches!(self, Self::Reject | Self::Suspend)
    }
}

impl Party {
    /// Whether somebody in this role, who may see the farm, belongs to the party. The only farmer
    /// who may see a farm is its owner.
    pub fn includes(self, role: Role) -> bool {
        match self {
            Self::Owner => role == Role::Farmer,
            Self::Reviewers => matches!(role, Role::Reviewer | Role::Approver),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_actions_of_a_status_are_those_that_lead_somewhere() {
        for status in FarmStatus::ALL {
            for action in FarmAction::ALL {
                let listed = status.actions().contains(&action);
                assert_eq!(listed, status.after(action).is_some(), "{status:?} {action:?}");
            }
        }
    }

    #[test]
    fn a_rejected_farm_can_be_submitted_again_and_an_archived_one_is_beyond_actions() {
        let again = FarmStatus::Rejected.after(FarmAction::Submit);

        assert_eq!(again, Some(FarmStatus::PendingReview));
        assert_eq!(FarmStatus::Archived.actions(), []);
    }

    #[test]
    fn only_farmers_submit_and_only_reviewers_and_approvers_decide() {
        let able = |action: FarmAction| {
            Role::ALL.into_iter().filter(|&role| action.party().includes(role)).collect::<Vec<_>>()
        };

        assert_eq!(able(FarmAction::Submit), [Role::Farmer]);
        for action in FarmAction::ALL.into_iter().filter(|&action| action != FarmAction::Submit) {
            assert_eq!(able(action), [Role::Reviewer, Role::Approver], "{action:?}");
        }
    }
}
