//! What two processes share, and what one keeps to itself.

use gacp_cache::{
    Consistency, Entry, Invalidated, Invalidations, Key, Life, Lookup, Scope, Tag, Tags,
};

use super::*;

const LIFE: Life = Life { soft: Duration::from_mins(1), hard: Duration::from_mins(1) };

fn key() -> Key {
    Key::of("/standards", "GET", Scope::Public).key()
}

fn tags() -> Tags {
    Tags::of([Tag::of("standard", "thai-gacp")])
}

fn entry(text: &'static str) -> Arc<Entry> {
    Arc::new(Entry::new(200, "text/plain", "\"1\"", text).unwrap())
}

async fn store(cache: &RedisCache, text: &'static str) {
    let gacp_cache::Begun::Leased { fill, .. } = cache.begin_fill(&key(), &tags()).await.unwrap()
    else {
        panic!("nobody else is here")
    };
    cache.commit(fill, entry(text), LIFE).await.unwrap();
}

async fn find(cache: &RedisCache, how: Consistency) -> Option<String> {
    match cache.get(&key(), &tags(), how).await.unwrap() {
        Lookup::Found(found) => Some(String::from_utf8(found.entry.body().to_vec()).unwrap()),
        Lookup::Missing(_) => None,
    }
}

async fn next(told: &mut Invalidations) -> Invalidated {
    tokio::time::timeout(Duration::from_secs(10), told.next()).await.unwrap().unwrap()
}

#[tokio::test]
async fn what_one_process_has_loaded_the_other_need_not() {
    let name = name();
    let (one, other) = (of_name(&name).await, of_name(&name).await);

    store(&one, "kept").await;

    for _ in 0..2 {
        assert_eq!(find(&other, Consistency::Checked).await.as_deref(), Some("kept"));
    }
    assert_eq!(find(&of_name(&super::name()).await, Consistency::Checked).await, None);
}

#[tokio::test]
async fn what_one_process_ends_is_ended_for_the_other_although_that_has_a_copy() {
    let name = name();
    let (one, other) = (of_name(&name).await, of_name(&name).await);
    store(&one, "old").await;
    assert!(find(&other, Consistency::Checked).await.is_some());

    one.invalidate(&tags()).await.unwrap();
    assert_eq!(find(&other, Consistency::Checked).await, None);

    store(&one, "new").await;
    assert_eq!(find(&other, Consistency::Checked).await.as_deref(), Some("new"));
    let doubt = one.doubt(&tags(), Duration::from_secs(30)).await.unwrap();
    assert_eq!(find(&other, Consistency::Checked).await, None);
    one.settle(doubt).await.unwrap();
    assert_eq!(find(&other, Consistency::Checked).await, None);
}

#[tokio::test]
async fn what_never_changes_is_given_until_its_end_is_heard() {
    let name = name();
    let behind = of_name(&name).await;
    // Whoever does not listen yet asks.
    let mut told = behind.subscribe();
    let other = of_name(&name).await;
    assert_eq!(next(&mut told).await, Invalidated::Unknown);
    store(&behind, "kept").await;
    assert!(find(&behind, Consistency::Pushed).await.is_some());

    other.invalidate(&tags()).await.unwrap();
    assert_eq!(next(&mut told).await, Invalidated::Tags(tags()));
    assert_eq!(find(&behind, Consistency::Pushed).await, None);
}

#[tokio::test]
async fn who_hears_nothing_any_more_asks_again() {
    let door = crate::door::Door::open(&address()).await;
    let name = name();
    let redis = connected(&door.address, PATIENCE).await;
    let behind = RedisCache::new(redis, &name, LOCAL);
    let mut told = behind.subscribe();
    let other = of_name(&name).await;
    assert_eq!(next(&mut told).await, Invalidated::Unknown);
    store(&behind, "old").await;
    assert!(find(&behind, Consistency::Pushed).await.is_some());

    door.set_open(false);
    assert_eq!(next(&mut told).await, Invalidated::Unknown, "it notices that it is alone");
    other.invalidate(&tags()).await.unwrap();
    store(&other, "new").await;
    door.set_open(true);

    let began = Instant::now();
    let found = loop {
        assert!(began.elapsed() < Duration::from_secs(10), "it is back");
        match behind.get(&key(), &tags(), Consistency::Pushed).await {
            Ok(Lookup::Found(found)) => break found,
            Ok(Lookup::Missing(_)) => panic!("there is an entry"),
            Err(_out) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    };
    assert_eq!(found.entry.body(), "new");
}
