//! Cases: an application is kept state by state.

use gacp_store::Role;

use super::sample::{self, journey, owner, owner_of, staff, taken};
use super::{CertificationFixture, is_stale};
use crate::{Step, history};

/// Fees, answers, score and certificate number come back in every state that has them.
pub async fn every_state_is_found_as_it_was(store: CertificationFixture) {
    let farm = store.farm("ไร่ขมิ้นทอง").await;
    let states = journey(&store.opened(&farm, 1).await);

    for state in states.iter().skip(1) {
        store.try_replace(state).await.unwrap();

        assert_eq!(store.found(state).await.as_ref(), Some(state));
    }
}

/// Another farmer's application is as good as absent.
pub async fn an_application_is_found_for_its_owner_only(store: CertificationFixture) {
    let kept = store.kept("ไร่ขมิ้นทอง", 1, 0).await;

    let own = store.applications.find(kept.id(), Some(kept.owner())).await.unwrap();
    let foreign = store.applications.find(kept.id(), Some(owner())).await.unwrap();

    assert_eq!((own, foreign), (Some(kept), None));
}

/// Two readers take different steps: the second must lose, and leave nothing behind.
pub async fn a_stale_application_is_not_replaced(store: CertificationFixture) {
    let reviewed = store.kept("ไร่ขมิ้นทอง", 1, 2).await;
    let first = taken(&reviewed, Step::ApproveDocuments, staff(Role::Reviewer));
    let second = taken(&reviewed, Step::Withdraw, owner_of(&reviewed));
    store.try_replace(&first).await.unwrap();

    let outcome = store.try_replace(&second).await;

    assert!(is_stale(&outcome), "{outcome:?}");
    assert_eq!(store.found(&reviewed).await, Some(first));
    assert_eq!(store.told(history::of_application(reviewed.id())).await.len(), 4);
}

/// Replacing makes no applications.
pub async fn an_application_that_is_not_there_cannot_be_replaced(store: CertificationFixture) {
    let farm = store.farm("ไร่ขมิ้นทอง").await;
    let unknown = sample::application(&farm, 1);
    let submitted = taken(&unknown, Step::Submit, owner_of(&unknown));

    let outcome = store.try_replace(&submitted).await;

    assert!(is_stale(&outcome), "{outcome:?}");
    assert_eq!(store.found(&unknown).await, None);
}
