//! The database: its collections, validators and indexes.

use gacp_farms::FarmStore;
use gacp_farms::contract::sample;
use gacp_store::StoreError;
use gacp_store_mongo::{Applying, Drift, collections};
use mongodb::bson::{Document, doc};
use mongodb::error::{ErrorKind, WriteFailure};

use crate::scratch::Scratch;

/// What the server says of a document that breaks a validator.
const VALIDATION_FAILED: i32 = 121;

#[tokio::test]
async fn a_prepared_database_is_as_the_catalogue_says_and_stays_so() {
    let scratch = Scratch::new().await;

    let again = scratch.store.apply(|_progress| ()).await.unwrap();
    let drift = scratch.store.drift().await.unwrap();

    assert_eq!((again, drift), (Vec::new(), Vec::new()));
    let names = scratch.database.list_collection_names().await.unwrap();
    assert_eq!(names.len(), collections().len(), "{names:?}");
}

#[tokio::test]
async fn an_empty_document_is_refused_by_every_collection() {
    let scratch = Scratch::new().await;

    for collection in collections() {
        let outcome = scratch.collection(collection.name).insert_one(Document::new()).await;

        assert_eq!(code(outcome.err()), Some(VALIDATION_FAILED), "{}", collection.name);
    }
}

#[tokio::test]
async fn a_document_written_by_hand_is_refused_when_it_is_none_of_ours() {
    let scratch = Scratch::new().await;
    let farm = sample::farm(sample::owner(), "บ้านสวน");
    scratch.store.insert(&farm, &sample::change(&farm, "registered")).await.unwrap();
    let farms = scratch.collection("farms");

    for broken in [
        doc! { "$set": { "status": "ไม่รู้จัก" } },
        doc! { "$set": { "version": "1" } },
        doc! { "$set": { "version": 0_i64 } },
        doc! { "$set": { "location": { "type": "Polygon", "coordinates": [] } } },
        doc! { "$unset": { "owner": "" } },
        doc! { "$unset": { "doc": "" } },
        doc! { "$unset": { "doc.revision": "" } },
    ] {
        let outcome = farms.update_one(Document::new(), broken.clone()).await;

        assert!(outcome.is_err(), "{broken}");
    }
    let kept = FarmStore::find(&scratch.store, farm.id(), None).await.unwrap();
    assert_eq!(kept, Some(farm));
}

#[tokio::test]
async fn every_index_that_is_dropped_is_missed() {
    let scratch = Scratch::new().await;

    for collection in collections() {
        for index in collection.indexes {
            scratch.collection(collection.name).drop_index(index.name).await.unwrap();

            let drift = scratch.store.drift().await.unwrap();

            let (collection, index, unique) = (collection.name, index.name, index.unique);
            assert_eq!(drift, [Drift::MissingIndex { collection, index, unique }]);
            assert_eq!(drift[0].is_fatal(), unique, "{index}");
            assert_eq!(scratch.store.apply(|_progress| ()).await.unwrap(), Vec::new());
        }
    }
}

#[tokio::test]
async fn an_index_that_is_missing_among_documents_is_built_and_then_shown() {
    let scratch = Scratch::new().await;
    let farm = sample::farm(sample::owner(), "บ้านสวน");
    scratch.store.insert(&farm, &sample::change(&farm, "registered")).await.unwrap();
    scratch.collection("farms").drop_index("farms_owner").await.unwrap();
    let planned = scratch.store.plan().await.unwrap();
    let (sender, steps) = std::sync::mpsc::channel();

    let after = scratch.store.apply(move |progress| sender.send(progress).unwrap()).await.unwrap();

    let begun: Vec<String> = steps
        .iter()
        .filter_map(|progress| match progress {
            Applying::Begun(step) => Some(step.to_string()),
            Applying::Building { .. } => None,
        })
        .collect();
    let planned: Vec<String> = planned.iter().map(ToString::to_string).collect();
    assert_eq!((planned, begun), (vec![BUILD.to_owned()], vec![BUILD.to_owned()]));
    assert_eq!((after, scratch.store.plan().await.unwrap().len()), (Vec::new(), 0));
}

const BUILD: &str = "build farms_owner on farms";

