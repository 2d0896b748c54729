use gacp_store::Precondition;

use super::*;
use crate::Forbidden;

#[tokio::test]
async fn an_application_goes_all_the_way_to_its_certificate() {
    let office = Office::open().await;

    let certified = office.at_status(Status::Certified).await;

    let number = certified.application.certificate().unwrap();
    let certificate =
        office.desk.certificate(farmer(&certified), &number.to_string()).await.unwrap();
    assert_eq!(number.to_string().get(..18), Some("GACP-TH-2026-00000"));
    assert_eq!(certificate.grant().application, certified.application.id());
    assert_eq!(certificate.grant().plot_count, 2);
    assert!(certificate.grant().area_m2 > 20_000.0);
    assert_eq!(
        office.told(history::of_application(certified.application.id())).await,
        [
            "created",
            "submit",
            "payment-recorded",
            "fee-paid",
            "approve-documents",
            "payment-recorded",
            "fee-paid",
            "schedule-inspection",
            "answers",
            "complete-inspection",
            "approve",
        ]
    );
    assert_eq!(office.told(history::of_certificate(certificate.id())).await, ["issued"]);
}

#[tokio::test]
async fn history_names_who_what_and_why() {
    let office = Office::open().await;
    let waiting = office.at_status(Status::UnderReview).await;
    let reviewer = staff(Role::Reviewer);
    let reason = json!({ "comment": "ขาดผังแปลง" });
    office.act(&waiting, reviewer, Action::RequestRevision, reason).await.unwrap();

    let id = waiting.application.id();
    let first = PageRequest::first(1);
    let page = office.desk.history(farmer(&waiting), id, &first, office.now).await.unwrap();

    let entry = &page.items[0];
    assert_eq!((entry.action.as_str(), entry.by), ("request-revision", Some(reviewer)));
    assert_eq!(
        (entry.from.as_deref(), entry.to.as_deref()),
        (Some("under-review"), Some("revision-requested"))
    );
    assert_eq!(entry.comment.as_deref(), Some("ขาดผังแปลง"));
    assert_eq!(entry.request_id.as_deref(), Some("request-7"));
}

#[tokio::test]
async fn everybody_is_offered_his_own_steps() {
    let office = Office::open().await;
    let draft = office.draft("ไร่ขมิ้นทอง").await;
    let id = draft.application.id();

    assert_eq!(can(&draft), [Action::Submit, Action::Withdraw]);
    assert_eq!(can(&office.read(staff(Role::Reviewer), id).await.unwrap()), []);
    let submitted = office.advance(&draft).await;
    let reviewed = office.advance(&submitted).await;
    assert_eq!(can(&reviewed), [Action::Withdraw]);
    assert_eq!(
        can(&office.read(staff(Role::Reviewer), id).await.unwrap()),
        [Action::ApproveDocuments, Action::RequestRevision, Action::Reject]
    );
}

#[tokio::test]
async fn a_stranger_finds_nothing() {
    let office = Office::open().await;
    let draft = office.draft("ไร่ขมิ้นทอง").await;

    let read = office.read(stranger(), draft.application.id()).await;
    let acted = office.act(&draft, stranger(), Action::Withdraw, json!({})).await;
    let page = PageRequest::first(10);
    let filter = ApplicationFilter { owner: Some(draft.application.owner()), ..Default::default() };
    let listed = office.desk.list(stranger(), &filter, &page, office.now).await.unwrap();

    assert!(matches!(read, Err(CertificationError::NotFound)), "{read:?}");
    assert!(matches!(acted, Err(CertificationError::NotFound)), "{acted:?}");
    assert_eq!(listed.page.items, []);
}

#[tokio::test]
async fn finance_reads_fees_and_nothing_else() {
    let office = Office::open().await;
    let submitted = office.at_status(Status::AwaitingDocumentFee).await;
    let (id, finance) = (submitted.application.id(), staff(Role::Finance));
    let page = PageRequest::first(10);

    let read = office.read(finance, id).await.unwrap();
    let filter = ApplicationFilter::default();
    let listed = office.desk.list(finance, &filter, &page, office.now).await.unwrap();
    let history = office.desk.history(finance, id, &page, office.now).await;

    assert_eq!((read.reading, listed.reading), (Reading::FeesOnly, Reading::FeesOnly));
    assert_eq!(office.read(staff(Role::Admin), id).await.unwrap().reading, Reading::Full);
    assert_eq!(forbidden_by(history), Forbidden::Role);
}

