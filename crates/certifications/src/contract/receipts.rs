//! Cases: a change and the reply to its request are one.

use gacp_store::{Claim, Lease, RECEIPT_LEASE, Receipt, Role, StoreError};

use super::CertificationFixture;
use super::sample::{
    self, BODY, KEY, TO_DECISION, application, at, certificate_number, issuing, later, paid,
    payment, replying, staff, taken,
};
use crate::{FarmClaim, FeeKind, Step};

/// The reply is there as soon as the change is.
pub async fn a_change_of_an_application_answers_its_request(store: CertificationFixture) {
    let farm = store.farm("ไร่ขมิ้นทอง").await;
    let opened = application(&farm, 1);
    let beside = replying(sample::opening(&opened, &farm), Lease(1));
    store.receipts.claim(&KEY, &BODY, Lease(1), at(0)).await.unwrap();

    let claim = FarmClaim { id: farm.id(), revision: farm.revision() };
    store.applications.open(&opened, &claim, &beside).await.unwrap();

    let again = store.receipts.claim(&KEY, &BODY, Lease(2), at(1)).await.unwrap();
    assert_eq!(again, Claim::Answered(beside.receipt.unwrap().reply));
}

/// A request that was slower than its lease changes nothing, whichever way it changes.
pub async fn an_application_whose_lease_is_lost_is_not_changed(store: CertificationFixture) {
    let farm = store.farm("ไร่ขมิ้นทอง").await;
    let decidable = store.kept("ไร่ขิงงาม", 2, TO_DECISION).await;
    store.receipts.claim(&KEY, &BODY, Lease(1), at(0)).await.unwrap();
    store.receipts.claim(&KEY, &BODY, Lease(2), at(0) + RECEIPT_LEASE).await.unwrap();
    let opened = application(&farm, 1);
    let number = certificate_number(&decidable);
    let approved = taken(&decidable, Step::Approve(number), staff(Role::Approver));
    let rejected = taken(&decidable, Step::Reject, staff(Role::Approver));
    let certificate = sample::certificate(&approved, later(&decidable));
    let payment = payment(&decidable, FeeKind::Inspection, 1, "KB-1");
    let after_payment = paid(&decidable, &payment);
    let late = |change| replying(change, Lease(1));

    let claim = FarmClaim { id: farm.id(), revision: farm.revision() };
    let stores = &store.applications;
    let outcomes: [Result<(), StoreError>; 4] = [
        stores.open(&opened, &claim, &late(sample::opening(&opened, &farm))).await,
        stores.replace(&rejected, &late(sample::change(&rejected, "reject"))).await,
        stores.issue(&approved, &certificate, &late(issuing(&approved, &certificate))).await,
        stores
            .record_payment(&after_payment, &payment, &late(sample::change(&after_payment, "paid")))
            .await,
    ];

    for outcome in outcomes {
        assert_eq!(outcome.unwrap_err().duplicate_key(), Some(Receipt::LOST_LEASE));
    }
    assert_eq!(store.found(&opened).await, None);
    assert_eq!(store.farm_now(&farm).await, farm);
    assert_eq!(store.found(&decidable).await, Some(decidable));
    assert_eq!(store.certificates.find(&certificate.number(), None).await.unwrap(), None);
    assert_eq!(store.applications.find_payment("KB-1").await.unwrap(), None);
}
