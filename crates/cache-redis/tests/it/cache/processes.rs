//! Two processes read and write through one Redis, at random: nobody is given what an acknowledged
//! write replaced. A cache that deletes what is written is found out by the same.
//!
//! `GACP_CACHE_RACE` says how many operations there are: 50 000 unless it does.

use std::process::{Child, Command, Stdio};

use async_trait::async_trait;
use deadpool_redis::redis::aio::MultiplexedConnection;
use deadpool_redis::redis::{AsyncCommands, Script};
use gacp_cache::contract::race::{Numbers, Process, Tally};
use gacp_cache::{Counters, Event};
use tokio::runtime::Builder;
use tokio::task::{LocalSet, spawn_local};

use super::naive::DeleteOnWrite;
use super::*;
use crate::connection;

const PROCESSES: u64 = 2;
const TASKS: u64 = 64;

/// Few, so that readers and writers meet.
const NUMBERS: u64 = 16;

/// What the parent tells its children.
const ROLE: &str = "GACP_CACHE_RACE_ROLE";

/// Numbers in Redis, which all processes see.
struct Shared {
    connection: MultiplexedConnection,
    name: String,
    raise_to: Script,
}

impl Shared {
    async fn of_name(name: &str) -> Self {
        let connection = connection(&address()).await;
        let raise_to = Script::new(
            "local now = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0')
             if tonumber(ARGV[2]) > now then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end",
        );
        Self { connection, name: format!("gacp:race:{name}"), raise_to }
    }

    fn place(&self, what: &str) -> String {
        format!("{}:{what}", self.name)
    }

    async fn number(&self, what: &str, nth: u64) -> u64 {
        let number: Option<u64> =
            self.connection.clone().hget(self.place(what), nth).await.unwrap();
        number.unwrap_or(0)
    }

    /// Adds a child's result to those of all.
    async fn report(&self, tally: Tally, loads: u64) {
        let counts = [
            ("reads", tally.reads),
            ("writes", tally.writes),
            ("stale", tally.stale),
            ("loads", loads),
            ("processes", 1),
        ];
        for (what, count) in counts {
            let mut connection = self.connection.clone();
            connection.hincr::<_, _, _, ()>(self.place("tally"), what, count).await.unwrap();
        }
    }

    async fn total(&self, what: &str) -> u64 {
        let mut connection = self.connection.clone();
        let count: Option<u64> = connection.hget(self.place("tally"), what).await.unwrap();
        count.unwrap_or(0)
    }

    async fn clear(&self) {
        for what in ["tally", "values", "acknowledged"] {
            self.connection.clone().del::<_, ()>(self.place(what)).await.unwrap();
        }
    }
}

#[async_trait]
impl Numbers for Shared {
    fn count(&self) -> u64 {
        NUMBERS
    }

    async fn read(&self, nth: u64) -> u64 {
        self.number("values", nth).await
    }

    async fn raise(&self, nth: u64) -> u64 {
        self.connection.clone().hincr(self.place("values"), nth, 1).await.unwrap()
    }

    async fn acknowledged(&self, nth: u64) -> u64 {
        self.number("acknowledged", nth).await
    }

    async fn acknowledge(&self, nth: u64, value: u64) {
        let mut script = self.raise_to.key(self.place("acknowledged"));
        script.arg(nth).arg(value);
        script.invoke_async::<()>(&mut self.connection.clone()).await.unwrap();
    }
}

/// Which cache, and of which name; how many operations; which of the processes.
struct Role {
    is_naive: bool,
    name: String,
    operations: u64,
    nth: u64,
}

impl Role {
    #[expect(clippy::disallowed_methods, reason = "a parent tells its child by the environment")]
    fn told() -> Option<Self> {
        let told = std::env::var(ROLE).ok()?;
        let [cache, name, operations, nth] =
            told.split(' ').collect::<Vec<_>>().try_into().unwrap();
        let (operations, nth) = (operations.parse().unwrap(), nth.parse().unwrap());
        Some(Self { is_naive: cache == "naive", name: name.to_owned(), operations, nth })
    }

