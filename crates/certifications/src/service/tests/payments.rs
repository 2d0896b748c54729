use tokio::task::JoinSet;

use super::*;
use crate::Forbidden;

#[tokio::test]
async fn only_finance_records_payments() {
    let office = Office::open().await;
    let submitted = office.at_status(Status::AwaitingDocumentFee).await;
    let owner = farmer(&submitted);
    for by in Role::ALL.into_iter().filter(|role| role.is_staff()).map(staff).chain([owner]) {
        let draft = PaymentDraft {
            kind: FeeKind::DocumentReview,
            amount_satang: 500_000,
            gateway_ref: "KB-1".to_owned(),
        };
        let id = submitted.application.id();
        let draft = Violations::check(draft);
        let outcome = office.desk.record_payment(&office.by(by), id, draft).await;
        match by.role {
            Role::Finance => assert!(outcome.is_ok()),
            _ => assert_eq!(forbidden_by(outcome), Forbidden::Role),
        }
    }
}

#[tokio::test]
async fn a_payment_is_recorded_once() {
    let office = Office::open().await;
    let submitted = office.at_status(Status::AwaitingDocumentFee).await;
    let fee = FeeKind::DocumentReview;

    let first = office.pay(&submitted, fee, 500_000, "KB-1").await.unwrap();
    let after = office.look(&submitted).await;
    let again = office.pay(&submitted, fee, 500_000, "KB-1").await.unwrap();

    assert!(matches!(first, Recorded::Now(_)));
    assert_eq!(again, Recorded::Before(first.payment().clone()));
    assert_eq!(after.application.status(), Status::UnderReview);
    assert_eq!(office.look(&submitted).await, after);
}

#[tokio::test]
async fn a_reference_belongs_to_one_application() {
    let office = Office::open().await;
    let (one, other) = (office.draft("ไร่ขมิ้นทอง").await, office.draft("ไร่ขิงงาม").await);
    office.pay(&one, FeeKind::Inspection, 1, "KB-1").await.unwrap();

    let outcome = office.pay(&other, FeeKind::Inspection, 1, "KB-1").await;

    assert_eq!(conflict(outcome), Conflict::PaymentReferenceTaken);
}

#[tokio::test]
async fn what_was_paid_before_submission_counts() {
    let office = Office::open().await;
    let draft = office.draft("ไร่ขมิ้นทอง").await;
    office.pay(&draft, FeeKind::DocumentReview, 600_000, "KB-1").await.unwrap();

    let submitted = office.act(&draft, farmer(&draft), Action::Submit, json!({})).await.unwrap();

    assert_eq!(submitted.application.status(), Status::UnderReview);
    assert_eq!(
        office.told(history::of_application(draft.application.id())).await,
        ["created", "payment-recorded", "submit", "fee-paid"]
    );
}

#[tokio::test]
async fn a_payment_for_an_expired_application_is_recorded() {
    let mut office = Office::open().await;
    let submitted = office.at_status(Status::AwaitingDocumentFee).await;
    office.pass(9);

    let recorded = office.pay(&submitted, FeeKind::DocumentReview, 500_000, "KB-1").await;

    assert!(matches!(recorded, Ok(Recorded::Now(_))), "{recorded:?}");
    let after = office.look(&submitted).await;
    assert_eq!(after.application.status(), Status::Expired);
    assert_eq!(after.application.received_satang(FeeKind::DocumentReview), 500_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn payments_at_one_moment_are_all_counted() {
    let office = Arc::new(Office::open().await);
    let submitted = office.at_status(Status::AwaitingDocumentFee).await;
    let mut calls = JoinSet::new();
    for call in 0..32 {
        let (office, submitted) = (Arc::clone(&office), submitted.clone());
        calls.spawn(async move {
            let reference = format!("KB-{}", call / 2);
            office.pay(&submitted, FeeKind::DocumentReview, 1_000, &reference).await.unwrap()
        });
    }

    let outcomes = calls.join_all().await;

    let new = outcomes.iter().filter(|outcome| matches!(outcome, Recorded::Now(_))).count();
    let application = office.look(&submitted).await.application;
    assert_eq!((new, outcomes.len()), (16, 32));
    assert_eq!(application.received_satang(FeeKind::DocumentReview), 16_000);
}
