//! Cases: application and certificate change together or not at all.

use gacp_store::Role;

use super::sample::{TO_DECISION, certificate, certificate_number, issuing, later, staff, taken};
use super::{CertificationFixture, is_stale, key_of};
use crate::{Application, Certificate, Step, history};

fn approved(decidable: &Application) -> (Application, Certificate) {
    let number = certificate_number(decidable);
    let approved = taken(decidable, Step::Approve(number), staff(Role::Approver));
    let certificate = certificate(&approved, later(decidable));
    (approved, certificate)
}

/// Both are there, with their history.
pub async fn a_certificate_is_issued_with_its_application(store: CertificationFixture) {
    let decidable = store.kept("ไร่ขมิ้นทอง", 1, TO_DECISION).await;
    let (approved, certificate) = approved(&decidable);
    let beside = issuing(&approved, &certificate);

    store.applications.issue(&approved, &certificate, &beside).await.unwrap();

    let found = store.certificates.find(&certificate.number(), None).await.unwrap();
    assert_eq!(store.found(&approved).await, Some(approved));
    assert_eq!(store.told(history::of_certificate(certificate.id())).await, ["issued"]);
    assert_eq!(found, Some(certificate));
}

/// A number that is taken stops the approval, too.
pub async fn a_taken_certificate_number_issues_nothing(store: CertificationFixture) {
    let first = store.kept("ไร่ขมิ้นทอง", 1, TO_DECISION).await;
    let (first, taken_number) = approved(&first);
    let beside = issuing(&first, &taken_number);
    store.applications.issue(&first, &taken_number, &beside).await.unwrap();
    let second = store.kept("ไร่ขิงงาม", 2, TO_DECISION).await;
    let number = Step::Approve(taken_number.number());
    let clash = taken(&second, number, staff(Role::Approver));
    let certificate = certificate(&first, later(&second));

    let outcome =
        store.applications.issue(&clash, &certificate, &issuing(&clash, &certificate)).await;

    assert_eq!(key_of(&outcome), Some(Certificate::NUMBER_TAKEN), "{outcome:?}");
    assert_eq!(store.found(&second).await.as_ref(), Some(&second));
    let found = store.certificates.find(&taken_number.number(), None).await.unwrap();
    assert_eq!(found, Some(taken_number));
    let told = store.told(history::of_certificate(certificate.id())).await;
    assert_eq!(told, Vec::<String>::new());
}

/// An application that changed meanwhile is not certified.
pub async fn a_stale_application_gets_no_certificate(store: CertificationFixture) {
    let decidable = store.kept("ไร่ขมิ้นทอง", 1, TO_DECISION).await;
    let rejected = taken(&decidable, Step::Reject, staff(Role::Approver));
    store.try_replace(&rejected).await.unwrap();
    let (approved, certificate) = approved(&decidable);

    let beside = issuing(&approved, &certificate);
    let outcome = store.applications.issue(&approved, &certificate, &beside).await;

    assert!(is_stale(&outcome), "{outcome:?}");
    assert_eq!(store.found(&decidable).await, Some(rejected));
    let found = store.certificates.find(&certificate.number(), None).await.unwrap();
    assert_eq!(found, None);
    let told = store.told(history::of_certificate(certificate.id())).await;
    assert_eq!(told, Vec::<String>::new());
}
