//! Cases: an application is opened together with the next revision of its farm.

use super::sample::{self, application, at, taken};
use super::{CertificationFixture, is_stale, key_of};
use crate::{Application, Step, history};

/// Everything comes back: Thai text, scope, times, revision.
pub async fn an_opened_application_is_found_as_it_was(store: CertificationFixture) {
    let farm = store.farm("ไร่ขมิ้นทอง").await;

    let opened = store.opened(&farm, 1).await;

    assert_eq!(store.found(&opened).await, Some(opened));
}

/// The farm is the same but for its revision, so that whoever read it before is too late.
pub async fn opening_takes_the_next_revision_of_the_farm(store: CertificationFixture) {
    let farm = store.farm("ไร่ขมิ้นทอง").await;

    let opened = store.opened(&farm, 1).await;

    let now = store.farm_now(&farm).await;
    assert_eq!(now.revision(), farm.revision().next());
    assert_eq!(now.updated_at(), opened.updated_at());
    assert_eq!((now.status(), now.plots()), (farm.status(), farm.plots()));
    assert_eq!(store.told(history::of_application(opened.id())).await, ["created"]);
    assert_eq!(store.told(farm.subject()).await, ["application-opened", "registered"]);
}

/// Neither half of an opening happens when the farm is another by now.
pub async fn opening_for_a_changed_farm_is_stale_and_writes_nothing(store: CertificationFixture) {
    let farm = store.farm("ไร่ขมิ้นทอง").await;
    let renamed = gacp_farms::contract::sample::renamed(&farm, "ไร่ขมิ้นเงิน", at(50));
    let beside = gacp_farms::contract::sample::change(&renamed, "revised");
    store.farms.replace(&renamed, &beside).await.unwrap();
    let late = application(&farm, 1);

    let outcome = store.try_open(&late, &farm).await;

    assert!(is_stale(&outcome), "{outcome:?}");
    assert_eq!(store.found(&late).await, None);
    assert_eq!(store.farm_now(&farm).await, renamed);
    assert_eq!(store.told(history::of_application(late.id())).await, Vec::<String>::new());
}

/// One live application per farm and standard; another farm has its own.
pub async fn a_second_live_application_is_refused_and_leaves_the_farm(store: CertificationFixture) {
    let farm = store.farm("ไร่ขมิ้นทอง").await;
    store.opened(&farm, 1).await;
    let bound = store.farm_now(&farm).await;
    let second = application(&bound, 2);

    let outcome = store.try_open(&second, &bound).await;

    assert_eq!(key_of(&outcome), Some(Application::LIVE_APPLICATION), "{outcome:?}");
    assert_eq!(store.found(&second).await, None);
    assert_eq!(store.farm_now(&farm).await, bound);
    let other = store.farm("ไร่ขิงงาม").await;
    store.opened(&other, 3).await;
}

/// A withdrawn application is in nobody's way.
pub async fn an_application_that_ended_frees_its_farm(store: CertificationFixture) {
    let farm = store.farm("ไร่ขมิ้นทอง").await;
    let first = store.opened(&farm, 1).await;
    let withdrawn = taken(&first, Step::Withdraw, sample::owner_of(&first));
    store.try_replace(&withdrawn).await.unwrap();
    let free = store.farm_now(&farm).await;

    let second = store.opened(&free, 2).await;

    assert_eq!(store.found(&second).await, Some(second));
    assert_eq!(store.found(&withdrawn).await, Some(withdrawn));
}

/// A number names one application.
pub async fn a_taken_application_number_is_refused(store: CertificationFixture) {
    let (farm, other) = (store.farm("ไร่ขมิ้นทอง").await, store.farm("ไร่ขิงงาม").await);
    store.opened(&farm, 1).await;
    let same = application(&other, 1);

    let outcome = store.try_open(&same, &other).await;

    assert_eq!(key_of(&outcome), Some(Application::NUMBER_TAKEN), "{outcome:?}");
    assert_eq!(store.found(&same).await, None);
    assert_eq!(store.farm_now(&other).await, other);
}
