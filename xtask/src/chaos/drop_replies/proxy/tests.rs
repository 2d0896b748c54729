use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::net::TcpListener;

use super::{Lottery, Proxy};
use crate::chaos::drop_replies::notes::Notes;
use crate::http1::{Wire, request};

const REPLY: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

fn drawn(seed: u64) -> Vec<bool> {
    let lottery = Lottery { seed, percent: 30, drawn: AtomicU64::new(0) };
    (0..10_000).map(|_| lottery.draw()).collect()
}

#[test]
fn the_lottery_loses_its_share_and_repeats_itself() {
    let lost = drawn(1).into_iter().filter(|is_lost| *is_lost).count();

    assert!((2_800..3_200).contains(&lost), "{lost}");
    assert_eq!(drawn(1), drawn(1));
    assert_ne!(drawn(1), drawn(2));
}

/// A server that answers everything, and counts it; its authority.
async fn server(answers: Arc<AtomicU64>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let authority = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let mut client = Wire::accepted(client).unwrap();
            while let Ok(Some(_request)) = client.receive().await {
                answers.fetch_add(1, Ordering::SeqCst);
                client.send(REPLY).await.unwrap();
            }
        }
    });
    authority
}

#[tokio::test]
async fn a_reply_that_is_lost_was_given_and_every_other_one_is_passed_on() {
    let answers = Arc::default();
    let server = server(Arc::clone(&answers)).await;
    let proxy = Proxy::start(&server, (1, 100), &Notes::default()).await.unwrap();
    let authority = proxy.base.trim_start_matches("http://");
    let mut client = Wire::open(authority).await.unwrap();
    let refresh = request("POST /api/auth/refresh", &[], r#"{"refreshToken": "t"}"#);

    let other = client.exchange(&request("GET /api/auth/profile", &[], "")).await.unwrap();
    client.send(&refresh).await.unwrap();
    let lost = client.receive().await.unwrap();

    assert_eq!((other.bytes(), lost), (REPLY, None));
    assert_eq!(answers.load(Ordering::SeqCst), 2);
}
