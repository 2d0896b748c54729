//! Cases: many at once, one wins.

use std::sync::Arc;

use gacp_store::{HistoryStore, PageRequest, StoreError};
use tokio::sync::Barrier;

use super::FarmFixture;
use super::sample::{at, change, farm, owner, renamed};
use crate::{Farm, FarmFilter};

/// How many tasks race; they start behind one barrier.
const RACERS: usize = 32;

/// Lets every task loose at once, and returns what became of each.
async fn race<F, Run>(run: F) -> Vec<Result<(), StoreError>>
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

async fn entries(history: &dyn HistoryStore, farm: &Farm) -> usize {
    history.history(farm.subject(), &PageRequest::first(50)).await.unwrap().items.len()
}

/// 32 farms of one owner and one name at once: one is inserted, the others are duplicates.
pub async fn of_many_farms_of_one_name_one_is_inserted(store: FarmFixture) {
    let somchai = owner();

    let outcomes = race(|racer| {
        let farms = Arc::clone(&store.farms);
        let name = if racer % 2 == 0 { "ไร่ ทอง" } else { " ไร่ทอง" };
        let new = farm(somchai, name);
        async move { farms.insert(&new, &change(&new, "registered")).await }
    })
    .await;

    let won = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let taken = |error: &StoreError| error.duplicate_key() == Some(Farm::NAME_TAKEN);
    let lost = outcomes.iter().filter(|outcome| outcome.as_ref().is_err_and(taken)).count();
    let kept = store.farms.list(&FarmFilter::default(), &PageRequest::first(50)).await.unwrap();
    assert_eq!((won, lost, kept.items.len()), (1, RACERS - 1, 1));
}

/// 32 changes to the same state of a farm at once: one is written, the others are stale and leave
/// nothing behind.
pub async fn of_many_changes_to_one_state_one_wins(store: FarmFixture) {
    let kept = farm(owner(), "บ้านสวน");
    store.farms.insert(&kept, &change(&kept, "registered")).await.unwrap();

    let outcomes = race(|racer| {
        let farms = Arc::clone(&store.farms);
        let revised = renamed(&kept, &format!("บ้านสวน {racer}"), at(5));
        async move { farms.replace(&revised, &change(&revised, "revised")).await }
    })
    .await;

    let winner = outcomes.iter().position(Result::is_ok).unwrap();
    let is_stale = |outcome: &&Result<(), StoreError>| matches!(outcome, Err(StoreError::Stale));
    let found = store.farms.find(kept.id(), None).await.unwrap().unwrap();
    assert_eq!(outcomes.iter().filter(is_stale).count(), RACERS - 1);
    assert_eq!(found.name(), format!("บ้านสวน {winner}"));
    assert_eq!(found.revision(), kept.revision().next());
    assert_eq!(entries(&*store.history, &kept).await, 2);
}