    fn spawn(&self) -> Child {
        let cache = if self.is_naive { "naive" } else { "ours" };
        let told = format!("{cache} {} {} {}", self.name, self.operations, self.nth);
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "cache::processes::a_process_is_given_nothing_that_was_replaced"])
            // What it fails of is said at once.
            .arg("--nocapture")
            .env(ROLE, told)
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// One process of two is a worker: a thread with a connection of its own.
    fn is_worker(&self) -> bool {
        self.nth % 2 == 1
    }

    /// Runs something as processes of its kind do.
    fn run<T>(&self, what: impl Future<Output = T>) -> T {
        if self.is_worker() {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            LocalSet::new().block_on(&runtime, what)
        } else {
            let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
            runtime.unwrap().block_on(what)
        }
    }

    /// Reads and writes with all tasks at once.
    async fn play(&self) -> (Tally, u64, Arc<Counters>) {
        let cache: Arc<dyn Cache> = if self.is_naive {
            Arc::new(DeleteOnWrite::of_name(&self.name).await)
        } else {
            let redis = connected(&address(), PATIENCE).await;
            if self.is_worker() {
                spawn_local(redis.serve_this_thread());
            }
            Arc::new(RedisCache::new(redis, &self.name, LOCAL))
        };
        let store = Arc::new(Shared::of_name(&self.name).await);
        let seen = Arc::new(Counters::default());
        let process = Process::new(cache, store.clone(), seen.clone());
        let mut tasks = Vec::new();
        for task in 0..TASKS {
            let (process, share) = (process.clone(), self.operations.div_ceil(TASKS));
            let begin = (self.nth * TASKS + task).wrapping_mul(0x1234_5678_9abc_def1);
            tasks.push(tokio::spawn(async move { process.run(begin, share).await }));
        }
        let mut tally = Tally::default();
        for task in tasks {
            tally = tally.and(task.await.unwrap());
        }
        store.report(tally, process.loads()).await;
        (tally, process.loads(), seen)
    }
}

#[expect(clippy::disallowed_methods, reason = "who runs the tests says how long")]
fn operations() -> u64 {
    std::env::var("GACP_CACHE_RACE").map_or(50_000, |count| count.replace('_', "").parse().unwrap())
}

/// One of several where a parent says so; alone otherwise.
#[test]
fn a_process_is_given_nothing_that_was_replaced() {
    let told = Role::told();
    let alone = Role { is_naive: false, name: name(), operations: 10_000, nth: 0 };
    let role = told.as_ref().unwrap_or(&alone);

    let (tally, loads, seen) = role.run(async {
        let played = role.play().await;
        if told.is_none() {
            Shared::of_name(&role.name).await.clear().await;
        }
        played
    });

    assert!(role.is_naive || tally.stale == 0, "{tally:?}, {loads} loads, {seen:?}");
    assert!(role.is_naive || seen.count(Event::NotInvalidated) == 0, "{seen:?}");
}

/// Runs two processes; reads, loads, writes, and what was stale.
async fn in_two(is_naive: bool, operations: u64) -> [u64; 4] {
    let name = name();
    let role = |nth| {
        let operations = operations.div_ceil(PROCESSES);
        Role { is_naive, name: name.clone(), operations, nth }
    };
    let children: Vec<Child> = (0..PROCESSES).map(|nth| role(nth).spawn()).collect();
    for mut child in children {
        // A stale read is counted before the child fails of it.
        let _judged_by_the_tally = child.wait().unwrap();
    }
    let store = Shared::of_name(&name).await;
    assert_eq!(store.total("processes").await, PROCESSES, "a process did not come to its end");
    let mut totals = [0; 4];
    for (total, what) in totals.iter_mut().zip(["reads", "loads", "writes", "stale"]) {
        *total = store.total(what).await;
    }
    store.clear().await;
    totals
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_are_given_nothing_that_was_replaced() {
    let operations = operations();
    let began = Instant::now();

    let [reads, loads, writes, stale] = in_two(false, operations).await;

    eprintln!(
        "{reads} reads, {loads} loads, {writes} writes: {stale} stale, {:?}",
        began.elapsed()
    );
    assert_eq!(stale, 0);
    assert!(reads + writes >= operations && loads < reads, "{reads} {loads} {writes}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cache_that_deletes_what_is_written_gives_what_was_replaced() {
    let until = Instant::now() + Duration::from_mins(2);
    let mut stale = 0;
    while stale == 0 && Instant::now() < until {
        [.., stale] = in_two(true, 50_000).await;
    }

    assert!(stale > 0);
}
