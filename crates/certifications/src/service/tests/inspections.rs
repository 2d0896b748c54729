use super::*;
use crate::{Forbidden, Reason};

#[tokio::test]
async fn only_an_active_inspector_without_a_part_in_it_is_sent() {
    let office = Office::open().await;
    let ready = office.at_status(Status::AwaitingInspection).await;
    let schedule = async |inspector: AccountId| {
        let mut form = visit(0);
        form["inspectorId"] = json!(inspector);
        office.act(&ready, staff(Role::Reviewer), Action::ScheduleInspection, form).await
    };

    for nobody in [owner(), staff(Role::Reviewer).id, ready.application.owner()] {
        let outcome = schedule(nobody).await;
        assert_eq!(wrong(outcome), at_pointer("/inspectorId", "invalid-format"));
    }
    assert!(schedule(office.second_inspector.id).await.is_ok());
}

#[tokio::test]
async fn an_inspector_is_not_sent_to_two_places_at_once() {
    let office = Office::open().await;
    office.at_status(Status::InspectionScheduled).await;
    let mut other = office.draft("ไร่ขิงงาม").await;
    while other.application.status() != Status::AwaitingInspection {
        other = office.advance(&other).await;
    }
    let reviewer = staff(Role::Reviewer);

    let overlap = office.act(&other, reviewer, Action::ScheduleInspection, visit(1)).await;
    let after = office.act(&other, reviewer, Action::ScheduleInspection, visit(2)).await;

    assert_eq!(conflict(overlap), Conflict::InspectorBooked);
    assert!(after.is_ok(), "{after:?}");
}

#[tokio::test]
async fn the_inspector_moves_his_visit() {
    let office = Office::open().await;
    let scheduled = office.at_status(Status::InspectionScheduled).await;
    let form = json!({
        "startsAt": "2026-03-05T09:30:00+07:00", "endsAt": "2026-03-05T10:00:00+07:00",
        "mode": "video",
    });

    let other = office.second_inspector;
    let refused = office.act(&scheduled, other, Action::Reschedule, form.clone()).await;
    let inspector = staff(Role::Inspector);
    let moved = office.act(&scheduled, inspector, Action::Reschedule, form).await.unwrap();

    assert_eq!(forbidden_by(refused), Forbidden::NotAssigned);
    assert_eq!(moved.application.status(), Status::InspectionScheduled);
    let starts_at = moved.application.inspection().unwrap().slot().starts_at();
    assert_eq!(starts_at, "2026-03-05T02:30:00Z".parse().unwrap());
    assert_eq!(moved.application.booked_slots().len(), 1);
}

#[tokio::test]
async fn only_the_inspector_named_answers() {
    let office = Office::open().await;
    let scheduled = office.at_status(Status::InspectionScheduled).await;
    let criteria = [standard().criteria().next().unwrap().id.as_str()];
    let answer = async |by| office.answer(&scheduled, by, &criteria, "minor").await;

    assert_eq!(forbidden_by(answer(staff(Role::Reviewer)).await), Forbidden::Role);
    assert_eq!(forbidden_by(answer(farmer(&scheduled)).await), Forbidden::Role);
    assert_eq!(forbidden_by(answer(office.second_inspector).await), Forbidden::NotAssigned);
    assert!(answer(staff(Role::Inspector)).await.is_ok());
}

#[tokio::test]
async fn answers_that_are_sent_again_change_nothing() {
    let office = Office::open().await;
    let scheduled = office.at_status(Status::InspectionScheduled).await;

    let first = office.answer_all(&scheduled, "minor").await.unwrap();
    let again = office.answer_all(&scheduled, "minor").await.unwrap();
    let other = office.answer_all(&scheduled, "compliant").await.unwrap();

    assert_eq!(again.application, first.application);
    assert_eq!(other.application.revision(), first.application.revision().next());
}

#[tokio::test]
async fn answers_come_after_the_schedule_and_before_the_end() {
    let office = Office::open().await;
    let early = office.at_status(Status::AwaitingInspection).await;
    let criteria = [standard().criteria().next().unwrap().id.as_str()];
    let inspector = staff(Role::Inspector);

    let too_early = office.answer(&early, inspector, &criteria, "minor").await;
    let unknown = office.answer(&early, inspector, &["no-such-criterion"], "minor").await;
    let scheduled = office.advance(&early).await;
    let decidable = office.advance(&scheduled).await;
    let too_late = office.answer(&decidable, inspector, &criteria, "minor").await;

    assert_eq!(allowed_after(too_early), []);
    assert_eq!(wrong(unknown), at_pointer("/answers/0/criterion", "invalid-format"));
    assert_eq!(allowed_after(too_late), []);
}

