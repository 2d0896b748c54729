use std::collections::BTreeSet;

use gacp_farms::FarmStatus;
use gacp_store::{Actor, Role};

use super::*;
use crate::contract::sample::{
    TO_DECISION, TO_SCHEDULED, application, approved_farm, inspected, journey, owner, owner_of,
    staff, standard, taken,
};
use crate::{Answer, Application, Step};

fn draft() -> Application {
    application(&approved_farm(owner(), "ไร่ขมิ้นทอง"), 1)
}

fn state(steps: usize) -> Application {
    journey(&draft()).swap_remove(steps)
}

fn facts(by: Actor) -> Facts<'static> {
    Facts { by, standard: standard(), farm: Some(FarmStatus::Approved) }
}

fn refusal(application: &Application, action: Action, by: Actor) -> Option<Refusal> {
    permit(application, action, &facts(by)).err()
}

#[test]
fn every_state_can_be_reached_from_a_draft() {
    let mut reached = BTreeSet::from([Status::Draft]);
    for _ in Status::ALL {
        let from_here =
            TRANSITIONS.iter().filter(|row| row.from.iter().any(|s| reached.contains(s)));
        let next: Vec<Status> = from_here.map(|row| row.to).collect();
        reached.extend(next);
    }

    assert_eq!(reached, Status::ALL.iter().copied().collect());
}

#[test]
fn nothing_leads_out_of_a_final_state_and_something_out_of_every_other() {
    for status in Status::ALL {
        let leads_on = TRANSITIONS.iter().any(|row| row.from.contains(status));

        assert_eq!(leads_on, !status.is_final(), "{status}");
        assert_ne!(status.is_live(), status.is_final());
    }
}

#[test]
fn every_action_has_a_row_and_its_rows_agree_on_the_comment() {
    for action in Action::ALL {
        let rows = TRANSITIONS.iter().filter(|row| row.cause == Cause::Asked(*action));
        let comments: Vec<Comment> = rows.map(|row| row.comment).collect();

        assert!(comments.iter().all(|comment| *comment == action.comment()), "{action}");
        assert!(!comments.is_empty(), "{action}");
    }
    let explained = Action::ALL.iter().filter(|action| action.comment() == Comment::Mandatory);
    assert_eq!(explained.copied().collect::<Vec<_>>(), [Action::RequestRevision, Action::Reject]);
}

#[test]
fn deadlines_end_what_waits_for_the_owner_and_nothing_else() {
    let expiring = Status::ALL.iter().copied().filter(|status| status.can_expire());

    assert_eq!(
        expiring.collect::<Vec<_>>(),
        [
            Status::Draft,
            Status::AwaitingDocumentFee,
            Status::RevisionRequested,
            Status::AwaitingInspectionFee,
        ]
    );
}

#[test]
fn a_role_that_never_takes_an_action_is_forbidden_and_one_that_does_is_too_early() {
    let draft = draft();

    let reviewer = refusal(&draft, Action::Approve, staff(Role::Reviewer));
    let approver = refusal(&draft, Action::Approve, staff(Role::Approver));

    assert_eq!(reviewer, Some(Refusal::Forbidden(Forbidden::Role)));
    assert_eq!(approver, Some(Refusal::WrongStatus));
}

#[test]
fn neither_finance_nor_an_administrator_takes_any_step() {
    for application in journey(&draft()) {
        for role in [Role::Finance, Role::Admin] {
            assert_eq!(allowed(&application, &facts(staff(role))), []);
        }
    }
}

#[test]
fn each_rejects_in_his_own_state_only() {
    let (under_review, decidable) = (state(2), state(TO_DECISION));
    let (reviewer, approver) = (staff(Role::Reviewer), staff(Role::Approver));
    let for_the_other = Some(Refusal::Forbidden(Forbidden::Role));

    assert_eq!(refusal(&under_review, Action::Reject, reviewer), None);
    assert_eq!(refusal(&under_review, Action::Reject, approver), for_the_other);
    assert_eq!(refusal(&decidable, Action::Reject, approver), None);
    assert_eq!(refusal(&decidable, Action::Reject, reviewer), for_the_other);
}

#[test]
fn where_nobody_rejects_it_is_the_state_that_is_wrong() {
    let states = journey(&draft());
    let rejectable = [Status::UnderReview, Status::DecisionPending];
    for application in states.iter().filter(|state| !rejectable.contains(&state.status())) {
        for role in [Role::Reviewer, Role::Approver] {
            let refused = refusal(application, Action::Reject, staff(role));
            assert_eq!(refused, Some(Refusal::WrongStatus), "{}", application.status());
        }
        let inspector = refusal(application, Action::Reject, staff(Role::Inspector));
        assert_eq!(inspector, Some(Refusal::Forbidden(Forbidden::Role)));
    }
}

#[test]
fn unanswered_criteria_are_counted_in_english() {
    let missing = |count| Refusal::InspectionIncomplete(vec![String::new(); count]).to_string();

    assert_eq!(missing(1), "1 criterion has no answer");
    assert_eq!(missing(2), "2 criteria have no answer");
}

#[test]
fn an_inspector_who_was_not_named_is_forbidden_once_somebody_is() {
    let other = Actor { id: owner(), role: Role::Inspector };

    let early = refusal(&state(2), Action::CompleteInspection, other);
    let late = refusal(&state(TO_SCHEDULED), Action::CompleteInspection, other);

    assert_eq!(early, Some(Refusal::WrongStatus));
    assert_eq!(late, Some(Refusal::Forbidden(Forbidden::NotAssigned)));
}

