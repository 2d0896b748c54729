//! A thread with a connection of its own.

use std::sync::Arc;
use std::time::Duration;

use deadpool_redis::redis::InfoDict;
use futures_util::future::{join, join_all, join3};
use gacp_cache::{Begun, Cache, Consistency, Entry, Key, Life, Lookup, Scope, Tag, Tags};
use gacp_cache_redis::{Redis, RedisCache, RedisLimiter};
use gacp_limits::{Key as Bucket, Quota, RateLimiter as _};
use tokio::runtime::{Builder, Runtime};
use tokio::task::{JoinHandle, LocalSet, spawn_local, yield_now};
use tokio::time::{sleep, timeout};

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
        let Worker { server, redis, own } = Worker::start().await;

        drop(redis);

        own.await.unwrap();
        wait_until("none is left", async || fresh_connections(&server).await == 0).await;
    });
}

const LIFE: Life = Life { soft: Duration::from_mins(1), hard: Duration::from_mins(1) };

/// As many as ask at once.
const MANY: u64 = 32;

fn key(nth: u64) -> Key {
    Key::of("/farms/{id}", "GET", Scope::Public).path("id", &nth.to_string()).key()
}

fn tags(nth: u64) -> Tags {
    Tags::of([Tag::of("farm", nth.to_string()), Tag::of("farms", "all")])
}

async fn keep(cache: &RedisCache, nth: u64) {
    let Begun::Leased { fill, .. } = cache.begin_fill(&key(nth), &tags(nth)).await.unwrap() else {
        panic!("nobody else is here")
    };
    let entry = Entry::new(200, "text/plain", "\"1\"", nth.to_string()).unwrap();
    cache.commit(fill, Arc::new(entry), LIFE).await.unwrap();
}

/// What each of many who ask at once is given.
async fn found(cache: &RedisCache) -> Vec<Option<String>> {
    let one = async |nth| match cache.get(&key(nth), &tags(nth), Consistency::Checked).await {
        Ok(Lookup::Found(it)) => Some(String::from_utf8(it.entry.body().to_vec()).unwrap()),
        Ok(Lookup::Missing(_)) => None,
        Err(unavailable) => panic!("{unavailable}"),
    };
    join_all((0..MANY).map(one)).await
}

/// A thread with a connection of its own.
struct Worker {
    server: OwnServer,
    redis: Redis,
    own: JoinHandle<()>,
}

impl Worker {
    async fn start() -> Self {
        let server = OwnServer::start().await;
        let redis = Redis::open(&server.address()).await.unwrap();
        let own = spawn_local(redis.serve_this_thread());
        wait_until("it has one", async || fresh_connections(&server).await == 2).await;
        answered().await;
        Self { server, redis, own }
    }

    /// A cache with entries, of which it has copies.
    async fn filled(&self) -> RedisCache {
        let cache = RedisCache::new(self.redis.clone(), "of-a-worker", 8 << 20);
        for nth in 0..MANY {
            keep(&cache, nth).await;
        }
        let all: Vec<_> = (0..MANY).map(|nth| Some(nth.to_string())).collect();
        assert_eq!(found(&cache).await, all);
        cache
    }

    /// How often it was asked for values since it was asked this last.
    async fn questions(&self) -> u64 {
        let stats: InfoDict = self.server.ask(&["INFO", "commandstats"]).await;
        let _reset: () = self.server.ask(&["CONFIG", "RESETSTAT"]).await;
        let Some(said) = stats.get::<String>("cmdstat_mget") else { return 0 };
        let calls = said.split(',').find_map(|part| part.strip_prefix("calls="));
        calls.unwrap().parse().unwrap()
    }
}

