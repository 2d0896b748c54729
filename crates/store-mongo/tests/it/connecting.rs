//! What the store connects to, and what it says when there is nothing.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use gacp_keys::KeyStore;
use gacp_store::StoreError;
use gacp_store_mongo::{ConnectError, Mongo};

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
