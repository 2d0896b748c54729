//! What the store connects to, and what it says when there is nothing.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use gacp_keys::KeyStore;
use gacp_store::StoreError;
use gacp_store_mongo::{ConnectError, Mongo};
use mongodb::bson::doc;

use crate::faulty::Faulty;
use crate::scratch::Scratch;

#[tokio::test]
async fn an_address_where_nobody_listens_is_refused_within_its_time() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let start = Instant::now();

    let refused = Mongo::connect(&format!("mongodb://{free}/"), "gacp").await;

    assert!(matches!(refused, Err(ConnectError::Driver(_))), "{refused:?}");
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_text_that_is_no_connection_string_is_refused() {
    let refused = Mongo::connect("mongo://", "gacp").await;

    assert!(matches!(refused, Err(ConnectError::Driver(_))), "{refused:?}");
}

#[tokio::test]
async fn a_closed_store_refuses_what_comes_later() {
    let store = Scratch::new().await.store;

    store.close().await;
    let later = store.keys().await;

    assert!(matches!(later, Err(StoreError::Unavailable(_))), "{later:?}");
}

#[tokio::test]
async fn a_read_whose_connections_break_may_have_been_sent() {
    let faulty = Faulty::new().await;
    let broken = doc! { "failCommands": ["find"], "closeConnection": true };
    faulty.fail(1_000_000, broken).await;

    let read = faulty.store.keys().await;
    faulty.heal().await;

    let error = read.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    assert!(!error.found_no_server(), "{error:?}");
}
