use std::io;
use std::net::TcpListener;

use mongodb::Client;
use mongodb::bson::doc;

use super::*;

/// What the driver says of a server that is not there.
async fn no_server() -> mongodb::error::Error {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let uri = format!("mongodb://{free}/?serverSelectionTimeoutMS=50");
    let client = Client::with_uri_str(uri).await.unwrap();
    client.database("gacp").run_command(doc! { "ping": 1 }).await.unwrap_err()
}

#[tokio::test]
async fn a_call_for_which_no_server_could_be_chosen_was_sent_to_none() {
    let error = StoreError::from(Failure::Driver(no_server().await));

    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    assert!(error.found_no_server());
}

#[test]
fn a_call_that_was_broken_off_may_have_been_sent() {
    for kind in [io::ErrorKind::ConnectionReset, io::ErrorKind::TimedOut] {
        let error = StoreError::from(Failure::Driver(io::Error::from(kind).into()));

        assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
        assert!(!error.found_no_server());
    }
}
