//! Transactions whose replies are lost on the way.
//!
//! Fail points stand in for the network: `failCommand` answers for the server, or closes the
//! connection without doing it. A server has one fail point of this kind: the tests take turns,
//! whichever process they run in, and name the application of their own store.

use std::fs::File;
use std::sync::Arc;

use gacp_farms::contract::sample;
use gacp_farms::{Farm, FarmStore};
use gacp_store::{HistoryStore, PageRequest, StoreError};
use gacp_store_mongo::Mongo;
use mongodb::bson::{Document, doc};

use crate::scratch::{Scratch, uri};

/// A store whose commands alone meet its fail points.
struct Faulty {
    scratch: Scratch,
    store: Mongo,
    app: String,
    /// Held while the fail point is this test's.
    _turn: File,
}

impl Faulty {
    async fn new() -> Self {
        let turn = turn();
        let scratch = Scratch::new().await;
        let app = scratch.database.name().to_owned();
        let separator = if uri().contains('?') { "&" } else { "/?" };
        let uri = format!("{}{separator}appName={app}", uri().trim_end_matches('/'));
        let store = Mongo::connect(&uri, scratch.database.name()).await.unwrap();
        Self { scratch, store, app, _turn: turn }
    }

    /// Makes the next commands of a kind fail in a way.
    async fn fail(&self, times: i32, mut how: Document) {
        how.insert("appName", &self.app);
        let mode = doc! { "times": times };
        let point = doc! { "configureFailPoint": "failCommand", "mode": mode, "data": how };
        self.admin(point).await;
    }

    async fn heal(&self) {
        self.admin(doc! { "configureFailPoint": "failCommand", "mode": "off" }).await;
    }

    async fn admin(&self, command: Document) {
        let admin = self.scratch.database.client().database("admin");
        admin.run_command(command).await.unwrap();
    }

    async fn insert(&self) -> (Farm, Result<(), StoreError>) {
        let farm = sample::farm_with_plots(sample::owner(), "บ้านสวน");
        let outcome = self.store.insert(&farm, &sample::change(&farm, "registered")).await;
        (farm, outcome)
    }

    /// How many farms and how many history entries there are of a farm.
    async fn kept(&self, farm: &Farm) -> (usize, usize) {
        let store = &self.scratch.store;
        let found = FarmStore::find(store, farm.id(), None).await.unwrap();
        let told = store.history(farm.subject(), &PageRequest::first(9)).await.unwrap();
        (usize::from(found.is_some()), told.items.len())
    }
}

/// Waits until no other test uses the fail point of the server.
fn turn() -> File {
    let server: String = uri().chars().filter(char::is_ascii_alphanumeric).collect();
    let turn =
        File::create(std::env::temp_dir().join(format!("gacp-fail-point-{server}"))).unwrap();
    turn.lock().unwrap();
    turn
}

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
