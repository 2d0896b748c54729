//! A Redis that is down, slow, flapping, flushed, full, or not the one it was: no request fails or waits
//! for long, and none is given what was replaced.

use gacp_cache::{
    Begun, Consistency, Counters, Entry, Event, Guarded, How, Key, Life, Loaded, Lookup, Policy,
    ReadThrough, Reply, Scope, Served, Tag, Tags, Writes,
};
use gacp_resilience::breaker::{Breaker, Settings};

use super::*;
use crate::own::OwnServer;

/// What a server waits for an answer.
const ANSWER: Duration = Duration::from_millis(50);

/// What a request may take longer while Redis does not answer: its timeout and a little.
const ONCE: Duration = Duration::from_millis(60);

/// What a busy machine adds to that, which is none of the cache's doing.
const BUSY: Duration = Duration::from_millis(60);

/// Between two reads.
const PAUSE: Duration = Duration::from_millis(2);

/// Who took longer waited for the timeout.
const WAITED: Duration = Duration::from_millis(40);

/// A server as `apps/api` has it, over a Redis of its own.
struct Server {
    redis: OwnServer,
    seen: Arc<Counters>,
    cache: Arc<Guarded<RedisCache>>,
    replies: ReadThrough<()>,
    writes: Writes,
}

impl Server {
    async fn start() -> Self {
        let redis = OwnServer::start().await;
        let shared = connected(&redis.address(), ANSWER).await;
        let settings = Settings { open_base: Duration::from_millis(500), ..Settings::default() };
        let breaker = Arc::new(Breaker::new(settings).unwrap());
        let cache = Arc::new(Guarded::new(RedisCache::new(shared, "test", LOCAL), breaker));
        let seen = Arc::new(Counters::default());
        let replies = ReadThrough::new(cache.clone(), seen.clone(), 64);
        let writes = Writes::new(cache.clone(), seen.clone(), Duration::from_secs(30));
        Self { redis, seen, cache, replies, writes }
    }

    /// A read of what is this at the moment; how it went, and how long it took.
    async fn read(&self, id: u64, now: u64) -> (Served<()>, Duration) {
        let load = || async move {
            Loaded::Keep(Entry::new(200, "text/plain", "\"1\"", now.to_string()).unwrap())
        };
        let (key, policy) = (key(id), Policy::fresh_for(Duration::from_mins(1)));
        let began = Instant::now();
        let served = self.replies.serve(key, &tags(id), &policy, load).await.unwrap();
        (served, began.elapsed())
    }

    async fn write(&self, id: u64) -> (bool, Duration) {
        let began = Instant::now();
        let is_settled = self.writes.begin(tags(id)).await.settle().await;
        (is_settled, began.elapsed())
    }

    /// Reads for so long, one after the other; how often it came from the cache, and how often it
    /// waited for the timeout. What the machine itself delays is told by the pauses between.
    async fn reads_for(&self, time: Duration) -> (u64, u64) {
        let (mut hits, mut slow, mut noise, mut worst) = (0, 0_u64, 0, Duration::ZERO);
        let until = Instant::now() + time;
        while Instant::now() < until {
            let (served, took) = self.read(1, 7).await;
            let paused = Instant::now();
            tokio::time::sleep(PAUSE).await;
            let late = paused.elapsed().saturating_sub(PAUSE);
            worst = worst.max(late);
            assert_eq!(body(&served), "7");
            assert!(took < ONCE + BUSY + worst, "{took:?}, where a pause was {worst:?} late");
            hits += u64::from(served.how == How::Hit);
            slow += u64::from(took > WAITED);
            noise += u64::from(late > WAITED);
        }
        (hits, slow.saturating_sub(noise))
    }

