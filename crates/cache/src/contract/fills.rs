//! Who may fill a key, and what comes of it.

use tokio::sync::Barrier;

use super::{
    Arc, Begun, Cache, Committed, Duration, LIFE, Tags, entry, epochs, find, key, lease, number,
    race, store, tag,
};
use crate::LEASE;

/// So that two who looked can tell whether something was written between: the same ones that a
/// fill begins with.
pub async fn a_miss_says_what_the_tags_are(cache: Arc<dyn Cache>) {
    let tags = Tags::of([tag(1), tag(2)]);
    let fill = lease(&*cache, key(1), &tags).await;
    assert_eq!(epochs(&*cache, key(1), &tags).await, Some(fill.epochs.clone()));

    cache.invalidate(&Tags::of([tag(2)])).await.unwrap();
    let after = epochs(&*cache, key(1), &tags).await.unwrap();
    assert_ne!(after, fill.epochs);
    cache.abandon(fill).await.unwrap();
    assert_eq!(lease(&*cache, key(1), &tags).await.epochs, after);
}

/// Whoever comes second is told that somebody else is at it.
pub async fn the_lease_is_given_once(cache: Arc<dyn Cache>) {
    let tags = Tags::of([tag(1)]);
    let fill = lease(&*cache, key(1), &tags).await;

    assert!(matches!(cache.begin_fill(&key(1), &tags).await.unwrap(), Begun::Taken));
    let other = lease(&*cache, key(2), &tags).await;
    cache.commit(fill, Arc::new(entry(1)), LIFE).await.unwrap();
    lease(&*cache, key(1), &tags).await;
    assert_ne!(other.lease, lease(&*cache, key(3), &tags).await.lease);
}

/// Nothing came of a load.
pub async fn a_lease_that_is_given_back_can_be_had_again(cache: Arc<dyn Cache>) {
    let tags = Tags::of([tag(1)]);
    let fill = lease(&*cache, key(1), &tags).await;

    cache.abandon(fill).await.unwrap();

    assert!(find(&*cache, key(1), &tags).await.is_none());
    store(&*cache, key(1), &tags, entry(1)).await;
}

/// Whoever had it before does not end the lease of the next.
pub async fn nobody_gives_back_the_lease_of_another(cache: Arc<dyn Cache>) {
    let tags = Tags::of([tag(1)]);
    let first = lease(&*cache, key(1), &tags).await;
    cache.abandon(first.clone()).await.unwrap();
    let second = lease(&*cache, key(1), &tags).await;

    cache.abandon(first.clone()).await.unwrap();
    let late = cache.commit(first, Arc::new(entry(1)), LIFE).await.unwrap();

    assert_eq!(late, Committed::LeaseLost);
    assert!(matches!(cache.begin_fill(&key(1), &tags).await.unwrap(), Begun::Taken));
    let committed = cache.commit(second, Arc::new(entry(2)), LIFE).await.unwrap();
    assert_eq!(committed, Committed::Stored);
    assert_eq!(number(&find(&*cache, key(1), &tags).await.unwrap().entry), 2);
}

/// A lease ends by itself, and then somebody else can have it.
pub async fn a_lease_that_is_too_old_stores_nothing(cache: Arc<dyn Cache>) {
    let tags = Tags::of([tag(1)]);
    let slow = lease(&*cache, key(1), &tags).await;
    tokio::time::sleep(LEASE + Duration::from_millis(100)).await;

    let committed = cache.commit(slow, Arc::new(entry(1)), LIFE).await.unwrap();

    assert_eq!(committed, Committed::LeaseLost);
    assert!(find(&*cache, key(1), &tags).await.is_none());
    store(&*cache, key(1), &tags, entry(2)).await;
}

/// Between a lookup and a lease somebody may have stored what was missing.
pub async fn who_begins_is_told_of_an_entry_that_came_meanwhile(cache: Arc<dyn Cache>) {
    let tags = Tags::of([tag(1)]);
    let is_filled = async || match cache.begin_fill(&key(1), &tags).await.unwrap() {
        Begun::Leased { fill, filled } => {
            cache.abandon(fill).await.unwrap();
            filled
        }
        other => panic!("{other:?}"),
    };

    assert!(!is_filled().await);
    store(&*cache, key(1), &tags, entry(1)).await;
    assert!(is_filled().await);
    cache.invalidate(&tags).await.unwrap();
    assert!(!is_filled().await);
}

