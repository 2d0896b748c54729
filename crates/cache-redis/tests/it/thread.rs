//! A thread with a connection of its own.

use std::time::Duration;

use gacp_cache_redis::Redis;
use tokio::runtime::{Builder, Runtime};
use tokio::task::{LocalSet, spawn_local};
use tokio::time::sleep;

use crate::door::Door;
use crate::outage::wait_until;
use crate::own::OwnServer;

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// How many connections have been asked which run of a server they lead to, and nothing since.
async fn fresh_connections(server: &OwnServer) -> usize {
    let clients: String = server.ask(&["CLIENT", "LIST"]).await;
    clients.lines().filter(|client| client.contains(" cmd=info ")).count()
}

/// The answer to that may still be on its way.
async fn answered() {
    sleep(Duration::from_millis(50)).await;
}

#[test]
fn it_needs_no_other_thread() {
    let elsewhere = runtime();
    let (server, redis) = elsewhere.block_on(async {
        let server = OwnServer::start().await;
        let redis = Redis::open(&server.address()).await.unwrap();
        (server, redis)
    });
    // From here on whatever drives the shared connection stands still.
    LocalSet::new().block_on(&runtime(), async {
        let own = spawn_local(redis.serve_this_thread());
        wait_until("it has one", async || fresh_connections(&server).await == 2).await;
        answered().await;

        for _ in 0..100 {
            redis.ping().await.unwrap();
        }

        own.abort();
        assert!(own.await.unwrap_err().is_cancelled());
        assert!(redis.ping().await.is_err(), "the shared one answers");
    });
}

#[test]
fn what_is_lost_is_lost_with_the_shared_one_and_found_again() {
    LocalSet::new().block_on(&runtime(), async {
        let server = OwnServer::start().await;
        let door = Door::open(&server.address()).await;
        let redis = Redis::open(&door.address).await.unwrap();
        spawn_local(redis.serve_this_thread());
        wait_until("it has one", async || fresh_connections(&server).await == 2).await;
        answered().await;
        redis.ping().await.unwrap();

        door.set_open(false);
        wait_until("both are lost", async || redis.ping().await.is_err()).await;
        assert!(redis.ping().await.is_err(), "the other one is asked");

        door.set_open(true);
        wait_until("both are found", async || fresh_connections(&server).await == 2).await;
        answered().await;
        redis.ping().await.unwrap();
    });
}

#[test]
fn it_ends_with_the_last_handle() {
    LocalSet::new().block_on(&runtime(), async {
        let server = OwnServer::start().await;
        let redis = Redis::open(&server.address()).await.unwrap();
        let own = spawn_local(redis.serve_this_thread());
        wait_until("it has one", async || fresh_connections(&server).await == 2).await;

        drop(redis);

        own.await.unwrap();
        wait_until("none is left", async || fresh_connections(&server).await == 0).await;
    });
}
