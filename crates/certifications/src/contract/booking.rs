//! Cases: half an hour of an inspector is booked once.

use gacp_store::Role;

use super::sample::{
    TO_SCHEDULED, appointment, inspected, owner_of, slot, slot_of_minutes, staff, taken,
};
use super::{CertificationFixture, key_of};
use crate::{Answer, Application, Appointment, InspectionMode, Slot, Step, history};

async fn ready(store: &CertificationFixture, serial: u32) -> Application {
    store.kept(&format!("ไร่ที่ {serial}"), serial, TO_SCHEDULED - 1).await
}

fn scheduled(application: &Application, slot: Slot) -> Application {
    let step = Step::ScheduleInspection(appointment(slot));
    taken(application, step, staff(Role::Reviewer))
}

/// One common half hour is enough; another inspector has time of his own.
pub async fn a_booked_half_hour_is_refused(store: CertificationFixture) {
    let (first, second) = (ready(&store, 1).await, ready(&store, 2).await);
    store.try_replace(&scheduled(&first, slot(0, 4))).await.unwrap();

    let outcome = store.try_replace(&scheduled(&second, slot(3, 4))).await;

    assert_eq!(key_of(&outcome), Some(Application::SLOT_TAKEN), "{outcome:?}");
    assert_eq!(store.found(&second).await.as_ref(), Some(&second));
    assert_eq!(store.told(history::of_application(second.id())).await.len(), TO_SCHEDULED);
    let other = Appointment { inspector: super::sample::owner(), ..appointment(slot(3, 4)) };
    let step = Step::ScheduleInspection(other);
    store.try_replace(&taken(&second, step, staff(Role::Reviewer))).await.unwrap();
}

/// The end of one slot is the beginning of the next.
pub async fn an_inspector_can_be_booked_back_to_back(store: CertificationFixture) {
    let (first, second) = (ready(&store, 1).await, ready(&store, 2).await);
    store.try_replace(&scheduled(&first, slot(2, 4))).await.unwrap();

    let after = store.try_replace(&scheduled(&second, slot(6, 2))).await;
    let third = ready(&store, 3).await;
    let before = store.try_replace(&scheduled(&third, slot(0, 2))).await;

    assert!(after.is_ok() && before.is_ok(), "{after:?} {before:?}");
}

/// Times are kept as they were said, and take every half hour that they touch; one that begins
/// with their end is free.
pub async fn a_touched_half_hour_is_booked_whole(store: CertificationFixture) {
    let (first, second) = (ready(&store, 1).await, ready(&store, 2).await);
    let planned = scheduled(&first, slot_of_minutes(10, 60));
    store.try_replace(&planned).await.unwrap();

    let same_half_hour = store.try_replace(&scheduled(&second, slot_of_minutes(-20, 5))).await;
    let from_the_end = store.try_replace(&scheduled(&second, slot_of_minutes(60, 65))).await;

    assert_eq!(store.found(&planned).await.as_ref(), Some(&planned));
    assert_eq!(key_of(&same_half_hour), Some(Application::SLOT_TAKEN), "{same_half_hour:?}");
    assert!(from_the_end.is_ok(), "{from_the_end:?}");
}

/// A slot can be moved over itself, and what it leaves is free.
pub async fn a_moved_inspection_frees_its_slot(store: CertificationFixture) {
    let (first, second) = (ready(&store, 1).await, ready(&store, 2).await);
    let planned = scheduled(&first, slot(0, 4));
    store.try_replace(&planned).await.unwrap();
    let step = Step::Reschedule(slot(2, 4), InspectionMode::Video);
    let moved = taken(&planned, step, staff(Role::Inspector));
    store.try_replace(&moved).await.unwrap();

    let taken_still = store.try_replace(&scheduled(&second, slot(1, 2))).await;
    let left = store.try_replace(&scheduled(&second, slot(0, 2))).await;

    assert_eq!(key_of(&taken_still), Some(Application::SLOT_TAKEN), "{taken_still:?}");
    assert!(left.is_ok(), "{left:?}");
}

/// Neither a withdrawn application nor an inspected one holds its inspector's time.
pub async fn an_application_that_moves_on_frees_its_slot(store: CertificationFixture) {
    let (first, second) = (ready(&store, 1).await, ready(&store, 2).await);
    let planned = scheduled(&first, slot(0, 4));
    store.try_replace(&planned).await.unwrap();
    store.try_replace(&taken(&planned, Step::Withdraw, owner_of(&planned))).await.unwrap();

    let next = scheduled(&second, slot(0, 4));
    let after_withdrawal = store.try_replace(&next).await;
    store.try_replace(&inspected(&next, Answer::Compliant)).await.unwrap();
    let third = ready(&store, 3).await;
    let after_inspection = store.try_replace(&scheduled(&third, slot(0, 4))).await;

    assert!(after_withdrawal.is_ok(), "{after_withdrawal:?}");
    assert!(after_inspection.is_ok(), "{after_inspection:?}");
}
