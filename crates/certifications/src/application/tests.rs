use gacp_store::Role;
use jiff::SignedDuration;

use super::*;
use crate::contract::sample::{
    TO_DECISION, TO_SCHEDULED, answers, application, approved_farm, at, journey, later, owner,
    owner_of, paid, payment, settled, staff, standard, taken,
};
use crate::workflow::Facts;
use crate::{Answer, FeeKind};

mod properties;

const DOCUMENT_FEE: u64 = 500_000;

fn draft() -> Application {
    application(&approved_farm(owner(), "ไร่ขมิ้นทอง"), 1)
}

fn state(steps: usize) -> Application {
    journey(&draft()).swap_remove(steps)
}

fn statuses(moves: &[Move]) -> Vec<(&'static str, Status, Status)> {
    moves.iter().map(|step| (step.cause.as_str(), step.from, step.to)).collect()
}

#[test]
fn the_straight_way_leads_through_every_stage() {
    let states = journey(&draft());

    let passed: Vec<Status> = states.iter().map(Application::status).collect();

    assert_eq!(
        passed,
        [
            Status::Draft,
            Status::AwaitingDocumentFee,
            Status::UnderReview,
            Status::AwaitingInspectionFee,
            Status::AwaitingInspection,
            Status::InspectionScheduled,
            Status::DecisionPending,
            Status::Certified,
        ]
    );
    assert!(states.is_sorted_by(|a, b| b.revision().previous() == a.revision()));
}

#[test]
fn every_state_survives_its_store() {
    for state in journey(&draft()) {
        let stored = serde_json::to_string(&state).unwrap();

        assert_eq!(serde_json::from_str::<Application>(&stored).unwrap(), state);
    }
}

#[test]
fn deadlines_are_those_of_the_standard() {
    let days = |application: &Application| {
        let opened = application.updated_at();
        let deadline = application.deadline()?;
        // From the end of the day on which the state was entered: 17:00 UTC.
        Some((deadline - SignedDuration::from_secs(1)).duration_since(opened).as_hours() / 24)
    };

    let found: Vec<_> = journey(&draft()).iter().map(days).collect();

    assert_eq!(found, [Some(30), Some(7), Some(14), Some(14), None, None, None, None]);
    let sent_back = taken(&state(2), Step::RequestRevision, staff(Role::Reviewer));
    assert_eq!(days(&sent_back), Some(30));
}

#[test]
fn fees_appear_when_they_become_due() {
    let kinds = |steps| {
        let fees = state(steps).fees().to_vec();
        fees.iter()
            .map(|fee| (fee.kind, fee.amount_satang, fee.paid_at.is_some()))
            .collect::<Vec<_>>()
    };

    assert_eq!(kinds(0), []);
    assert_eq!(kinds(1), [(FeeKind::DocumentReview, DOCUMENT_FEE, false)]);
    assert_eq!(kinds(2), [(FeeKind::DocumentReview, DOCUMENT_FEE, true)]);
    assert_eq!(kinds(3)[1], (FeeKind::Inspection, 2_500_000, false));
    let submitted = state(1);
    assert_eq!(Some(submitted.fees()[0].due_at), submitted.deadline());
}

#[test]
fn a_fee_can_be_paid_in_parts() {
    let submitted = state(1);
    let part = payment(&submitted, FeeKind::DocumentReview, DOCUMENT_FEE - 1, "KB-1");
    let rest = payment(&submitted, FeeKind::DocumentReview, 1, "KB-2");

    let partly = submitted.paid(&part, standard(), part.recorded_at);
    let wholly = partly.application.clone().paid(&rest, standard(), rest.recorded_at);

    assert_eq!(partly.moves, []);
    assert_eq!(partly.application.status(), Status::AwaitingDocumentFee);
    assert_eq!(
        statuses(&wholly.moves),
        [("fee-paid", Status::AwaitingDocumentFee, Status::UnderReview)]
    );
    assert_eq!(wholly.application.fees()[0].paid_at, Some(rest.recorded_at));
}

#[test]
fn what_is_paid_for_something_else_moves_nothing() {
    let submitted = state(1);
    let other = payment(&submitted, FeeKind::Inspection, 2_500_000, "KB-1");

    let after = submitted.paid(&other, standard(), other.recorded_at);

    assert_eq!(after.moves, []);
    assert_eq!(after.application.received_satang(FeeKind::Inspection), 2_500_000);
}

