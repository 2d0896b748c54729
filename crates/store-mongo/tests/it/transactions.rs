//! Transactions whose replies are lost on the way.

use std::sync::Arc;

use gacp_farms::FarmStore;
use gacp_farms::contract::sample;
use gacp_store::StoreError;
use mongodb::bson::doc;

use crate::faulty::Faulty;

#[tokio::test]
async fn transactions_in_each_others_way_are_tried_again() {
    let faulty = Faulty::new().await;
    let conflict = doc! { "failCommands": ["insert"], "errorCode": 112, "errorLabels": ["TransientTransactionError"] };
    faulty.fail(5, conflict).await;

    let (farm, outcome) = faulty.insert().await;

    assert!(outcome.is_ok(), "{outcome:?}");
    assert_eq!(faulty.kept(&farm).await, (1, 1));
}

#[tokio::test]
async fn a_commit_whose_replies_are_lost_is_done_once() {
    let faulty = Faulty::new().await;
    let lost = doc! {
        "failCommands": ["commitTransaction"],
        "writeConcernError": { "code": 64, "errmsg": "waiting for replication timed out" },
    };
    faulty.fail(3, lost).await;

    let (farm, outcome) = faulty.insert().await;

    assert!(outcome.is_ok(), "{outcome:?}");
    assert_eq!(faulty.kept(&farm).await, (1, 1));
}

#[tokio::test]
async fn a_commit_that_nobody_confirms_is_found_by_what_it_wrote() {
    let faulty = Faulty::new().await;
    // The commit happens; the wait for the majority is said to have failed, for ever.
    let never = doc! {
        "failCommands": ["commitTransaction"],
        "writeConcernError": { "code": 64, "errmsg": "waiting for replication timed out" },
    };
    faulty.fail(1_000_000, never).await;

    let (farm, outcome) = faulty.insert().await;
    faulty.heal().await;

    assert!(outcome.is_ok(), "{outcome:?}");
    assert_eq!(faulty.kept(&farm).await, (1, 1));
}

#[tokio::test]
async fn a_commit_that_never_happens_leaves_nothing_and_is_unavailable() {
    let faulty = Faulty::new().await;
    let never = doc! { "failCommands": ["commitTransaction"], "closeConnection": true };
    faulty.fail(1_000_000, never).await;

    let (farm, outcome) = faulty.insert().await;
    faulty.heal().await;

    assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
    assert_eq!(faulty.kept(&farm).await, (0, 0));
}

#[tokio::test]
async fn a_change_goes_on_when_its_caller_is_gone() {
    let faulty = Faulty::new().await;
    let slow =
        doc! { "failCommands": ["commitTransaction"], "blockConnection": true, "blockTimeMS": 300 };
    faulty.fail(1, slow).await;
    let farm = Arc::new(sample::farm(sample::owner(), "บ้านสวน"));
    let (store, inserted) = (faulty.store.clone(), Arc::clone(&farm));
    let caller = tokio::spawn(async move {
        store.insert(&inserted, &sample::change(&inserted, "registered")).await
    });
    while faulty.waiting().await == 0 {
        tokio::task::yield_now().await;
    }

    caller.abort();
    let gone = caller.await.unwrap_err().is_cancelled();
    while faulty.waiting().await > 0 {
        tokio::task::yield_now().await;
    }

    assert!(gone);
    assert_eq!(faulty.kept(&farm).await, (1, 1));
}

impl Faulty {
    /// How many commits of the store are under way.
    async fn waiting(&self) -> usize {
        let admin = self.scratch.database.client().database("admin");
        let own = doc! { "appName": &self.app, "command.commitTransaction": 1 };
        let all = doc! { "$currentOp": { "allUsers": true, "idleSessions": false } };
        let mut cursor = admin.aggregate([all, doc! { "$match": own }]).await.unwrap();
        let mut count = 0;
        while cursor.advance().await.unwrap() {
            count += 1;
        }
        count
    }
}

#[tokio::test]
async fn transactions_that_stay_in_each_others_way_are_no_outage() {
    let faulty = Faulty::new().await;
    let conflict = doc! { "failCommands": ["insert"], "errorCode": 112, "errorLabels": ["TransientTransactionError"] };
    faulty.fail(1_000_000, conflict).await;

    let (farm, outcome) = faulty.insert().await;
    faulty.heal().await;

    assert!(matches!(outcome, Err(StoreError::Contended(_))), "{outcome:?}");
    assert_eq!(faulty.kept(&farm).await, (0, 0));
}
