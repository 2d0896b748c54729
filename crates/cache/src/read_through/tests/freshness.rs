//! What is kept, for how long, and what is given after that.

use super::*;

async fn serve(world: &World, policy: &Policy, loaded: Loaded<Said>) -> Served<Said> {
    world.replies.serve(key(), &tags(), policy, || async { loaded }).await.unwrap()
}

fn failed() -> Loaded<Said> {
    Loaded::Failed("the store is out")
}

async fn later(time: Duration) {
    tokio::time::advance(time).await;
}

#[tokio::test(start_paused = true)]
async fn what_is_no_longer_fresh_is_loaded_again() {
    let world = World::open();
    world.read(&STRICT).await;

    later(MINUTE).await;

    assert_eq!(world.read(&STRICT).await.how, How::Miss);
    assert_eq!(world.loads(), 2);
}

#[tokio::test]
async fn a_lookup_that_found_nothing_is_loaded_as_things_are_by_then() {
    let world = World::open();

    let looked = world.replies.look(key(), tags(), &STRICT).await;
    world.write(7).await;
    let served = world.replies.serve_looked(looked, || world.store.load()).await.unwrap();

    assert_eq!((value(&served), served.how), (7, How::Miss));
    assert_eq!((value(&world.read(&STRICT).await), world.loads()), (7, 1));
}

#[tokio::test]
async fn a_lookup_that_is_not_served_is_none() {
    let world = World::open();
    world.read(&STRICT).await;

    let looked = world.replies.look(key(), tags(), &STRICT).await;
    assert_eq!(world.seen.count(Event::Hit), 0);

    let served = world.replies.serve_looked(looked, || world.store.load()).await.unwrap();
    assert_eq!((served.how, world.seen.count(Event::Hit)), (How::Hit, 1));
}

#[tokio::test(start_paused = true)]
async fn its_age_is_told() {
    let world = World::open();
    world.read(&STRICT).await;

    later(Duration::from_secs(40)).await;

    let served = world.read(&STRICT).await;
    assert_eq!((served.how, served.age), (How::Hit, Duration::from_secs(40)));
    assert!(served.fresh_for <= Duration::from_secs(20));
}

#[tokio::test(start_paused = true)]
async fn what_time_makes_wrong_is_given_until_then_whatever_the_policy_allows() {
    let world = World::open();
    let kept = Loaded::KeepFor(entry(7), Duration::from_secs(5));
    serve(&world, &PUBLIC, kept).await;

    later(Duration::from_secs(4)).await;
    assert_eq!(serve(&world, &PUBLIC, failed()).await.how, How::Hit);
    later(Duration::from_secs(1)).await;
    let served = serve(&world, &PUBLIC, failed()).await;

    assert!(matches!(served.reply, Reply::Other(_)), "{served:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_stale_is_given_while_one_load_makes_the_next() {
    let world = World::gated();
    world.store.let_one_go_on();
    world.read(&PUBLIC).await;
    world.store.value.store(1, Ordering::SeqCst);
    later(MINUTE).await;

    for _ in 0..3 {
        let stale = world.read(&PUBLIC).await;
        assert_eq!((value(&stale), stale.how), (0, How::Stale));
        settle_down().await;
    }
    world.store.let_one_go_on();
    settle_down().await;

    let fresh = world.read(&PUBLIC).await;
    assert_eq!((value(&fresh), fresh.how), (1, How::Hit));
    assert_eq!(world.loads(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_is_stale_is_given_where_loading_fails_if_the_policy_says_so() {
    for (policy, after, expected) in [
        (PUBLIC, 200, Ok(How::StaleOnError)),
        (PUBLIC, 601 + 60, Err("the store is out")),
        (STRICT, 61, Err("the store is out")),
    ] {
        let world = World::open();
        serve(&world, &policy, Loaded::Keep(entry(7))).await;
        later(Duration::from_secs(after)).await;

        let served = serve(&world, &policy, failed()).await;

        match expected {
            Ok(how) => assert_eq!((value(&served), served.how), (7, how)),
            Err(why) => assert_eq!(said(&served), why),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_no_failure() {
    let world = World::open();
    serve(&world, &PUBLIC, Loaded::Keep(entry(7))).await;
    later(Duration::from_secs(200)).await;

    assert_eq!(said(&serve(&world, &PUBLIC, Loaded::Pass("moved")).await), "moved");
}

#[tokio::test(start_paused = true)]
async fn what_was_invalidated_is_given_to_nobody_whatever_fails() {
    let world = World::open();
    for after in [0, 61, 200] {
        serve(&world, &PUBLIC, Loaded::Keep(entry(7))).await;
        later(Duration::from_secs(after)).await;
        world.write(8).await;

        assert_eq!(said(&serve(&world, &PUBLIC, failed()).await), "the store is out", "{after}");
    }
}

#[tokio::test(start_paused = true)]
async fn that_there_is_nothing_is_kept_for_a_moment() {
    let world = World::open();
    let nothing = Entry::new(404, "application/problem+json", "\"none\"", "{}").unwrap();
    serve(&world, &PUBLIC, Loaded::Negative(nothing.clone())).await;

    later(Duration::from_secs(8)).await;
    assert_eq!(serve(&world, &PUBLIC, failed()).await.how, How::Hit);
    later(Duration::from_secs(2)).await;
    assert_eq!(said(&serve(&world, &PUBLIC, failed()).await), "the store is out");

    serve(&world, &PUBLIC, Loaded::Negative(nothing)).await;
    world.write(1).await;
    assert_eq!(said(&serve(&world, &PUBLIC, failed()).await), "the store is out");
}

#[tokio::test]
async fn what_is_passed_on_is_not_kept() {
    let world = World::open();
    for loaded in [Loaded::Pass("not yours"), failed()] {
        let served = serve(&world, &PUBLIC, loaded).await;
        assert_eq!(served.how, How::Miss);
    }

    settle_down().await;
    assert_eq!(world.read(&PUBLIC).await.how, How::Miss);
    assert_eq!(world.seen.count(Event::Stored), 1);
}
