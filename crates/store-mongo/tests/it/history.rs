//! Entries, and the comments that are kept apart from them.

use gacp_farms::FarmStore;
use gacp_farms::contract::sample;
use gacp_store::{Change, HistoryStore, PageRequest, StoreError};
use mongodb::bson::{Document, doc};

use crate::scratch::Scratch;

#[tokio::test]
async fn what_was_said_can_be_erased_and_the_entry_stays() {
    let scratch = Scratch::new().await;
    let farm = sample::farm(sample::owner(), "บ้านสวน");
    let attempt = sample::attempt(&farm);
    let said = attempt.entry(farm.subject(), "rejected").saying(Some("ขาดเอกสารสิทธิ์".to_owned()));
    let quiet = attempt.entry(farm.subject(), "submitted");
    let change = Change { entries: vec![said.clone(), quiet.clone()], receipt: None };
    scratch.store.insert(&farm, &change).await.unwrap();

    let before = scratch.store.history(farm.subject(), &PageRequest::first(9)).await.unwrap();
    scratch.collection("history_notes").delete_many(Document::new()).await.unwrap();
    let after = scratch.store.history(farm.subject(), &PageRequest::first(9)).await.unwrap();

    assert_eq!(before.items, [quiet.clone(), said.clone()]);
    assert_eq!(after.items, [quiet, said.saying(None)]);
}

#[tokio::test]
async fn an_illegible_document_is_named_and_not_shown() {
    let scratch = Scratch::new().await;
    let farm = sample::farm(sample::owner(), "บ้านสวน");
    let change = sample::change(&farm, "registered");
    scratch.store.insert(&farm, &change).await.unwrap();
    let broken = doc! { "$set": { "doc.at": "นายสมชาย ใจดี" } };
    scratch.collection("history").update_one(Document::new(), broken).await.unwrap();

    let refused = scratch.store.history(farm.subject(), &PageRequest::first(2)).await;

    let Err(StoreError::Corrupt(source)) = refused else { panic!("{refused:?}") };
    let id = change.entries[0].id;
    let place = format!("history {id} does not parse at `at`: not a legal value");
    assert_eq!(source.to_string(), place);
    assert!(!format!("{source:?}").contains("สมชาย"));
}