/// What was loaded may be from before.
pub async fn what_was_invalidated_meanwhile_is_not_stored(cache: Arc<dyn Cache>) {
    let tags = Tags::of([tag(1), tag(2)]);
    for invalidated in [Tags::of([tag(1)]), Tags::of([tag(2)]), Tags::everything()] {
        let fill = lease(&*cache, key(1), &tags).await;
        cache.invalidate(&invalidated).await.unwrap();

        let committed = cache.commit(fill, Arc::new(entry(1)), LIFE).await.unwrap();

        assert_eq!(committed, Committed::Superseded, "{invalidated:?}");
        assert!(find(&*cache, key(1), &tags).await.is_none());
        // The lease is given back.
        cache.abandon(lease(&*cache, key(1), &tags).await).await.unwrap();
    }
}

/// What was loaded may be from before or after.
pub async fn what_is_in_doubt_is_not_stored(cache: Arc<dyn Cache>) {
    let tags = Tags::of([tag(1), tag(2)]);
    let fill = lease(&*cache, key(1), &tags).await;
    let doubt = cache.doubt(&Tags::of([tag(2)]), Duration::from_secs(30)).await.unwrap();

    let committed = cache.commit(fill, Arc::new(entry(1)), LIFE).await.unwrap();
    cache.settle(doubt).await.unwrap();

    assert_eq!(committed, Committed::Superseded);
    assert!(find(&*cache, key(1), &tags).await.is_none());
}

/// Whoever would begin is told so, and takes no lease.
pub async fn what_is_in_doubt_cannot_be_filled(cache: Arc<dyn Cache>) {
    let tags = Tags::of([tag(1), tag(2)]);
    let doubt = cache.doubt(&Tags::of([tag(1)]), Duration::from_secs(30)).await.unwrap();

    assert!(matches!(cache.begin_fill(&key(1), &tags).await.unwrap(), Begun::InDoubt));

    cache.settle(doubt).await.unwrap();
    store(&*cache, key(1), &tags, entry(1)).await;
}

/// Runs one for each of 32 tasks that all begin at once.
async fn at_once<R: Send + 'static, F: Future<Output = R> + Send + 'static>(
    task: impl Fn(u64) -> F,
) -> Vec<R> {
    let barrier = Arc::new(Barrier::new(32));
    let runs: Vec<_> = (0..32)
        .map(|nth| {
            let (barrier, task) = (Arc::clone(&barrier), task(nth));
            tokio::spawn(async move {
                barrier.wait().await;
                task.await
            })
        })
        .collect();
    let mut results = Vec::new();
    for run in runs {
        results.push(run.await.unwrap());
    }
    results
}

/// 32 ask at once for the right to fill one key, of tags that nobody has seen before.
pub async fn of_many_at_once_one_has_the_lease(cache: Arc<dyn Cache>) {
    for round in 0..20 {
        let leases = at_once(|_| {
            let (cache, tags) = (Arc::clone(&cache), Tags::of([tag(round)]));
            async move { cache.begin_fill(&key(round), &tags).await.unwrap() }
        });
        let is_leased = |begun: &&Begun| matches!(begun, Begun::Leased { .. });
        assert_eq!(leases.await.iter().filter(is_leased).count(), 1, "round {round}");
    }
}

/// 16 fill and 16 invalidate: once the invalidations have returned, nothing is there that was
/// begun before them.
pub async fn of_many_at_once_nobody_revives_what_another_ends(cache: Arc<dyn Cache>) {
    for round in 0..20 {
        let tags = Tags::of([tag(round), tag(1_000)]);
        let mut fills = Vec::new();
        for nth in 0..16 {
            fills.push(Some(lease(&*cache, key(nth), &tags).await));
        }
        let fills = std::sync::Mutex::new(fills);
        at_once(|nth| {
            let fill =
                fills.lock().unwrap().get_mut(usize::try_from(nth).unwrap()).and_then(Option::take);
            let (cache, tags) = (Arc::clone(&cache), tags.clone());
            async move {
                match fill {
                    Some(fill) => {
                        cache.commit(fill, Arc::new(entry(nth)), LIFE).await.unwrap();
                    }
                    None => cache.invalidate(&tags).await.unwrap(),
                }
            }
        })
        .await;
        for nth in 0..16 {
            assert!(find(&*cache, key(nth), &tags).await.is_none(), "round {round}");
        }
    }
}

/// 32 read and write eight things as servers do: see [`race`].
pub async fn of_many_at_once_nobody_reads_what_an_acknowledged_write_replaced(
    cache: Arc<dyn Cache>,
) {
    let process = race::Process::new(cache, Arc::new(race::InMemory::of(8)), Arc::new(()));
    let runs = at_once(|nth| {
        let process = process.clone();
        async move { process.run(nth, 200).await }
    });
    let total = runs.await.into_iter().fold(race::Tally::default(), race::Tally::and);

    assert_eq!(total.stale, 0, "{total:?}");
    assert!(process.loads() < total.reads && total.writes > 0, "{total:?}");
}
