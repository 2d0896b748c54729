//! When an entry is valid.

use super::{
    Arc, Begun, Cache, Committed, Duration, Entry, Life, Tags, entry, epochs, find, key, lease,
    number, store, tag,
};
use crate::{Invalidated, Invalidations, Policy};

/// A cache is empty at first.
pub async fn what_was_never_stored_is_missing(cache: Arc<dyn Cache>) {
    assert!(find(&*cache, key(1), &Tags::of([tag(1)])).await.is_none());
}

/// Status, headers and body, with how old it is and may become.
pub async fn what_is_stored_comes_back_as_it_was(cache: Arc<dyn Cache>) {
    let tags = Tags::of([tag(1), tag(2)]);
    let body: Vec<u8> = (0..=255).collect();
    let entry =
        Entry::new(404, "application/problem+json; charset=utf-8", "\"x-1\"", body).unwrap();
    let entry = entry.with_header("link", "</b>; rel=\"next\"").unwrap();
    let entry = entry.with_header("vary", "").unwrap();
    let fill = lease(&*cache, key(1), &tags).await;
    let life = Life { soft: Duration::from_millis(30_123), hard: Duration::from_millis(60_456) };

    let committed = cache.commit(fill.clone(), Arc::new(entry.clone()), life).await.unwrap();
    let found = find(&*cache, key(1), &tags).await.unwrap();

    assert_eq!(committed, Committed::Stored);
    assert_eq!(*found.entry, entry);
    assert_eq!((found.epochs, found.life), (fill.epochs, life));
    assert!(found.age < Duration::from_secs(5), "{:?}", found.age);
}

/// The limits of what is kept are those of [`Entry`], [`Tags`] and [`Policy`], not the adapter's.
pub async fn the_largest_entry_with_the_most_tags_comes_back(cache: Arc<dyn Cache>) {
    let tags = Tags::all_of((0..64).map(tag)).unwrap();
    let headers = "text/plain".len() + "\"1\"".len();
    let body = vec![0xff; Entry::LARGEST - headers];
    let entry = Entry::new(200, "text/plain", "\"1\"", body).unwrap();
    let fill = lease(&*cache, key(1), &tags).await;
    let life = Life { soft: Policy::LONGEST, hard: Policy::LONGEST };

    cache.commit(fill, Arc::new(entry.clone()), life).await.unwrap();
    let found = find(&*cache, key(1), &tags).await.unwrap();

    assert_eq!((&*found.entry, found.life), (&entry, life));
}

/// It ends by its age, or with everything.
pub async fn an_entry_without_tags_comes_back(cache: Arc<dyn Cache>) {
    let tags = Tags::of([]);
    store(&*cache, key(1), &tags, entry(7)).await;
    assert_eq!(number(&find(&*cache, key(1), &tags).await.unwrap().entry), 7);

    cache.invalidate(&Tags::everything()).await.unwrap();
    assert!(find(&*cache, key(1), &tags).await.is_none());
}

/// What is stored under one key is under no other.
pub async fn keys_do_not_share(cache: Arc<dyn Cache>) {
    let tags = Tags::of([tag(1)]);
    store(&*cache, key(1), &tags, entry(1)).await;

    assert!(find(&*cache, key(2), &tags).await.is_none());
    store(&*cache, key(2), &tags, entry(2)).await;
    assert_eq!(number(&find(&*cache, key(1), &tags).await.unwrap().entry), 1);
}

/// Its age is counted from when it was stored, and at the end of its life it is gone.
pub async fn an_entry_grows_older_and_ends(cache: Arc<dyn Cache>) {
    let tags = Tags::of([tag(1)]);
    let fill = lease(&*cache, key(1), &tags).await;
    let life = Life { soft: Duration::from_millis(50), hard: Duration::from_millis(900) };
    cache.commit(fill, Arc::new(entry(1)), life).await.unwrap();

    tokio::time::sleep(Duration::from_millis(300)).await;
    let age = find(&*cache, key(1), &tags).await.unwrap().age;
    tokio::time::sleep(Duration::from_millis(700)).await;

    assert!(age >= Duration::from_millis(290) && age < Duration::from_millis(900), "{age:?}");
    assert!(find(&*cache, key(1), &tags).await.is_none());
}

/// Whichever of them is invalidated, it is gone, and can be stored anew.
pub async fn each_of_its_tags_ends_an_entry(cache: Arc<dyn Cache>) {
    let tags = Tags::of([tag(1), tag(2), tag(3)]);
    for (nth, of) in (0..).zip([1, 2, 3]) {
        store(&*cache, key(1), &tags, entry(nth)).await;
        assert_eq!(number(&find(&*cache, key(1), &tags).await.unwrap().entry), nth);

        cache.invalidate(&Tags::of([tag(of), tag(77)])).await.unwrap();

        assert!(find(&*cache, key(1), &tags).await.is_none(), "tag {of}");
    }
}

/// An entry ends with its own tags alone.
pub async fn other_tags_do_not_end_an_entry(cache: Arc<dyn Cache>) {
    let tags = Tags::of([tag(1)]);
    store(&*cache, key(1), &tags, entry(1)).await;

    cache.invalidate(&Tags::of([tag(2)])).await.unwrap();
    let doubt = cache.doubt(&Tags::of([tag(3)]), Duration::from_secs(30)).await.unwrap();

    assert!(find(&*cache, key(1), &tags).await.is_some());
    cache.settle(doubt).await.unwrap();
}