#[test]
fn what_was_paid_too_early_counts_when_the_fee_becomes_due() {
    let draft = draft();
    let early = payment(&draft, FeeKind::DocumentReview, DOCUMENT_FEE, "KB-1");
    let prepaid = paid(&draft, &early);
    let facts = Facts {
        by: owner_of(&prepaid),
        standard: standard(),
        farm: Some(gacp_farms::FarmStatus::Approved),
    };

    let Moved { application, moves } = prepaid.take(Step::Submit, &facts, at(9_000)).unwrap();

    assert_eq!(
        statuses(&moves),
        [
            ("submit", Status::Draft, Status::AwaitingDocumentFee),
            ("fee-paid", Status::AwaitingDocumentFee, Status::UnderReview)
        ]
    );
    assert_eq!(application.fees()[0].paid_at, Some(at(9_000)));
    assert_eq!(application.revision().get(), 3, "one payment, one step");
}

#[test]
fn what_was_paid_twice_counts_for_the_next_fee_of_its_kind() {
    let submitted = state(1);
    let twice = payment(&submitted, FeeKind::DocumentReview, 2 * DOCUMENT_FEE, "KB-1");
    let mut application = paid(&submitted, &twice);

    for _ in 0..3 {
        application = sent_back_and_in(&application);
    }

    assert_eq!(application.status(), Status::UnderReview, "the second document fee was paid, too");
    let fees = application.fees();
    assert!(fees.len() == 2 && fees.iter().all(|fee| fee.paid_at.is_some()), "{fees:?}");
}

#[test]
fn more_than_two_revisions_cost_another_fee() {
    let mut application = state(2);

    application = sent_back_and_in(&sent_back_and_in(&application));
    assert_eq!((application.status(), application.fees().len()), (Status::UnderReview, 1));
    application = sent_back_and_in(&application);

    assert_eq!(application.status(), Status::AwaitingDocumentFee);
    assert_eq!(application.revisions_requested(), 3);
    assert_eq!(settled(&application).status(), Status::UnderReview);
    assert_eq!(settled(&application).fees().len(), 2);
}

fn sent_back_and_in(application: &Application) -> Application {
    let sent_back = taken(application, Step::RequestRevision, staff(Role::Reviewer));
    taken(&sent_back, Step::Resubmit, owner_of(&sent_back))
}

#[test]
fn money_for_an_application_that_ended_is_still_counted() {
    let submitted = state(1);
    let ended = submitted.lapsed(submitted.deadline().unwrap()).unwrap().application;
    let late = payment(&ended, FeeKind::DocumentReview, DOCUMENT_FEE, "KB-1");

    let after = paid(&ended, &late);

    assert_eq!(after.status(), Status::Expired);
    assert_eq!(after.received_satang(FeeKind::DocumentReview), DOCUMENT_FEE);
    let stored = serde_json::to_string(&after).unwrap();
    assert_eq!(serde_json::from_str::<Application>(&stored).unwrap(), after);
}

#[test]
fn the_same_answers_again_are_no_change() {
    let scheduled = state(TO_SCHEDULED);
    let sheet = answers(Answer::Minor, later(&scheduled));
    let answered = scheduled.answered(sheet.clone(), at(90_000));

    let again = answered.clone().answered(sheet.clone(), at(99_000));
    let unscheduled = draft().answered(sheet, at(99_000));

    assert_eq!(again, answered);
    assert_eq!(unscheduled.inspection(), None);
}

#[test]
fn only_a_scheduled_inspection_holds_its_slot() {
    let held: Vec<usize> =
        journey(&draft()).iter().map(|state| state.booked_slots().len()).collect();

    assert_eq!(held, [0, 0, 0, 0, 0, 4, 0, 0]);
}

#[test]
fn an_illegal_record_is_not_read() {
    let broken = |steps: usize, field: &str, value: serde_json::Value| {
        let mut record = serde_json::to_value(state(steps)).unwrap();
        record[field] = value;
        serde_json::from_value::<Application>(record).map_err(|error| error.to_string())
    };
    let null = serde_json::Value::Null;
    let cases = [
        (0, "plots", serde_json::json!([]), IllegalApplication::NoPlots),
        (0, "deadline", null.clone(), IllegalApplication::Deadline),
        (1, "fees", serde_json::json!([]), IllegalApplication::Fee),
        (0, "status", serde_json::json!("awaiting-document-fee"), IllegalApplication::Fee),
        (TO_SCHEDULED, "inspection", null.clone(), IllegalApplication::Inspection),
        (TO_DECISION, "score", null.clone(), IllegalApplication::Score),
        (7, "certificate", null, IllegalApplication::Certificate),
    ];

    for (steps, field, value, expected) in cases {
        assert_eq!(broken(steps, field, value), Err(expected.to_string()), "{field}");
    }
}
