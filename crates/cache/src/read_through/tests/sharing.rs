//! Who shares which load.

use gacp_resilience::carry;
use gacp_resilience::deadline::{self, Deadline};

use super::*;

#[tokio::test]
async fn what_was_loaded_is_served_from_the_cache() {
    let world = World::open();

    let first = world.read(&STRICT).await;
    let second = world.read(&STRICT).await;

    assert_eq!((value(&first), first.how), (0, How::Miss));
    assert_eq!((value(&second), second.how), (0, How::Hit));
    assert!(second.fresh_for > Duration::from_secs(50) && second.fresh_for <= MINUTE);
    assert_eq!(world.loads(), 1);
    for event in [Event::Miss, Event::Stored, Event::Hit] {
        assert_eq!(world.seen.count(event), 1, "{event:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_thousand_clients_of_each_of_two_processes_make_one_load() {
    let world = World::gated();
    let processes = [world.replies.clone(), world.other()];
    let reads: Vec<_> = (0..10_000)
        .map(|nth| {
            let replies = processes[nth % 2].clone();
            let store = Arc::clone(&world.store);
            let read = async move { replies.serve(key(), &tags(), &STRICT, || store.load()).await };
            tokio::spawn(read)
        })
        .collect();

    tokio::time::sleep(Duration::from_millis(200)).await;
    world.store.let_one_go_on();
    for read in reads {
        assert_eq!(value(&read.await.unwrap().unwrap()), 0);
    }

    assert_eq!(world.loads(), 1);
    let collapsed = world.seen.count(Event::Collapsed) + world.seen.count(Event::Hit);
    assert_eq!((world.seen.count(Event::Miss), collapsed), (1, 9_999));
}

#[tokio::test]
async fn a_load_goes_on_when_whoever_asked_first_has_left() {
    let world = World::gated();
    let first = world.spawn_read();
    settle_down().await;
    let second = world.spawn_read();
    settle_down().await;

    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    world.store.let_one_go_on();

    assert_eq!(second.await.unwrap().unwrap().how, How::Collapsed);
    settle_down().await;
    assert_eq!(world.read(&STRICT).await.how, How::Hit);
    assert_eq!(world.loads(), 1);
}

#[tokio::test]
async fn who_comes_after_a_write_does_not_share_a_load_from_before_it() {
    let world = World::gated();
    let before = world.spawn_read();
    settle_down().await;

    world.write(1).await;
    let after = world.spawn_read();
    let later = world.spawn_read();
    settle_down().await;
    assert_eq!(world.loads(), 1, "the next load waits for the end of the first");
    world.store.let_one_go_on();
    settle_down().await;
    world.store.let_one_go_on();

    assert_eq!(value(&before.await.unwrap().unwrap()), 0);
    assert_eq!(value(&after.await.unwrap().unwrap()), 1);
    assert_eq!(value(&later.await.unwrap().unwrap()), 1);
    assert_eq!(world.loads(), 2);
    assert_eq!(world.seen.count(Event::Superseded), 1);
    settle_down().await;
    assert_eq!(value(&world.read(&STRICT).await), 1);
}

#[tokio::test]
async fn who_waits_for_the_next_load_takes_what_the_last_one_has_stored() {
    let world = World::gated();
    world.cache.is_out.store(true, Ordering::SeqCst);
    let first = world.spawn_read();
    settle_down().await;
    world.cache.is_out.store(false, Ordering::SeqCst);
    let second = world.spawn_read();
    settle_down().await;
    // Meanwhile another process has stored it.
    let other = world.other();
    let store = Arc::clone(&world.store);
    let third =
        tokio::spawn(async move { other.serve(key(), &tags(), &STRICT, || store.load()).await });
    settle_down().await;

    world.store.gate.close();

    assert_eq!(first.await.unwrap().unwrap().how, How::Bypassed);
    assert_eq!(third.await.unwrap().unwrap().how, How::Miss);
    assert_eq!(second.await.unwrap().unwrap().how, How::Collapsed);
    assert_eq!(world.loads(), 2);
}

#[tokio::test]
async fn too_many_loads_are_not_shared_and_not_kept() {
    let world = World::gated();
    let replies = ReadThrough::<Said>::new(world.cache.clone(), world.seen.clone(), 1);
    let first = {
        let (replies, store) = (replies.clone(), Arc::clone(&world.store));
        tokio::spawn(async move { replies.serve(key(), &tags(), &STRICT, || store.load()).await })
    };
    settle_down().await;

    let tags = tags();
    let other = Key::of("/farms/{id}", "GET", Scope::Public).path("id", "8").key();
    let crowded = replies.serve(other, &tags, &STRICT, || async { Loaded::Keep(entry(5)) });
    let crowded = crowded.await.unwrap();
    world.store.gate.close();

    assert_eq!((value(&crowded), crowded.how), (5, How::Bypassed));
    assert_eq!(world.seen.count(Event::Crowded), 1);
    first.await.unwrap().unwrap();
    settle_down().await;
    let again = replies.serve(other, &tags, &STRICT, || async { Loaded::Keep(entry(6)) });
    assert_eq!(again.await.unwrap().how, How::Miss);
}

#[tokio::test]
async fn a_load_can_take_the_callers_deadline_along() {
    let world = World::open();
    let load = || {
        carry::along(async {
            Loaded::Pass(if deadline::current().is_some() { "has" } else { "none" })
        })
    };
    let tags = tags();
    let read = world.replies.serve(key(), &tags, &STRICT, load);

    let served = Deadline::within(MINUTE).scope(read).await.unwrap();

    assert_eq!(said(&served), "has");
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_another_process_does_not_wait_for_long() {
    let world = World::open();
    // It has begun, and died.
    assert!(matches!(world.cache.begin_fill(&key(), &tags()).await, Ok(Begun::Leased { .. })));
    let began = tokio::time::Instant::now();

    let served = world.read(&STRICT).await;

    assert_eq!(value(&served), 0);
    let waited = began.elapsed();
    assert!(
        waited > Duration::from_millis(1_900) && waited < Duration::from_millis(2_100),
        "{waited:?}"
    );
}