/// Whatever tags an entry has.
pub async fn everything_ends_with_the_tag_of_everything(cache: Arc<dyn Cache>) {
    for number in 1..4 {
        store(&*cache, key(number), &Tags::of([tag(number)]), entry(number)).await;
    }

    cache.invalidate(&Tags::everything()).await.unwrap();

    for number in 1..4 {
        assert!(find(&*cache, key(number), &Tags::of([tag(number)])).await.is_none());
    }
}

/// From the mark to the end of the write.
pub async fn while_a_tag_is_in_doubt_its_entries_are_missing(cache: Arc<dyn Cache>) {
    let tags = Tags::of([tag(1), tag(2)]);
    store(&*cache, key(1), &tags, entry(1)).await;

    let doubt = cache.doubt(&Tags::of([tag(2)]), Duration::from_secs(30)).await.unwrap();
    assert_eq!(epochs(&*cache, key(1), &tags).await, None);

    cache.settle(doubt).await.unwrap();
    store(&*cache, key(1), &tags, entry(2)).await;
    assert_eq!(number(&find(&*cache, key(1), &tags).await.unwrap().entry), 2);
}

/// A mark is no pause.
pub async fn what_was_in_doubt_is_never_valid_again(cache: Arc<dyn Cache>) {
    let tags = Tags::of([tag(1)]);
    store(&*cache, key(1), &tags, entry(1)).await;

    let doubt = cache.doubt(&tags, Duration::from_secs(30)).await.unwrap();
    cache.settle(doubt).await.unwrap();

    assert!(find(&*cache, key(1), &tags).await.is_none());
}

/// The tag of everything is one like others.
pub async fn everything_can_be_in_doubt(cache: Arc<dyn Cache>) {
    let tags = Tags::of([tag(1)]);
    store(&*cache, key(1), &tags, entry(1)).await;

    let doubt = cache.doubt(&Tags::everything(), Duration::from_secs(30)).await.unwrap();
    assert_eq!(epochs(&*cache, key(1), &tags).await, None);
    assert!(matches!(cache.begin_fill(&key(2), &tags).await.unwrap(), Begun::InDoubt));

    cache.settle(doubt).await.unwrap();
    assert!(find(&*cache, key(1), &tags).await.is_none());
    store(&*cache, key(1), &tags, entry(2)).await;
}

/// The writer has died: what was there before may be wrong, and something else can be stored.
pub async fn a_mark_that_ends_leaves_nothing_valid(cache: Arc<dyn Cache>) {
    let tags = Tags::of([tag(1)]);
    for marked in [tags.clone(), Tags::everything()] {
        store(&*cache, key(1), &tags, entry(1)).await;
        cache.doubt(&marked, Duration::from_millis(100)).await.unwrap();

        tokio::time::sleep(Duration::from_millis(200)).await;

        assert!(find(&*cache, key(1), &tags).await.is_none(), "{marked:?}");
    }
    store(&*cache, key(1), &tags, entry(2)).await;
}

/// Two write at once, and one is done.
pub async fn a_tag_stays_in_doubt_until_its_last_mark_is_settled(cache: Arc<dyn Cache>) {
    let tags = Tags::of([tag(1)]);
    let first = cache.doubt(&tags, Duration::from_secs(30)).await.unwrap();
    let second = cache.doubt(&tags, Duration::from_secs(10)).await.unwrap();

    cache.settle(first).await.unwrap();
    assert!(matches!(cache.begin_fill(&key(1), &tags).await.unwrap(), Begun::InDoubt));
    cache.invalidate(&tags).await.unwrap();
    assert!(matches!(cache.begin_fill(&key(1), &tags).await.unwrap(), Begun::InDoubt));

    cache.settle(second).await.unwrap();
    store(&*cache, key(1), &tags, entry(1)).await;
}

/// The write took longer than its mark lasts: what was stored meanwhile is wrong all the same.
pub async fn a_mark_that_has_ended_can_be_settled(cache: Arc<dyn Cache>) {
    let tags = Tags::of([tag(1)]);
    let doubt = cache.doubt(&tags, Duration::from_millis(50)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(150)).await;
    store(&*cache, key(1), &tags, entry(1)).await;

    cache.settle(doubt).await.unwrap();

    assert!(find(&*cache, key(1), &tags).await.is_none());
}

/// Of what is invalidated and of what is settled, as soon as they are connected.
pub async fn subscribers_are_told(cache: Arc<dyn Cache>) {
    let (one, other) = (Tags::of([tag(1), tag(2)]), Tags::of([tag(3)]));
    let mut told = cache.subscribe();

    cache.invalidate(&one).await.unwrap();
    while !is_told(&mut told, &one).await {
        cache.invalidate(&one).await.unwrap();
    }
    let doubt = cache.doubt(&other, Duration::from_secs(30)).await.unwrap();
    cache.settle(doubt).await.unwrap();

    assert!(is_told(&mut told, &other).await);
}

/// Whether a subscriber is told of these tags within a moment.
async fn is_told(told: &mut Invalidations, of: &Tags) -> bool {
    let mut told = async || loop {
        match told.next().await {
            Some(Invalidated::Tags(tags)) if tags == *of => return,
            Some(_) => {}
            None => panic!("the cache is gone"),
        }
    };
    tokio::time::timeout(Duration::from_millis(500), told()).await.is_ok()
}
