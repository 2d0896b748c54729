//! Stores whose commands fail when they are told to.
//!
//! Fail points stand in for the network: `failCommand` answers for the server, or closes the
//! connection without doing it. A server has one fail point of this kind: the tests take turns,
//! whichever process they run in, and name the application of their own store.

use std::fs::File;

use gacp_farms::contract::sample;
use gacp_farms::{Farm, FarmStore};
use gacp_store::{HistoryStore, PageRequest, StoreError};
use gacp_store_mongo::Mongo;
use mongodb::bson::{Document, doc};

use crate::scratch::{Scratch, uri};

/// A store whose commands alone meet its fail points.
pub(crate) struct Faulty {
    pub(crate) scratch: Scratch,
    pub(crate) store: Mongo,
    pub(crate) app: String,
    /// Held while the fail point is this test's.
    _turn: File,
}

impl Faulty {
    pub(crate) async fn new() -> Self {
        let turn = turn();
        let scratch = Scratch::new().await;
        let app = scratch.database.name().to_owned();
        let separator = if uri().contains('?') { "&" } else { "/?" };
        let uri = format!("{}{separator}appName={app}", uri().trim_end_matches('/'));
        let store = Mongo::connect(&uri, scratch.database.name()).await.unwrap();
        Self { scratch, store, app, _turn: turn }
    }

    /// Makes the next commands of a kind fail in a way.
    pub(crate) async fn fail(&self, times: i32, mut how: Document) {
        how.insert("appName", &self.app);
        let mode = doc! { "times": times };
        let point = doc! { "configureFailPoint": "failCommand", "mode": mode, "data": how };
        self.admin(point).await;
    }

    pub(crate) async fn heal(&self) {
        self.admin(doc! { "configureFailPoint": "failCommand", "mode": "off" }).await;
    }

    async fn admin(&self, command: Document) {
        let admin = self.scratch.database.client().database("admin");
        admin.run_command(command).await.unwrap();
    }

    pub(crate) async fn insert(&self) -> (Farm, Result<(), StoreError>) {
        let farm = sample::farm_with_plots(sample::owner(), "บ้านสวน");
        let outcome = self.store.insert(&farm, &sample::change(&farm, "registered")).await;
        (farm, outcome)
    }

    /// How many farms and how many history entries there are of a farm.
    pub(crate) async fn kept(&self, farm: &Farm) -> (usize, usize) {
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
