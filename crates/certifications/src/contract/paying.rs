//! Cases: a payment is kept with the application that it moves.

use gacp_store::StoreError;

use super::sample::{change, owner_of, paid, payment, taken};
use super::{CertificationFixture, is_stale, key_of};
use crate::{Application, FeeKind, Payment, Step, history};

async fn record(
    store: &CertificationFixture,
    application: &Application,
    payment: &Payment,
) -> Result<(), StoreError> {
    let after = paid(application, payment);
    let beside = change(&after, "payment-recorded");
    store.applications.record_payment(&after, payment, &beside).await
}

fn document_fee(application: &Application, gateway_ref: &str) -> Payment {
    payment(application, FeeKind::DocumentReview, 500_000, gateway_ref)
}

/// The payment is found by its reference, the application has moved on.
pub async fn a_payment_is_kept_with_its_application(store: CertificationFixture) {
    let submitted = store.kept("ไร่ขมิ้นทอง", 1, 1).await;
    let payment = document_fee(&submitted, "KB-2026-0001/ก");

    record(&store, &submitted, &payment).await.unwrap();

    let found = store.applications.find_payment("KB-2026-0001/ก").await.unwrap();
    assert_eq!(store.found(&submitted).await, Some(paid(&submitted, &payment)));
    assert_eq!(found, Some(payment));
    assert_eq!(store.applications.find_payment("KB-2026-0002").await.unwrap(), None);
}

/// A reference is a payment's for good, whichever application it was for; it is named even when
/// the application is stale, too.
pub async fn a_taken_reference_is_refused_and_changes_nothing(store: CertificationFixture) {
    let (first, second) = (store.kept("ไร่ขมิ้นทอง", 1, 1).await, store.kept("ไร่ขิงงาม", 2, 1).await);
    let recorded = document_fee(&first, "KB-1");
    record(&store, &first, &recorded).await.unwrap();

    let again = record(&store, &first, &document_fee(&first, "KB-1")).await;
    let elsewhere = record(&store, &second, &document_fee(&second, "KB-1")).await;

    assert_eq!(key_of(&again), Some(Payment::REFERENCE_TAKEN), "{again:?}");
    assert_eq!(key_of(&elsewhere), Some(Payment::REFERENCE_TAKEN), "{elsewhere:?}");
    assert_eq!(store.applications.find_payment("KB-1").await.unwrap(), Some(recorded));
    assert_eq!(store.told(history::of_application(second.id())).await.len(), 2);
    assert_eq!(store.found(&second).await, Some(second));
}

/// A payment is counted on the application as it is, or not at all.
pub async fn a_payment_for_a_stale_application_is_not_kept(store: CertificationFixture) {
    let submitted = store.kept("ไร่ขมิ้นทอง", 1, 1).await;
    let withdrawn = taken(&submitted, Step::Withdraw, owner_of(&submitted));
    store.try_replace(&withdrawn).await.unwrap();

    let outcome = record(&store, &submitted, &document_fee(&submitted, "KB-1")).await;

    assert!(is_stale(&outcome), "{outcome:?}");
    assert_eq!(store.applications.find_payment("KB-1").await.unwrap(), None);
    assert_eq!(store.found(&submitted).await, Some(withdrawn));
}