    async fn wait_for_hits(&self, now: u64) {
        let until = Instant::now() + Duration::from_secs(20);
        while self.read(1, now).await.0.how != How::Hit {
            assert!(Instant::now() < until, "it is used again");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn key(id: u64) -> Key {
    Key::of("/farms/{id}", "GET", Scope::Public).path("id", &id.to_string()).key()
}

fn tags(id: u64) -> Tags {
    Tags::of([Tag::of("farm", id.to_le_bytes())])
}

fn body(served: &Served<()>) -> String {
    match &served.reply {
        Reply::Entry(entry) => String::from_utf8(entry.body().to_vec()).unwrap(),
        Reply::Other(()) => panic!("nothing else was loaded"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_it_is_down_every_request_is_served_at_once() {
    let mut server = Server::start().await;
    server.wait_for_hits(7).await;

    server.redis.kill();
    let (hits, slow) = server.reads_for(Duration::from_secs(2)).await;
    assert_eq!((hits, slow), (0, 0));
    let (is_settled, took) = server.write(2).await;
    assert!(!is_settled && took < ONCE + BUSY, "{took:?}");

    server.redis.start_again().await;
    server.wait_for_hits(7).await;
    assert!(server.seen.count(Event::Unavailable) > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_it_is_silent_a_request_waits_once() {
    let server = Server::start().await;
    server.wait_for_hits(7).await;

    server.redis.signal("-STOP");
    let (hits, slow) = server.reads_for(Duration::from_secs(2)).await;
    server.redis.signal("-CONT");

    assert_eq!(hits, 0);
    assert!(slow <= 2, "one request in two seconds waited for the timeout, not {slow}");
    server.wait_for_hits(7).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_it_is_slow_few_requests_wait_and_none_for_long() {
    let server = Server::start().await;
    server.wait_for_hits(7).await;

    for _ in 0..3 {
        server.redis.tell(&["DEBUG", "SLEEP", "0.4"]);
        let (_, slow) = server.reads_for(Duration::from_millis(700)).await;
        assert!(slow <= 2, "{slow}");
    }

    server.wait_for_hits(7).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_it_comes_and_goes_few_requests_wait_and_none_fails() {
    let server = Server::start().await;
    server.wait_for_hits(7).await;

    for _ in 0..4 {
        server.redis.signal("-STOP");
        let (_, first) = server.reads_for(Duration::from_millis(300)).await;
        server.redis.signal("-CONT");
        let (_, second) = server.reads_for(Duration::from_millis(400)).await;
        assert!(first + second <= 3, "{first} and {second}");
    }

    server.wait_for_hits(7).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_flushed_is_missing_and_nothing_else() {
    let server = Server::start().await;
    server.wait_for_hits(7).await;

    server.redis.ask::<()>(&["FLUSHALL"]).await;

    let (reply, _) = server.read(1, 8).await;
    assert_eq!((body(&reply).as_str(), reply.how), ("8", How::Miss));
    server.wait_for_hits(8).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_snapshot_brings_back_is_found_by_nobody() {
    let mut server = Server::start().await;
    server.wait_for_hits(7).await;
    server.redis.ask::<()>(&["SAVE"]).await;
    assert!(server.write(1).await.0, "what was 7 is 8");
    server.wait_for_hits(8).await;

    server.redis.kill();
    server.redis.start_again().await;
    let restored: u64 = server.redis.ask(&["DBSIZE"]).await;
    assert!(restored >= 3, "the entry is there with its tags: {restored}");

    // A copy in the process is not what this is about.
    let shared = connected(&server.redis.address(), ANSWER).await;
    let other = RedisCache::new(shared, "test", LOCAL);
    let found = other.get(&key(1), &tags(1), Consistency::Checked).await.unwrap();
    assert!(matches!(found, Lookup::Missing(_)), "{found:?}");
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let (reply, _) = server.read(1, 8).await;
        assert_eq!(body(&reply), "8");
        if reply.how == How::Hit {
            break;
        }
        assert!(Instant::now() < until, "it is used again");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_could_not_be_made_invalid_is_made_so_before_anything_is_read() {
    let server = Server::start().await;
    server.wait_for_hits(7).await;
    server.redis.signal("-STOP");
    let (is_settled, took) = server.write(1).await;
    assert!(!is_settled);
    assert!(took < ONCE + BUSY, "a write waits once, too: {took:?}");
    assert_eq!(server.seen.count(Event::NotInvalidated), 1);

    server.redis.signal("-CONT");
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let (reply, _) = server.read(1, 8).await;
        assert_eq!(body(&reply), "8", "{:?}", reply.how);
        if reply.how == How::Hit {
            break;
        }
        assert!(Instant::now() < until, "it is used again");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_its_memory_is_full_writes_still_end_what_they_replace() {
    let server = Server::start().await;
    server.wait_for_hits(7).await;

    server.redis.ask::<()>(&["CONFIG", "SET", "maxmemory", "1"]).await;
    assert!(server.write(1).await.0);
    let (reply, _) = server.read(1, 8).await;
    assert_eq!(body(&reply), "8");
    let begun = server.cache.begin_fill(&key(3), &tags(3)).await;
    assert!(begun.is_err(), "nothing can be kept: {begun:?}");
    let looked = server.cache.get(&key(1), &tags(1), Consistency::Checked).await;
    assert!(looked.is_ok(), "that it refuses is no reason to leave it: {looked:?}");

    server.redis.ask::<()>(&["CONFIG", "SET", "maxmemory", "0"]).await;
    server.wait_for_hits(8).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_redis_forgets_is_missed() {
    let server = Server::start().await;
    let life = Life { soft: Duration::from_mins(1), hard: Duration::from_mins(1) };
    let mut names = Vec::new();
    for sort in ["e", "t"] {
        let Begun::Leased { fill, .. } = server.cache.begin_fill(&key(1), &tags(1)).await.unwrap()
        else {
            panic!("nobody else is here")
        };
        let entry = Arc::new(Entry::new(200, "text/plain", "\"1\"", "7").unwrap());
        server.cache.commit(fill, entry, life).await.unwrap();
        let before = server.cache.get(&key(1), &tags(1), Consistency::Checked).await.unwrap();
        assert!(matches!(before, Lookup::Found(_)));

        let found: Vec<String> = server.redis.ask(&["KEYS", &format!("*:{sort}:*")]).await;
        for name in &found {
            server.redis.ask::<()>(&["DEL", name]).await;
        }
        names.extend(found);

        // A copy stays valid without the entry, but not without its tags.
        let after = server.cache.get(&key(1), &tags(1), Consistency::Checked).await.unwrap();
        assert_eq!(matches!(after, Lookup::Found(_)), sort == "e", "{after:?}");
        server.redis.ask::<()>(&["FLUSHALL"]).await;
    }
    assert_eq!(names.len(), 3, "an entry, its tag, and that of everything: {names:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_never_changes_is_given_without_a_question() {
    let server = Server::start().await;
    let policy = Policy::fresh_for(Duration::from_mins(1)).immutable();
    let read = async || {
        let load = || async { Loaded::Keep(Entry::new(200, "text/plain", "\"1\"", "x").unwrap()) };
        server.replies.serve(key(1), &tags(1), &policy, load).await.unwrap().how
    };
    let until = Instant::now() + Duration::from_secs(10);
    let asked = loop {
        let before = server.redis.commands().await;
        for _ in 0..100 {
            read().await;
        }
        let asked = server.redis.commands().await - before;
        if asked < 50 || Instant::now() > until {
            break asked;
        }
    };

    assert_eq!(read().await, How::Hit);
    assert!(asked < 50, "a hundred hits asked {asked} questions");
}
