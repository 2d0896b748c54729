//! Cases: many at once, one wins.

use std::sync::Arc;

use gacp_farms::FarmStatus;
use gacp_store::{Role, StoreError};
use tokio::sync::Barrier;

use super::sample::{
    self, TO_DECISION, TO_SCHEDULED, application, appointment, at, certificate, change, issuing,
    later, owner_of, paid, payment, slot, staff, taken,
};
use super::{CertificationFixture, is_stale, key_of};
use crate::{Application, FarmClaim, FeeKind, Payment, Status, Step, history};

/// How many tasks race; they start behind one barrier.
pub(super) const RACERS: usize = 32;

/// Lets every task loose at once, and returns what became of each.
pub(super) async fn race<F, Run>(run: F) -> Vec<Result<(), StoreError>>
where
    F: Fn(usize) -> Run,
    Run: Future<Output = Result<(), StoreError>> + Send + 'static,
{
    let barrier = Arc::new(Barrier::new(RACERS));
    let tasks: Vec<_> = (0..RACERS)
        .map(|racer| {
            let (barrier, run) = (Arc::clone(&barrier), run(racer));
            tokio::spawn(async move {
                barrier.wait().await;
                run.await
            })
        })
        .collect();
    let mut outcomes = Vec::new();
    for task in tasks {
        outcomes.push(task.await.unwrap());
    }
    outcomes
}

/// How many won; everybody else must have lost in the way that is expected.
pub(super) fn winners(
    outcomes: &[Result<(), StoreError>],
    lost: impl Fn(&Result<(), StoreError>) -> bool,
) -> usize {
    let odd = outcomes.iter().find(|outcome| outcome.is_err() && !lost(outcome));
    assert!(odd.is_none(), "{odd:?}");
    outcomes.iter().filter(|outcome| outcome.is_ok()).count()
}

fn serial(racer: usize) -> u32 {
    u32::try_from(racer + 1).unwrap()
}

/// 32 applications for one farm and standard at once: one is opened. The others find the farm
/// changed or the place taken, and leave nothing behind.
pub async fn of_many_openings_one_is_kept(store: CertificationFixture) {
    let farm = store.farm("ไร่ขมิ้นทอง").await;

    let outcomes = race(|racer| {
        let applications = Arc::clone(&store.applications);
        let (new, farm) = (application(&farm, serial(racer)), farm.clone());
        let claim = FarmClaim { id: farm.id(), revision: farm.revision() };
        async move { applications.open(&new, &claim, &sample::opening(&new, &farm)).await }
    })
    .await;

    let lost =
        |outcome: &_| is_stale(outcome) || key_of(outcome) == Some(Application::LIVE_APPLICATION);
    assert_eq!(winners(&outcomes, lost), 1);
    assert_eq!(store.farm_now(&farm).await.revision(), farm.revision().next());
    assert_eq!(store.told(farm.subject()).await.len(), 2);
}

/// 16 archive a farm while 16 apply for it: exactly one wins.
pub async fn of_archiving_and_opening_exactly_one_wins(store: CertificationFixture) {
    let farm = store.farm("ไร่ขมิ้นทอง").await;

    let outcomes = race(|racer| {
        let (applications, farms) = (Arc::clone(&store.applications), Arc::clone(&store.farms));
        let (new, farm) = (application(&farm, serial(racer)), farm.clone());
        let claim = FarmClaim { id: farm.id(), revision: farm.revision() };
        async move {
            if racer % 2 == 0 {
                let archived = farm.archived(at(90)).unwrap();
                let beside = gacp_farms::contract::sample::change(&archived, "archived");
                farms.replace(&archived, &beside).await
            } else {
                applications.open(&new, &claim, &sample::opening(&new, &farm)).await
            }
        }
    })
    .await;

    let lost =
        |outcome: &_| is_stale(outcome) || key_of(outcome) == Some(Application::LIVE_APPLICATION);
    assert_eq!(winners(&outcomes, lost), 1);
    let is_archived = store.farm_now(&farm).await.status() == FarmStatus::Archived;
    let binds = store.obligations.has_live_work(farm.id(), at(3_700)).await.unwrap();
    assert_ne!(is_archived, binds);
}

