//! What a hit within the process costs: `cargo bench -p gacp-cache`.
//!
//! `lookup` is what a request does that is served from the cache: the entry, its tags' epochs, its
//! headers; `serve` has the policy and the counters around it. A key and its tags are made of the
//! request before. Nothing waits for anything, so the futures are polled once.
#![expect(clippy::unwrap_used, reason = "a failed setup must stop the bench")]

use std::hint::black_box;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use criterion::Criterion;
use gacp_cache::{
    Cache, Consistency, Counters, Entry, How, InProcess, Key, Loaded, Lookup, Policy, ReadThrough,
    Reply, Scope, Tag, Tags,
};
use tokio::runtime::Runtime;

const POLICY: Policy = Policy::fresh_for(Duration::from_hours(1));

fn key(id: &str) -> Key {
    Key::of("/api/farms/{id}", "GET", Scope::User("0197a3c2-5b7e-7000-8000-000000000001"))
        .path("id", id)
        .language("th")
        .version("1")
        .key()
}

fn tags(id: &str) -> Tags {
    Tags::of([Tag::of("farm", id), Tag::of("user", "0197a3c2-5b7e-7000-8000-000000000001")])
}

fn entry() -> Entry {
    let entry = Entry::new(200, "application/json", "\"7\"", vec![b'x'; 2_048]).unwrap();
    entry.with_header("cache-control", "private, no-cache").unwrap()
}

/// A cache with some thousand entries.
struct Filled {
    cache: Arc<InProcess>,
    replies: ReadThrough<()>,
    key: Key,
    tags: Tags,
}

async fn filled() -> Filled {
    let cache = Arc::new(InProcess::of_bytes(64 << 20));
    let replies = ReadThrough::new(cache.clone(), Arc::new(Counters::default()), 64);
    for id in 0..5_000 {
        let id = id.to_string();
        let load = || async { Loaded::Keep(entry()) };
        replies.serve(key(&id), &tags(&id), &POLICY, load).await.unwrap();
    }
    Filled { cache, replies, key: key("7"), tags: tags("7") }
}

impl Filled {
    async fn lookup(&self) -> usize {
        let found = self.cache.get(black_box(&self.key), &self.tags, Consistency::Checked).await;
        let Ok(Lookup::Found(found)) = found else { return 0 };
        headers(&found.entry)
    }

    async fn serve(&self) -> usize {
        let load = || async { Loaded::Keep(entry()) };
        let served = self.replies.serve(black_box(self.key), &self.tags, &POLICY, load).await;
        let served = served.unwrap();
        assert_eq!(served.how, How::Hit);
        let Reply::Entry(entry) = served.reply else { return 0 };
        headers(&entry)
    }
}

/// Looks at all that is sent.
fn headers(entry: &Entry) -> usize {
    let others: usize = entry.headers().map(|(name, value)| name.len() + value.len()).sum();
    let body = entry.body().clone();
    others + body.len() + entry.etag().len() + entry.content_type().len()
}

/// The same in two threads at once; how long the slower one took.
fn in_two(times: u64, filled: &Arc<Filled>) -> Duration {
    let barrier = Arc::new(Barrier::new(2));
    let threads = [(); 2].map(|()| {
        let (filled, barrier) = (Arc::clone(filled), Arc::clone(&barrier));
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            barrier.wait();
            let began = Instant::now();
            runtime.block_on(async {
                for _ in 0..times {
                    black_box(filled.lookup().await);
                }
            });
            began.elapsed()
        })
    });
    threads.map(|thread| thread.join().unwrap()).into_iter().max().unwrap()
}

fn main() {
    let mut criterion = Criterion::default()
        .measurement_time(Duration::from_secs(2))
        .warm_up_time(Duration::from_millis(500))
        .configure_from_args();
    let runtime = Runtime::new().unwrap();
    let filled = Arc::new(runtime.block_on(filled()));

    let mut group = criterion.benchmark_group("a hit");
    group.bench_function("key", |b| b.iter(|| key(black_box("7"))));
    group.bench_function("tags", |b| b.iter(|| tags(black_box("7"))));
    group.bench_function("lookup", |b| b.to_async(&runtime).iter(|| filled.lookup()));
    group.bench_function("lookup, 2 threads", |b| b.iter_custom(|times| in_two(times, &filled)));
    group.bench_function("serve", |b| b.to_async(&runtime).iter(|| filled.serve()));
    group.finish();
    criterion.final_summary();
}