#[tokio::test]
async fn refusals_come_in_their_order() {
    let office = Office::open().await;
    let draft = office.draft("ไร่ขมิ้นทอง").await;
    let (farmer, approver) = (farmer(&draft), staff(Role::Approver));
    let unsaid = Target { id: draft.application.id(), expected: Expected::Unsaid };
    let stale = Target { expected: Expected::OneOf(vec![9.into()]), ..unsaid.clone() };
    let any = Target { expected: Expected::Any, ..unsaid.clone() };
    let bad = || Violations::check(long_comment());
    let act = async |by, target, action, draft| {
        office.desk.act(&office.by(by), target, action, draft).await
    };

    let absent = Target { id: ApplicationId::at(office.now), expected: Expected::Unsaid };
    let outcome = act(farmer, &absent, Action::Approve, bad()).await;
    assert!(matches!(outcome, Err(CertificationError::NotFound)), "{outcome:?}");
    let outcome = act(farmer, &unsaid, Action::Approve, bad()).await;
    assert_eq!(forbidden_by(outcome), Forbidden::Role);
    let outcome = act(approver, &unsaid, Action::Approve, bad()).await;
    assert!(matches!(outcome, Err(CertificationError::Precondition(Precondition::Required))));
    let outcome = act(approver, &stale, Action::Approve, bad()).await;
    assert!(matches!(outcome, Err(CertificationError::Precondition(Precondition::Stale))));
    let outcome = act(approver, &any, Action::Approve, bad()).await;
    assert_eq!(wrong(outcome), at_pointer("/comment", "too-long"));
    let good = Violations::check(ActionDraft::default());
    let outcome = act(approver, &any, Action::Approve, good).await;
    assert_eq!(allowed_after(outcome), []);
}

#[tokio::test]
async fn a_rejection_that_another_role_makes_here_is_forbidden_before_all_else() {
    let office = Office::open().await;
    let waiting = office.at_status(Status::UnderReview).await;
    let reject = async |dossier: &Dossier, role| {
        let target = Target { id: dossier.application.id(), expected: Expected::Unsaid };
        let bad = Violations::check(long_comment());
        office.desk.act(&office.by(staff(role)), &target, Action::Reject, bad).await
    };

    let approver = reject(&waiting, Role::Approver).await;
    let mut decidable = waiting;
    while decidable.application.status() != Status::DecisionPending {
        decidable = office.advance(&decidable).await;
    }
    let reviewer = reject(&decidable, Role::Reviewer).await;

    assert_eq!(forbidden_by(approver), Forbidden::Role);
    assert_eq!(forbidden_by(reviewer), Forbidden::Role);
}

fn long_comment() -> ActionDraft {
    ActionDraft { comment: Some("ก".repeat(2_001)), ..ActionDraft::default() }
}

#[tokio::test]
async fn an_impossible_step_names_the_possible_ones() {
    let office = Office::open().await;
    let draft = office.draft("ไร่ขมิ้นทอง").await;

    let outcome = office.act(&draft, farmer(&draft), Action::Resubmit, json!({})).await;

    assert_eq!(allowed_after(outcome), [Action::Submit, Action::Withdraw]);
}

#[tokio::test]
async fn an_old_version_is_not_acted_on() {
    let office = Office::open().await;
    let draft = office.draft("ไร่ขมิ้นทอง").await;
    let seen = Expected::OneOf(vec![draft.application.revision()]);
    office.advance(&draft).await;

    let target = Target { id: draft.application.id(), expected: seen };
    let form = Violations::check(ActionDraft::default());
    let attempt = office.by(farmer(&draft));
    let outcome = office.desk.act(&attempt, &target, Action::Withdraw, form).await;

    assert!(matches!(outcome, Err(CertificationError::Precondition(Precondition::Stale))));
}

#[tokio::test]
async fn a_farm_that_is_not_approved_is_not_submitted_for() {
    let office = Office::open().await;
    let farm = gacp_farms::contract::sample::farm_with_plots(owner(), "ไร่ขมิ้นทอง");
    office.keep_farm(&farm).await;
    let draft = office.apply(holder(&farm), form(&farm)).await.unwrap();

    let outcome = office.act(&draft, holder(&farm), Action::Submit, json!({})).await;

    assert_eq!(conflict(outcome), Conflict::FarmNotEligible);
    assert_eq!(can(&draft), [Action::Withdraw]);
    assert_eq!(office.farm_now(farm.id()).await.status(), FarmStatus::Draft);
}

#[tokio::test]
async fn a_revision_is_revised_and_handed_in_again() {
    let office = Office::open().await;
    let waiting = office.at_status(Status::UnderReview).await;
    let reason = json!({ "comment": "แปลงไม่ตรงกับโฉนด" });
    let reviewer = staff(Role::Reviewer);
    let back = office.act(&waiting, reviewer, Action::RequestRevision, reason).await.unwrap();
    let owner = farmer(&waiting);
    let patch = json!({ "plotIds": [back.application.plots()[0]], "purpose": "export" });
    let patch = Violations::check(serde_json::from_value(patch).unwrap());
    let target = Target { id: back.application.id(), expected: Expected::Any };

    let revised = office.desk.revise(&office.by(owner), &target, patch).await.unwrap();
    let again = office.act(&revised, owner, Action::Resubmit, json!({})).await.unwrap();

    assert_eq!(again.application.status(), Status::UnderReview);
    assert_eq!(again.application.plots(), &back.application.plots()[..1]);
    assert_eq!(again.application.purpose(), crate::Purpose::Export);
    assert_eq!(again.application.scope(), back.application.scope());
}