/// 32 applications want one slot of one inspector: one gets it.
pub async fn of_many_bookings_of_one_slot_one_is_kept(store: CertificationFixture) {
    let mut waiting = Vec::new();
    for racer in 0..RACERS {
        let name = format!("ไร่ที่ {racer}");
        waiting.push(store.kept(&name, serial(racer), TO_SCHEDULED - 1).await);
    }

    let outcomes = race(|racer| {
        let applications = Arc::clone(&store.applications);
        let step = Step::ScheduleInspection(appointment(slot(0, 4)));
        let booked = taken(&waiting[racer], step, staff(Role::Reviewer));
        async move { applications.replace(&booked, &change(&booked, "schedule-inspection")).await }
    })
    .await;

    let lost = |outcome: &_| key_of(outcome) == Some(Application::SLOT_TAKEN);
    assert_eq!(winners(&outcomes, lost), 1);
}

/// 32 steps from one state at once: one is taken, the others are stale.
pub async fn of_many_changes_of_an_application_one_wins(store: CertificationFixture) {
    let reviewed = store.kept("ไร่ขมิ้นทอง", 1, 2).await;

    let outcomes = race(|racer| {
        let applications = Arc::clone(&store.applications);
        let next = if racer % 2 == 0 {
            taken(&reviewed, Step::Withdraw, owner_of(&reviewed))
        } else {
            taken(&reviewed, Step::ApproveDocuments, staff(Role::Reviewer))
        };
        async move { applications.replace(&next, &change(&next, "step")).await }
    })
    .await;

    assert_eq!(winners(&outcomes, is_stale), 1);
    let found = store.found(&reviewed).await.unwrap();
    assert_eq!(found.revision(), reviewed.revision().next());
    assert_eq!(store.told(history::of_application(reviewed.id())).await.len(), 4);
}

/// 32 records of one payment at once, for different applications: one is kept.
pub async fn of_many_payments_of_one_reference_one_is_kept(store: CertificationFixture) {
    let mut waiting = Vec::new();
    for racer in 0..RACERS {
        waiting.push(store.kept(&format!("ไร่ที่ {racer}"), serial(racer), 1).await);
    }

    let outcomes = race(|racer| {
        let applications = Arc::clone(&store.applications);
        let payment = payment(&waiting[racer], FeeKind::DocumentReview, 500_000, "KB-1");
        let after = paid(&waiting[racer], &payment);
        async move {
            let beside = change(&after, "payment-recorded");
            applications.record_payment(&after, &payment, &beside).await
        }
    })
    .await;

    let lost = |outcome: &_| key_of(outcome) == Some(Payment::REFERENCE_TAKEN);
    assert_eq!(winners(&outcomes, lost), 1);
    let mut moved = 0;
    for application in &waiting {
        let found = store.found(application).await.unwrap();
        moved += usize::from(found.status() == Status::UnderReview);
    }
    assert_eq!(moved, 1);
}

/// 32 approvals of one application at once, each with a number of its own: one issues.
pub async fn of_many_approvals_one_issues(store: CertificationFixture) {
    let decidable = store.kept("ไร่ขมิ้นทอง", 1, TO_DECISION).await;

    let outcomes = race(|racer| {
        let applications = Arc::clone(&store.applications);
        let number = crate::CertificateNumber::new(2026, serial(racer)).unwrap();
        let approved = taken(&decidable, Step::Approve(number), staff(Role::Approver));
        let template = certificate(&approved, later(&decidable));
        let grant = template.grant().clone();
        let unsigned = crate::Unsigned { number, grant, term: template.term() };
        let own = crate::Certificate::issue(unsigned, "e30.e30.c2ln".to_owned(), at(90));
        async move { applications.issue(&approved, &own, &issuing(&approved, &own)).await }
    })
    .await;

    assert_eq!(winners(&outcomes, is_stale), 1);
    let number = store.found(&decidable).await.unwrap().certificate().unwrap();
    let mut issued = Vec::new();
    for racer in 0..RACERS {
        let number = crate::CertificateNumber::new(2026, serial(racer)).unwrap();
        issued.extend(store.certificates.find(&number, None).await.unwrap());
    }
    assert_eq!(issued.iter().map(crate::Certificate::number).collect::<Vec<_>>(), [number]);
}