#[tokio::test]
async fn an_index_that_was_left_hidden_is_seen_and_shown() {
    let scratch = Scratch::new().await;
    let index = doc! { "name": "farms_name", "hidden": true };
    let hide = doc! { "collMod": "farms", "index": index };
    scratch.database.run_command(hide).await.unwrap();

    let drift = scratch.store.drift().await.unwrap();
    let after = scratch.store.apply(|_progress| ()).await.unwrap();

    assert_eq!(drift, [Drift::HiddenIndex { collection: "farms", index: "farms_name" }]);
    // It keeps names apart all the same.
    assert!(!drift[0].is_fatal());
    assert_eq!(after, []);
}

#[tokio::test]
async fn an_index_that_documents_break_is_refused_and_none_of_them_is_named() {
    let scratch = Scratch::new().await;
    let farms = scratch.collection("farms");
    let farm = sample::farm(sample::owner(), "บ้านสวน");
    scratch.store.insert(&farm, &sample::change(&farm, "registered")).await.unwrap();
    farms.drop_index("farms_name").await.unwrap();
    let mut twin = farms.find_one(Document::new()).await.unwrap().unwrap();
    twin.insert("_id", mongodb::bson::Uuid::from_bytes([7; 16]));
    farms.insert_one(twin).await.unwrap();

    let outcome = scratch.store.apply(|_progress| ()).await;

    let Err(StoreError::Duplicate { key }) = outcome else { panic!("{outcome:?}") };
    assert_eq!(key, gacp_farms::Farm::NAME_TAKEN);
}

#[tokio::test]
async fn a_validator_that_only_warns_is_seen() {
    let scratch = Scratch::new().await;
    let warn = doc! { "collMod": "farms", "validationAction": "warn" };
    scratch.database.run_command(warn).await.unwrap();

    let drift = scratch.store.drift().await.unwrap();

    assert_eq!(drift, [Drift::OtherValidator { collection: "farms" }]);
    assert_eq!(scratch.store.apply(|_progress| ()).await.unwrap(), []);
}

#[tokio::test]
async fn another_index_of_the_same_name_is_seen() {
    let scratch = Scratch::new().await;
    let farms = scratch.collection("farms");
    farms.drop_index("farms_name").await.unwrap();
    let impostor = doc! { "name": "farms_name", "key": { "owner": 1, "name": 1 } };
    let stranger = doc! { "name": "by_hand", "key": { "version": 1 } };
    let create = doc! { "createIndexes": "farms", "indexes": [impostor, stranger] };
    scratch.database.run_command(create).await.unwrap();

    let drift = scratch.store.apply(|_progress| ()).await.unwrap();

    let told: Vec<String> = drift.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["farms: index farms_name is another one", "farms: index by_hand is unknown"]);
    assert_eq!(drift.iter().map(Drift::is_fatal).collect::<Vec<_>>(), [true, false]);
}

#[tokio::test]
async fn a_validator_that_was_taken_off_is_seen_and_put_back() {
    let scratch = Scratch::new().await;
    let take_off = doc! { "collMod": "plots", "validator": {} };
    scratch.database.run_command(take_off).await.unwrap();

    let drift = scratch.store.drift().await.unwrap();
    let after = scratch.store.apply(|_progress| ()).await.unwrap();

    assert_eq!(drift, [Drift::OtherValidator { collection: "plots" }]);
    assert_eq!(after, []);
}

#[tokio::test]
async fn a_database_with_documents_is_not_prepared_behind_its_owners_back() {
    let scratch = Scratch::bare().await;
    scratch.collection("farms").insert_one(doc! { "_id": 1 }).await.unwrap();

    let drift = scratch.store.prepare().await.unwrap();

    assert!(drift.iter().any(Drift::is_fatal), "{drift:?}");
    assert_eq!(scratch.database.list_collection_names().await.unwrap(), ["farms"]);
}

#[tokio::test]
async fn servers_that_start_at_once_prepare_one_database() {
    let scratch = Scratch::bare().await;
    let starts = (0..4).map(|_| {
        let store = scratch.store.clone();
        tokio::spawn(async move { store.prepare().await })
    });

    for start in starts.collect::<Vec<_>>() {
        assert_eq!(start.await.unwrap().unwrap(), []);
    }
}

fn code(error: Option<mongodb::error::Error>) -> Option<i32> {
    match error?.kind.as_ref() {
        ErrorKind::Write(WriteFailure::WriteError(error)) => Some(error.code),
        _ => None,
    }
}
