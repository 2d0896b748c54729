use gacp_store::{Claim, Lease, Once, Precondition, ReceiptStore, StoredReply};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::*;
use crate::contract::sample::{BODY, KEY};

const CALLS: usize = 32;

/// Lets as many calls loose at once, and returns what became of each.
async fn at_once<F, Run>(run: F) -> Vec<Outcome<Dossier>>
where
    F: Fn() -> Run,
    Run: Future<Output = Outcome<Dossier>> + Send + 'static,
{
    let barrier = Arc::new(Barrier::new(CALLS));
    let mut calls = JoinSet::new();
    for _ in 0..CALLS {
        let (barrier, run) = (Arc::clone(&barrier), run());
        calls.spawn(async move {
            barrier.wait().await;
            run.await
        });
    }
    calls.join_all().await
}

async fn submitted_by(office: &Office, draft: &Dossier, expected: Expected) -> Outcome<Dossier> {
    let target = Target { id: draft.application.id(), expected };
    let form = Violations::check(ActionDraft::default());
    office.desk.act(&office.by(farmer(draft)), &target, Action::Submit, form).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_applications_for_a_farm_one_is_opened() {
    let office = Arc::new(Office::open().await);
    let farm = office.farm("ไร่ขมิ้นทอง").await;

    let outcomes = at_once(|| {
        let (office, farm) = (Arc::clone(&office), farm.clone());
        async move { office.apply(holder(&farm), form(&farm)).await }
    })
    .await;

    let (won, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1);
    assert!(lost.into_iter().all(|one| conflict(one) == Conflict::ApplicationExists));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_steps_on_any_state_one_is_taken_and_the_others_hear_what_is_left() {
    let office = Arc::new(Office::open().await);
    let draft = office.draft("ไร่ขมิ้นทอง").await;

    let outcomes = at_once(|| {
        let (office, draft) = (Arc::clone(&office), draft.clone());
        async move { submitted_by(&office, &draft, Expected::Any).await }
    })
    .await;

    let (won, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1);
    assert!(lost.into_iter().all(|one| allowed_after(one) == [Action::Withdraw]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_steps_on_one_state_one_is_taken_and_the_others_are_stale() {
    let office = Arc::new(Office::open().await);
    let draft = office.draft("ไร่ขมิ้นทอง").await;
    let seen = Expected::OneOf(vec![draft.application.revision()]);

    let outcomes = at_once(|| {
        let (office, draft, seen) = (Arc::clone(&office), draft.clone(), seen.clone());
        async move { submitted_by(&office, &draft, seen).await }
    })
    .await;

    let stale = |one: &Outcome<Dossier>| {
        matches!(one, Err(CertificationError::Precondition(Precondition::Stale)))
    };
    assert_eq!(outcomes.iter().filter(|one| one.is_ok()).count(), 1);
    assert_eq!(outcomes.iter().filter(|one| stale(one)).count(), CALLS - 1);
}

#[tokio::test]
async fn the_reply_to_a_request_is_kept_with_its_effect() {
    let office = Office::open().await;
    let farm = office.farm("ไร่ขมิ้นทอง").await;
    let reply = |dossier: &Dossier| StoredReply {
        status: 201,
        headers: Vec::new(),
        body: dossier.application.number().to_string().into_bytes(),
    };
    let once = Some(Once { key: KEY, lease: Lease(1), reply: &reply });
    office.ledger.claim(&KEY, &BODY, Lease(1), office.now).await.unwrap();
    let attempt = Attempt { once, ..office.by(holder(&farm)) };
    let draft = Violations::check(serde_json::from_value(form(&farm)).unwrap());

    let opened = office.desk.open(&attempt, draft).await.unwrap();

    let again = office.ledger.claim(&KEY, &BODY, Lease(2), office.now).await.unwrap();
    assert_eq!(again, Claim::Answered(reply(&opened)));
}
