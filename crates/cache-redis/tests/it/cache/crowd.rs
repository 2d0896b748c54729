//! Five thousand clients of each of two processes ask for what is not there: one load is made.

use std::process::{Command, Stdio};

use deadpool_redis::redis::AsyncCommands;
use deadpool_redis::redis::aio::MultiplexedConnection;
use gacp_cache::{Entry, Key, Loaded, Policy, ReadThrough, Reply, Scope, Tag, Tags};

use super::*;
use crate::connection;

const CLIENTS: usize = 5_000;

/// What the parent tells its children: the name of the cache, and how many they are.
const ROLE: &str = "GACP_CACHE_CROWD";

/// Counts what all processes do.
#[derive(Clone)]
struct Counts {
    connection: MultiplexedConnection,
    name: String,
}

impl Counts {
    async fn of_name(name: &str) -> Self {
        let connection = connection(&address()).await;
        Self { connection, name: format!("gacp:crowd:{name}") }
    }

    async fn add(&self, what: &str, count: u64) -> u64 {
        self.connection.clone().hincr(&self.name, what, count).await.unwrap()
    }

    async fn clear(&self) {
        self.connection.clone().del::<_, ()>(&self.name).await.unwrap();
    }
}

/// Begins when all processes are there.
async fn ask(name: &str, processes: u64) {
    let counts = Counts::of_name(name).await;
    let replies = ReadThrough::<()>::new(Arc::new(of_name(name).await), Arc::new(()), 64);
    counts.add("processes", 1).await;
    let until = Instant::now() + Duration::from_mins(1);
    while counts.add("processes", 0).await < processes {
        assert!(Instant::now() < until, "the other process did not come");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let ask = |_| {
        let (replies, counts) = (replies.clone(), counts.clone());
        let load = move || async move {
            counts.add("loads", 1).await;
            tokio::time::sleep(Duration::from_millis(300)).await;
            Loaded::Keep(Entry::new(200, "text/plain", "\"1\"", "made once").unwrap())
        };
        tokio::spawn(async move {
            let key = Key::of("/standards", "GET", Scope::Public).key();
            let tags = Tags::of([Tag::of("standard", "thai-gacp")]);
            let policy = Policy::fresh_for(Duration::from_mins(1));
            replies.serve(key, &tags, &policy, load).await.unwrap()
        })
    };
    let asking: Vec<_> = (0..CLIENTS).map(ask).collect();
    for client in asking {
        let Reply::Entry(entry) = client.await.unwrap().reply else {
            panic!("nothing else was loaded")
        };
        assert_eq!(entry.body(), "made once");
    }
}

/// One of several where a parent says so; alone otherwise.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clients_of_a_process_make_one_load() {
    if let Some((name, processes)) = told() {
        return ask(&name, processes).await;
    }
    let name = name();

    ask(&name, 1).await;

    let counts = Counts::of_name(&name).await;
    assert_eq!(counts.add("loads", 0).await, 1);
    counts.clear().await;
}

#[expect(clippy::disallowed_methods, reason = "a parent tells its child by the environment")]
fn told() -> Option<(String, u64)> {
    let told = std::env::var(ROLE).ok()?;
    let (name, processes) = told.split_once(' ').unwrap();
    Some((name.to_owned(), processes.parse().unwrap()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clients_of_two_processes_make_one_load() {
    let name = name();
    let children = [(); 2].map(|()| {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "cache::crowd::the_clients_of_a_process_make_one_load"])
            .arg("--nocapture")
            .env(ROLE, format!("{name} 2"))
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    });

    for mut child in children {
        assert!(child.wait().unwrap().success());
    }

    let counts = Counts::of_name(&name).await;
    assert_eq!((counts.add("processes", 0).await, counts.add("loads", 0).await), (2, 1));
    counts.clear().await;
}