#[tokio::test]
async fn an_inspection_ends_with_its_last_answer_and_not_before() {
    let office = Office::open().await;
    let scheduled = office.at_status(Status::InspectionScheduled).await;
    let inspector = staff(Role::Inspector);
    let scope = scheduled.application.scope().clone();
    let applicable = standard().categories().iter().flat_map(|one| one.applicable(&scope));
    let mut ids: Vec<&str> = applicable.map(|criterion| criterion.id.as_str()).collect();
    let last = ids.pop().unwrap();
    office.answer(&scheduled, inspector, &ids, "compliant").await.unwrap();
    let complete = async || {
        let form = json!({ "summary": "ครบถ้วน" });
        office.act(&scheduled, inspector, Action::CompleteInspection, form).await
    };

    let early = complete().await;
    office.answer(&scheduled, inspector, &[last], "compliant").await.unwrap();
    let done = complete().await.unwrap();

    assert_eq!(conflict(early), Conflict::InspectionIncomplete(vec![last.to_owned()]));
    assert_eq!(done.application.status(), Status::DecisionPending);
    assert_eq!(done.application.score().unwrap().total_bp, 10_000);
    assert_eq!(done.application.inspection().unwrap().summary(), Some("ครบถ้วน"));
}

#[tokio::test]
async fn one_major_answer_stands_against_approval() {
    let office = Office::open().await;
    let scheduled = office.at_status(Status::InspectionScheduled).await;
    let inspector = staff(Role::Inspector);
    let scope = scheduled.application.scope().clone();
    let mut applicable = standard().categories().iter().flat_map(|one| one.applicable(&scope));
    let criterion = applicable.next().unwrap().id.as_str();
    office.answer_all(&scheduled, "compliant").await.unwrap();
    office.answer(&scheduled, inspector, &[criterion], "major").await.unwrap();
    let form = json!({ "summary": "พบข้อบกพร่องสำคัญ" });
    let done = office.act(&scheduled, inspector, Action::CompleteInspection, form).await.unwrap();
    let approver = staff(Role::Approver);

    let approval = office.act(&done, approver, Action::Approve, json!({})).await;
    let comment = json!({ "comment": "พบข้อบกพร่องสำคัญ" });
    let rejection = office.act(&done, approver, Action::Reject, comment).await.unwrap();

    let Conflict::NotPassed(reasons) = conflict(approval) else { panic!("not passed") };
    assert!(reasons.contains(&Reason::MajorAnswer { criterion: criterion.to_owned() }));
    assert_eq!(rejection.application.status(), Status::Rejected);
    assert_eq!(rejection.application.certificate(), None);
}

#[tokio::test]
async fn whoever_reviewed_does_not_approve_under_another_role() {
    let office = Office::open().await;
    let decidable = office.at_status(Status::DecisionPending).await;
    let promoted = Actor { id: staff(Role::Reviewer).id, role: Role::Approver };
    let inspector = Actor { id: staff(Role::Inspector).id, role: Role::Approver };

    let reviewed = office.act(&decidable, promoted, Action::Approve, json!({})).await;
    let inspected = office.act(&decidable, inspector, Action::Approve, json!({})).await;

    assert_eq!(forbidden_by(reviewed), Forbidden::Reviewed);
    assert_eq!(forbidden_by(inspected), Forbidden::Inspected);
}

#[tokio::test]
async fn whoever_reviewed_is_not_sent_to_inspect_after_a_change_of_role() {
    let office = Office::open().await;
    let waiting = office.at_status(Status::UnderReview).await;
    let by = Actor { id: office.second_inspector.id, role: Role::Reviewer };
    let approved = office.act(&waiting, by, Action::ApproveDocuments, json!({})).await.unwrap();
    let ready = office.settle(&approved).await;
    let mut form = visit(0);
    form["inspectorId"] = json!(office.second_inspector.id);

    let outcome = office.act(&ready, staff(Role::Reviewer), Action::ScheduleInspection, form).await;

    assert_eq!(wrong(outcome), at_pointer("/inspectorId", "invalid-format"));
}