#[test]
fn an_account_that_changed_its_role_does_not_judge_twice() {
    let decidable = state(TO_DECISION);
    let as_approver = |actor: Actor| Actor { id: actor.id, role: Role::Approver };
    let reason = |by| forbidden(&decidable, Action::Approve, by);

    assert_eq!(reason(staff(Role::Approver)), None);
    assert_eq!(reason(as_approver(staff(Role::Reviewer))), Some(Forbidden::Reviewed));
    assert_eq!(reason(as_approver(staff(Role::Inspector))), Some(Forbidden::Inspected));
    assert_eq!(reason(as_approver(owner_of(&decidable))), Some(Forbidden::OwnApplication));
    let reviewer = Actor { id: staff(Role::Inspector).id, role: Role::Reviewer };
    let inspected = forbidden(&decidable, Action::ApproveDocuments, reviewer);
    assert_eq!(inspected, Some(Forbidden::Inspected));
}

#[test]
fn whoever_requests_a_revision_or_schedules_has_reviewed() {
    let under_review = state(2);
    let second = Actor { id: owner(), role: Role::Reviewer };

    let sent_back = taken(&under_review, Step::RequestRevision, second);
    let scheduled = state(TO_SCHEDULED);

    assert_eq!(sent_back.reviewers(), [second.id]);
    assert_eq!(scheduled.reviewers(), [staff(Role::Reviewer).id]);
}

#[test]
fn another_farmer_takes_no_step() {
    let other = Actor { id: owner(), role: Role::Farmer };

    let reason = forbidden(&draft(), Action::Submit, other);

    assert_eq!(reason, Some(Forbidden::NotOwner));
}

#[test]
fn only_an_approved_farm_is_submitted_for() {
    let draft = draft();
    let owner = owner_of(&draft);
    for farm in FarmStatus::ALL {
        let facts = Facts { farm: Some(farm), ..facts(owner) };
        let refused = permit(&draft, Action::Submit, &facts).err();

        assert_eq!(refused.is_none(), farm == FarmStatus::Approved, "{farm:?}");
        assert!(matches!(refused, None | Some(Refusal::FarmNotApproved)));
    }
}

#[test]
fn an_inspection_with_an_open_question_is_not_completed() {
    let scheduled = state(TO_SCHEDULED);
    let applicable = standard().categories().iter().flat_map(|c| c.applicable(scheduled.scope()));
    let ids: Vec<String> = applicable.map(|criterion| criterion.id.clone()).collect();

    let refused = refusal(&scheduled, Action::CompleteInspection, staff(Role::Inspector));

    assert_eq!(refused, Some(Refusal::InspectionIncomplete(ids)));
}

#[test]
fn an_inspection_that_was_not_passed_is_not_approved() {
    let failed = inspected(&state(TO_SCHEDULED), Answer::Major);

    let refused = refusal(&failed, Action::Approve, staff(Role::Approver));
    let rejection = refusal(&failed, Action::Reject, staff(Role::Approver));

    let Some(Refusal::NotPassed(reasons)) = refused else { panic!("{refused:?}") };
    assert_eq!(reasons, failed.score().unwrap().reasons);
    assert_eq!(rejection, None);
}

#[test]
fn offers_say_why_not() {
    let under_review = state(2);

    let offers = offers(&under_review, &facts(staff(Role::Reviewer)));

    let can: Vec<Action> =
        offers.iter().filter(|offer| offer.refusal.is_none()).map(|offer| offer.action).collect();
    assert_eq!(can, [Action::ApproveDocuments, Action::RequestRevision, Action::Reject]);
    assert_eq!(offers.len(), Action::ALL.len());
    let submit = offers.iter().find(|offer| offer.action == Action::Submit).unwrap();
    assert_eq!(
        submit.refusal.as_ref().unwrap().to_string(),
        "your role does not allow you to do this",
        "a reason that a reader understands"
    );
}

#[test]
fn a_deadline_passes_at_its_moment() {
    let draft = draft();
    let deadline = draft.deadline().unwrap();

    let just_before = draft.lapsed(deadline - jiff::SignedDuration::from_millis(1));
    let lapsed = draft.lapsed(deadline).unwrap();

    assert_eq!(just_before, None);
    assert_eq!(lapsed.application.status(), Status::Expired);
    assert_eq!(lapsed.application.deadline(), None);
    assert_eq!(lapsed.application.revision(), draft.revision().next());
    assert_eq!(state(2).lapsed(deadline), None, "staff may be late");
}

#[test]
fn names_are_read_as_they_are_written() {
    for action in Action::ALL {
        assert_eq!(action.as_str().parse(), Ok(*action));
    }
    for internal in ["fee-paid", "deadline-passed", "Submit", ""] {
        assert!(internal.parse::<Action>().is_err(), "{internal} is nobody's to ask for");
    }
}

#[test]
fn the_documentation_shows_the_table_as_it_is() {
    let page = include_str!("../../../../docs/workflow.md");
    let start = page.find(WORKFLOW_DOC_START).expect("the start marker");
    let end = page.find(WORKFLOW_DOC_END).expect("the end marker") + WORKFLOW_DOC_END.len();

    let shown = &page[start..end];

    assert_eq!(
        shown,
        render_workflow().trim_end(),
        "docs/workflow.md is out of date: \
         run `cargo run -p gacp-certifications --example workflow_doc`"
    );
}
