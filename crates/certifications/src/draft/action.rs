//! What an action needs: one form for all of them, read by the rules of one.

use gacp_store::{AccountId, Violation, Violations};
use garde::Validate;
use jiff::Timestamp;
use serde::Deserialize;

use crate::{Action, Appointment, Comment, InspectionMode, Slot, Step};

/// What comes with an action. Each action takes a comment and the fields that are named with it;
/// every other field is refused.
#[derive(Debug, Clone, Default, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActionDraft {
    /// What there is to say; mandatory for `request-revision` and `reject`.
    #[garde(length(chars, max = 2_000))]
    pub comment: Option<String>,
    /// `schedule-inspection`: who inspects.
    #[garde(skip)]
    pub inspector_id: Option<String>,
    /// `schedule-inspection`, `reschedule`: when it begins. It may be over: an
    /// inspection that was made is recorded too.
    #[garde(skip)]
    pub starts_at: Option<String>,
    /// `schedule-inspection`, `reschedule`: when it ends; within 12 hours.
    #[garde(skip)]
    pub ends_at: Option<String>,
    /// `schedule-inspection`, `reschedule`: how it is done.
    #[garde(skip)]
    pub mode: Option<InspectionMode>,
    /// `complete-inspection`: what the inspector says of it all.
    #[garde(length(chars, max = 4_000))]
    pub summary: Option<String>,
}

/// What an action comes to, once what came with it is read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Wish {
    /// A step that needs nothing else.
    Take(Step),
    /// The approval, which still needs a number.
    Certify,
}

/// Reads fields one by one and collects what is wrong with them.
struct Reader {
    action: Action,
    violations: Vec<Violation>,
}

impl ActionDraft {
    /// Reads the form by the rules of an action. Fails with everything that is wrong with it.
    pub(crate) fn read(self, action: Action) -> Result<Wish, Violations> {
        let mut reader = Reader { action, violations: Vec::new() };
        reader.comment(self.comment.as_deref());
        let wish = reader.wish(self);
        match (Violations::of(reader.violations), wish) {
            (None, Some(wish)) => Ok(wish),
            (Some(violations), _) => Err(violations),
            // Nothing is left out without a violation.
            (None, None) => Err(Violations::one("", "required")),
        }
    }
}

impl Reader {
    fn wish(&mut self, draft: ActionDraft) -> Option<Wish> {
        let ActionDraft { comment: _, inspector_id, starts_at, ends_at, mode, summary } = draft;
        let names_inspector = self.action == Action::ScheduleInspection;
        let plans = names_inspector || self.action == Action::Reschedule;
        let concludes = self.action == Action::CompleteInspection;
        let inspector_id = self.field("/inspectorId", inspector_id, names_inspector);
        let starts_at = self.field("/startsAt", starts_at, plans);
        let ends_at = self.field("/endsAt", ends_at, plans);
        let mode = self.field("/mode", mode, plans);
        let summary = self.field("/summary", summary, concludes);

        let summary = summary.and_then(|text| self.said("/summary", text));
        let inspector = inspector_id.and_then(|id| self.account("/inspectorId", &id));
        let slot = self.slot(starts_at, ends_at);
        self.step(inspector, slot.zip(mode), summary)
    }

    fn step(
        &self,
        inspector: Option<AccountId>,
        plan: Option<(Slot, InspectionMode)>,
        summary: Option<String>,
    ) -> Option<Wish> {
        let step = match self.action {
            Action::Approve => return Some(Wish::Certify),
            Action::Submit => Step::Submit,
            Action::ApproveDocuments => Step::ApproveDocuments,
            Action::RequestRevision => Step::RequestRevision,
            Action::Resubmit => Step::Resubmit,
            Action::Reject => Step::Reject,
            Action::Withdraw => Step::Withdraw,
            Action::ScheduleInspection => {
                let ((slot, mode), inspector) = plan.zip(inspector)?;
                Step::ScheduleInspection(Appointment { inspector, slot, mode })
            }
            Action::Reschedule => plan.map(|(slot, mode)| Step::Reschedule(slot, mode))?,
            Action::CompleteInspection => Step::CompleteInspection(summary?),
        };
        Some(Wish::Take(step))
    }

    fn comment(&mut self, comment: Option<&str>) {
        let blank = comment.is_none_or(|text| text.trim().is_empty());
        if blank && self.action.comment() == Comment::Mandatory {
            self.refuse("/comment", "required");
        }
    }

    /// A field that an action either takes or does not know.
    fn field<T>(&mut self, pointer: &str, value: Option<T>, taken: bool) -> Option<T> {
        match (&value, taken) {
            (None, true) => self.refuse(pointer, "required"),
            (Some(_), false) => self.refuse(pointer, "unknown-field"),
            (Some(_), true) | (None, false) => {}
        }
        value.filter(|_| taken)
    }

    fn said(&mut self, pointer: &str, text: String) -> Option<String> {
        if text.trim().is_empty() {
            self.refuse(pointer, "required");
            return None;
        }
        Some(text)
    }

    fn account(&mut self, pointer: &str, text: &str) -> Option<AccountId> {
        let id = AccountId::parse(text).ok();
        if id.is_none() {
            self.refuse(pointer, "invalid-format");
        }
        id
    }

    fn moment(&mut self, pointer: &str, text: &str) -> Option<Timestamp> {
        let at = text.parse().ok();
        if at.is_none() {
            self.refuse(pointer, "invalid-format");
        }
        at
    }

    /// A slot, in the past as well: an inspection that was made is recorded too.
    fn slot(&mut self, starts_at: Option<String>, ends_at: Option<String>) -> Option<Slot> {
        let starts_at = starts_at.and_then(|text| self.moment("/startsAt", &text));
        let ends_at = ends_at.and_then(|text| self.moment("/endsAt", &text));
        let (starts_at, ends_at) = starts_at.zip(ends_at)?;
        let slot = Slot::new(starts_at, ends_at).ok();
        if slot.is_none() {
            // Both faults are the end's: it comes too early or too late.
            self.refuse("/endsAt", "out-of-range");
        }
        slot
    }

    fn refuse(&mut self, pointer: &str, code: &str) {
        self.violations.push(Violation::new(pointer, code));
    }
}
