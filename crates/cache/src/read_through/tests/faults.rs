//! What happens while the cache is out, and when a load does not end.

use super::*;

#[tokio::test]
async fn while_the_cache_is_out_one_load_runs_at_a_time() {
    let world = World::gated();
    world.cache.is_out.store(true, Ordering::SeqCst);
    let mut reads = vec![world.spawn_read()];
    settle_down().await;

    // These come too late for the first, so all of them share the second.
    reads.extend((0..31).map(|_| world.spawn_read()));
    settle_down().await;
    assert_eq!(world.loads(), 1);
    world.store.gate.close();
    for read in reads {
        assert_eq!(read.await.unwrap().unwrap().how, How::Bypassed);
    }

    assert_eq!(world.loads(), 2);
    assert_eq!(world.store.most_at_once.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn while_the_cache_is_out_nobody_shares_a_load_from_before_he_came() {
    let world = World::gated();
    world.cache.is_out.store(true, Ordering::SeqCst);
    let before = world.spawn_read();
    settle_down().await;

    world.store.value.store(1, Ordering::SeqCst);
    let after = world.spawn_read();
    settle_down().await;
    world.store.gate.close();

    assert_eq!(value(&before.await.unwrap().unwrap()), 0);
    assert_eq!(value(&after.await.unwrap().unwrap()), 1);
}

#[tokio::test]
async fn nobody_waits_until_it_is_stored() {
    let mut world = World::open();
    let cache = Arc::new(Faulty { commits: Semaphore::new(0), ..Faulty::default() });
    world.cache = Arc::clone(&cache);
    world.replies = world.other();

    assert_eq!(world.read(&STRICT).await.how, How::Miss);
    assert_eq!(world.read(&STRICT).await.how, How::Collapsed, "it is not stored yet");
    cache.commits.close();
    settle_down().await;
    assert_eq!(world.read(&STRICT).await.how, How::Hit);
    assert_eq!(world.loads(), 1);
}

#[tokio::test]
async fn a_load_that_panics_is_nobodys_reply_and_bars_nobody() {
    let world = World::open();
    let panics =
        || async { if key() == key() { panic!("a bug in a load") } else { Loaded::Pass("") } };

    let refused = world.replies.serve(key(), &tags(), &STRICT, panics).await;
    settle_down().await;
    let began = tokio::time::Instant::now();
    let served = world.read(&STRICT).await;

    assert!(matches!(refused, Err(Aborted)), "{refused:?}");
    assert_eq!(served.how, How::Miss);
    assert!(began.elapsed() < Duration::from_secs(1), "nobody waits for the lease to end");
    assert_eq!(world.seen.count(Event::Aborted), 1);
}

#[tokio::test]
async fn what_is_being_written_is_loaded_and_not_kept() {
    let world = World::open();
    let write = world.writes.begin(tags()).await;

    assert_eq!(world.read(&STRICT).await.how, How::Miss);
    assert_eq!(world.read(&STRICT).await.how, How::Miss);
    assert_eq!(world.seen.count(Event::NotKept), 2);
    write.settle().await;

    world.read(&STRICT).await;
    settle_down().await;
    assert_eq!(world.read(&STRICT).await.how, How::Hit);
}

#[tokio::test]
async fn a_write_does_not_depend_on_the_cache() {
    let world = World::open();
    world.cache.is_out.store(true, Ordering::SeqCst);

    let write = world.writes.begin(tags()).await;
    assert!(!write.settle().await);
    assert_eq!(world.seen.count(Event::DoubtNotSet), 1);
    assert_eq!(world.seen.count(Event::NotInvalidated), 1);

    // It comes back between the mark and the invalidation.
    let write = world.writes.begin(tags()).await;
    world.cache.is_out.store(false, Ordering::SeqCst);
    world.read(&STRICT).await;
    settle_down().await;
    assert!(write.settle().await);
    assert_eq!(world.read(&STRICT).await.how, How::Miss);
}