#[test]
fn what_many_ask_at_once_is_one_question() {
    LocalSet::new().block_on(&runtime(), async {
        let worker = Worker::start().await;
        let cache = worker.filled().await;
        worker.questions().await;

        let mut all = found(&cache).await;

        assert_eq!(worker.questions().await, 1);
        let copies: Vec<_> = (0..MANY).map(|nth| Some(nth.to_string())).collect();
        assert_eq!(all, copies, "each is given what it asked for");

        cache.invalidate(&Tags::of([Tag::of("farm", "7")])).await.unwrap();
        all[7] = None;
        assert_eq!(found(&cache).await, all);
        cache.invalidate(&Tags::of([Tag::of("farms", "all")])).await.unwrap();
        assert_eq!(found(&cache).await, vec![None; 32]);
    });
}

#[test]
fn each_of_many_who_count_at_once_is_told_his_own_count() {
    LocalSet::new().block_on(&runtime(), async {
        let worker = Worker::start().await;
        let cache = worker.filled().await;
        let limiter = RedisLimiter::new(worker.redis.clone(), "a-worker's", Quota::per_hour(10));
        let count = async |_| limiter.take(Bucket([1; 16])).await.unwrap();
        let counts = async || join_all((0..MANY).map(count)).await;

        // The first time Redis has to be given the script.
        let (verdicts, entries) = join(counts(), found(&cache)).await;

        let mut left: Vec<_> = verdicts.iter().filter(|it| it.is_allowed()).collect();
        left.sort_by_key(|verdict| verdict.remaining);
        let left: Vec<u32> = left.iter().map(|verdict| verdict.remaining).collect();
        assert_eq!(left, (0..10).collect::<Vec<_>>());
        assert!(entries.iter().all(Option::is_some));
        assert!(counts().await.iter().all(|verdict| !verdict.is_allowed()));
    });
}

#[test]
fn one_bad_command_spoils_no_other() {
    LocalSet::new().block_on(&runtime(), async {
        let worker = Worker::start().await;
        let cache = worker.filled().await;
        let limiter = RedisLimiter::new(worker.redis.clone(), "spoilt", Quota::per_hour(10));
        limiter.take(Bucket([2; 16])).await.unwrap();
        let spoilt = format!("gacp:bucket:spoilt:{}", "01".repeat(16));
        let _set: () = worker.server.ask(&["SET", &spoilt, "no number", "PX", "60000"]).await;

        let (bad, good, entries) =
            join3(limiter.take(Bucket([1; 16])), limiter.take(Bucket([2; 16])), found(&cache))
                .await;

        assert!(bad.is_err());
        assert!(good.unwrap().is_allowed());
        assert!(entries.iter().all(Option::is_some));
    });
}

#[test]
fn all_who_asked_are_told_that_there_is_no_answer() {
    LocalSet::new().block_on(&runtime(), async {
        let worker = Worker::start().await;
        let cache = worker.filled().await;
        worker.server.signal("-STOP");

        let asked: Vec<_> = (0..MANY).map(|nth| (key(nth), tags(nth))).collect();
        let answers = asked.iter().map(|(key, tags)| cache.get(key, tags, Consistency::Checked));
        let answers = timeout(Duration::from_secs(5), join_all(answers)).await.unwrap();

        assert!(answers.iter().all(Result::is_err));
        worker.server.signal("-CONT");
        wait_until("it is found again", async || worker.redis.ping().await.is_ok()).await;
        assert!(found(&cache).await.iter().all(Option::is_some));
    });
}

#[test]
fn who_waits_when_the_thread_gives_its_connection_up_takes_nobody_elses_away() {
    LocalSet::new().block_on(&runtime(), async {
        let worker = Worker::start().await;
        let cache = Arc::new(worker.filled().await);
        worker.server.signal("-STOP");
        let asking = Arc::clone(&cache);
        let asked =
            spawn_local(async move { asking.get(&key(1), &tags(1), Consistency::Checked).await });
        yield_now().await;

        worker.own.abort();

        assert!(asked.await.unwrap().is_err());
        worker.server.signal("-CONT");
        assert!(found(&cache).await.iter().all(Option::is_some), "on the shared one");
    });
}
