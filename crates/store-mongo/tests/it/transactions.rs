//! Transactions whose replies are lost on the way.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use gacp_farms::FarmStore;
use gacp_farms::contract::sample;
use gacp_store::StoreError;
use mongodb::bson::doc;
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio::time::timeout;

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
    let faulty = Faulty::slow_at("commitTransaction").await;
    let farm = Arc::new(sample::farm(sample::owner(), "บ้านสวน"));
    let (store, inserted) = (faulty.store.clone(), Arc::clone(&farm));
    let caller = tokio::spawn(async move {
        store.insert(&inserted, &sample::change(&inserted, "registered")).await
    });
    faulty.wait_until("commitTransaction", |waiting| waiting > 0).await;

    caller.abort();
    let gone = caller.await.unwrap_err().is_cancelled();
    faulty.wait_until("commitTransaction", |waiting| waiting == 0).await;

    assert!(gone);
    assert_eq!(faulty.kept(&farm).await, (1, 1));
}

#[tokio::test]
async fn a_change_goes_on_when_the_runtime_of_its_caller_is_gone() {
    let faulty = Faulty::slow_at("insert").await;
    let farm = Arc::new(sample::farm(sample::owner(), "บ้านสวน"));
    let (store, inserted) = (faulty.store.clone(), Arc::clone(&farm));
    let (leave, left) = oneshot::channel::<()>();
    // As a worker of a server has it.
    let worker = thread::spawn(move || {
        let change = sample::change(&inserted, "registered");
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            tokio::select! {
                _ = left => {}
                _ = store.insert(&inserted, &change) => {}
            }
        });
    });
    faulty.wait_until("insert", |waiting| waiting > 0).await;

    leave.send(()).unwrap();
    tokio::task::spawn_blocking(|| worker.join()).await.unwrap().unwrap();
    let all = timeout(Duration::from_secs(10), async {
        while faulty.kept(&farm).await != (1, 1) {
            tokio::task::yield_now().await;
        }
    });

    all.await.expect("the rest is not done");
}

impl Faulty {
    /// One where the next command of this name takes a while.
    async fn slow_at(command: &str) -> Self {
        let faulty = Self::new().await;
        let slow = doc! { "failCommands": [command], "blockConnection": true, "blockTimeMS": 300 };
        faulty.fail(1, slow).await;
        faulty
    }

    /// Waits until so many commands of this name are under way.
    async fn wait_until(&self, command: &str, enough: impl Fn(usize) -> bool) {
        while !enough(self.waiting(command).await) {
            tokio::task::yield_now().await;
        }
    }

    /// How many commands of the store are under way.
    async fn waiting(&self, command: &str) -> usize {
        let admin = self.scratch.database.client().database("admin");
        let own = doc! { "appName": &self.app, format!("command.{command}"): { "$exists": true } };
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
