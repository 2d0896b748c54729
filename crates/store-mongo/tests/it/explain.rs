//! What the queries of the catalogue cost, as the server says.

use std::collections::BTreeSet;

use gacp_auth::contract::sample as people;
use gacp_auth::{AccountStore, SessionStore};
use gacp_farms::FarmStore;
use gacp_farms::contract::sample;
use gacp_store::Change;
use gacp_store_mongo::{Explanation, Fault, Query, Without, collections, queries};
use jiff::Timestamp;
use mongodb::bson::{Document, doc};

use crate::scratch::Scratch;

/// So many documents in each collection.
const DOCUMENTS: u32 = 10_000;

/// As many as it takes for an index that is missing to be seen.
const FEWER: u32 = 2_000;

/// A database full of made documents.
async fn filled(documents: u32) -> Scratch {
    let scratch = Scratch::new().await;
    // Far in the future: the server must not remove what it would soon forget.
    let now = Timestamp::from_second(4_000_000_000).unwrap();
    scratch.store.fill(documents, now, |_progress| ()).await.unwrap();
    scratch
}

/// The queries that are at fault, with what is wrong.
fn faulty(explained: &[Explanation]) -> Vec<(&'static str, Vec<Fault>)> {
    let faults = explained.iter().map(|one| (one.query.name, one.faults()));
    faults.filter(|(_, faults)| !faults.is_empty()).collect()
}

#[tokio::test]
async fn every_query_walks_its_index_and_reads_little_more_than_it_returns() {
    let scratch = filled(DOCUMENTS).await;

    let explained = scratch.store.explain(Without::Nothing).await.unwrap();

    assert_eq!(faulty(&explained), []);
    let asked: Vec<_> = explained.iter().map(|one| one.query).collect();
    assert_eq!(asked, queries());
}

#[tokio::test]
async fn every_index_that_is_dropped_puts_a_query_of_its_own_at_fault() {
    let scratch = filled(FEWER).await;

    for collection in collections() {
        for index in collection.indexes {
            scratch.collection(collection.name).drop_index(index.name).await.unwrap();

            let of_collection = |query: &Query| query.collection == collection.name;
            let explained = scratch.store.explain_those(of_collection, Without::Nothing);

            let faulty = faulty(&explained.await.unwrap());
            let own = |name: &str| {
                queries().iter().any(|query| query.name == name && query.index == index.name)
            };
            assert!(faulty.iter().any(|(name, _)| own(name)), "{}: {faulty:?}", index.name);
            assert_eq!(scratch.store.apply(|_progress| ()).await.unwrap(), []);
        }
    }
}

#[tokio::test]
async fn a_query_without_its_index_is_explained_and_the_index_shown_again() {
    let scratch = filled(FEWER).await;
    let own = |explained: &[Explanation]| -> usize {
        explained.iter().filter(|one| one.query.index != "_id_").count()
    };

    let without_its = scratch.store.explain(Without::ItsIndex).await.unwrap();
    let without_any = scratch.store.explain(Without::AnyIndex).await.unwrap();

    assert_eq!(faulty(&without_its).len(), own(&without_its));
    for one in &without_any {
        assert!(one.faults().contains(&Fault::CollectionScan), "{one:?}");
    }
    assert_eq!(scratch.store.drift().await.unwrap(), []);
}

#[tokio::test]
async fn made_documents_have_the_fields_of_real_ones() {
    let made = filled(FEWER).await;
    let real = Scratch::new().await;
    let account = people::farmer(1);
    let session = people::session(&account, 0);
    let farm = sample::farm_with_plots(sample::owner(), "บ้านสวน");
    real.store.create(&account, &Change::default()).await.unwrap();
    real.store.open(&session, &people::login(&session)).await.unwrap();
    real.store.insert(&farm, &sample::change(&farm, "registered")).await.unwrap();

    for collection in ["accounts", "sessions", "security_events", "farms", "plots", "history"] {
        let one = real.collection(collection).find_one(Document::new()).await.unwrap().unwrap();
        let mut fields: BTreeSet<&str> = one.keys().map(String::as_str).collect();
        // Written by a login, and searched by nobody.
        fields.remove("lastLoginAt");
        let like: Document = fields
            .iter()
            .map(|field| ((*field).to_owned(), doc! { "$exists": true }.into()))
            .collect();

        let found = made.collection(collection).find_one(like).await.unwrap();

        let found = found.unwrap_or_else(|| panic!("no {collection} with {fields:?}"));
        assert_eq!(found.keys().map(String::as_str).collect::<BTreeSet<_>>(), fields);
    }
}

#[tokio::test]
async fn an_empty_database_has_nothing_to_explain() {
    let scratch = Scratch::new().await;

    assert_eq!(scratch.store.explain(Without::Nothing).await.unwrap(), []);
}
