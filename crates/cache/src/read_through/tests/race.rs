//! Readers and writers at random: nobody is given what an acknowledged write replaced.

use super::*;

/// One of 32: reads, and writes now and then, and counts what was too old.
async fn play(world: Arc<World>, acknowledged: Arc<AtomicU64>, seed: u64) -> u64 {
    let mut stale = 0;
    for round in 0..300 {
        let drawn = (seed * 7_919 + round) * 2_654_435_761 % 1_000_003;
        if drawn.is_multiple_of(23) {
            let write = world.writes.begin(tags()).await;
            let value = world.store.value.fetch_add(1, Ordering::SeqCst) + 1;
            assert!(write.settle().await);
            acknowledged.fetch_max(value, Ordering::SeqCst);
        } else {
            let least = acknowledged.load(Ordering::SeqCst);
            // Some look first, and find out meanwhile whether it is given.
            let looked = world.replies.look(key(), tags(), &STRICT).await;
            if drawn.is_multiple_of(3) {
                tokio::task::yield_now().await;
            }
            let load = || world.store.load();
            let served = world.replies.serve_looked(looked, load).await.unwrap();
            stale += u64::from(value(&served) < least);
        }
        if drawn.is_multiple_of(5) {
            tokio::task::yield_now().await;
        }
    }
    stale
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_at_once_nobody_is_given_what_an_acknowledged_write_replaced() {
    let world = Arc::new(World::gated());
    let acknowledged = Arc::new(AtomicU64::new(0));
    let tasks: Vec<_> = (0..32)
        .map(|seed| tokio::spawn(play(Arc::clone(&world), Arc::clone(&acknowledged), seed)))
        .collect();
    // Loads take a moment, so that many share them and writes come between.
    let pace = {
        let world = Arc::clone(&world);
        tokio::spawn(async move {
            loop {
                world.store.let_one_go_on();
                tokio::task::yield_now().await;
            }
        })
    };

    let mut stale = 0;
    for task in tasks {
        stale += task.await.unwrap();
    }
    pace.abort();

    assert_eq!(stale, 0);
    for event in [Event::Hit, Event::Miss, Event::Collapsed, Event::Superseded, Event::Invalidated]
    {
        assert!(world.seen.count(event) > 0, "{event:?} never happened: {:?}", world.seen);
    }
}
