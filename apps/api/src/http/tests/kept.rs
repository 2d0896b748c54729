//! Replies that are looked for before it is known who asks.

use gacp_cache::{
    Begun, Cache, Committed, Consistency, Counters, Doubt, Entry, Event, Fill, InProcess,
    Invalidations, Key, Life, Lookup, ReadThrough, Tags, Unavailable,
};
use tokio::sync::Semaphore;
use tokio::task::{LocalSet, spawn_local, yield_now};

use super::lines::Lines;
use super::*;

/// Expects somebody, whatever the token.
struct Expecting(Caller);

#[async_trait]
impl Authenticate for Expecting {
    fn claimed(&self, bearer: &str, now: Timestamp) -> Result<Claimed, ApiError> {
        Doorman.claimed(bearer, now)
    }

    async fn caller(&self, claimed: Claimed, now: Timestamp) -> Result<Caller, ApiError> {
        Doorman.caller(claimed, now).await
    }

    fn expected(&self, _: &Claimed) -> Option<Actor> {
        Some(self.0.actor)
    }
}

/// A cache that takes its time to say that something may be loaded.
struct Slow {
    cache: InProcess,
    leave: Semaphore,
}

#[async_trait]
impl Cache for Slow {
    async fn get(&self, key: &Key, tags: &Tags, how: Consistency) -> Result<Lookup, Unavailable> {
        self.cache.get(key, tags, how).await
    }

    async fn begin_fill(&self, key: &Key, tags: &Tags) -> Result<Begun, Unavailable> {
        self.leave.acquire().await.unwrap().forget();
        self.cache.begin_fill(key, tags).await
    }

    async fn commit(
        &self,
        fill: Fill,
        entry: Arc<Entry>,
        life: Life,
    ) -> Result<Committed, Unavailable> {
        self.cache.commit(fill, entry, life).await
    }

    async fn abandon(&self, fill: Fill) -> Result<(), Unavailable> {
        self.cache.abandon(fill).await
    }

    async fn doubt(&self, tags: &Tags, lasting: Duration) -> Result<Doubt, Unavailable> {
        self.cache.doubt(tags, lasting).await
    }

    async fn settle(&self, doubt: Doubt) -> Result<(), Unavailable> {
        self.cache.settle(doubt).await
    }

    async fn invalidate(&self, tags: &Tags) -> Result<(), Unavailable> {
        self.cache.invalidate(tags).await
    }

    fn subscribe(&self) -> Invalidations {
        self.cache.subscribe()
    }
}

/// An application that expects somebody, and what its cache has seen.
async fn expecting(somebody: Caller) -> (TestApp, Arc<Counters>) {
    let (cache, seen) = (Arc::new(InProcess::of_bytes(1 << 20)), Arc::new(Counters::default()));
    let replies = ReadThrough::new(cache, seen.clone(), 8);
    let app = start_with(|shell| {
        shell.authenticate = Arc::new(Expecting(somebody));
        shell.replies = Some(replies);
    });
    (app.await, seen)
}

async fn mine(app: &TestApp, token: &str) -> Seen {
    let bearer = format!("Bearer {token}");
    app.send(anybody(Method::GET, "/api/mine").insert_header(("authorization", bearer))).await
}

fn status(seen: &Seen) -> &str {
    seen.header("cache-status").split(';').nth(1).unwrap_or_default().trim()
}

#[tokio::test]
async fn a_caller_who_was_expected_is_given_what_was_looked_for() {
    let play = async {
        let (app, seen) = expecting(farmer(1)).await;

        let first = mine(&app, "good").await;
        let second = mine(&app, "good").await;

        assert_eq!((first.status, second.status, status(&second)), (200, 200, "hit"));
        assert_eq!(first.body, second.body);
        assert_eq!((seen.count(Event::Miss), seen.count(Event::Hit)), (1, 1));
    };
    LocalSet::new().run_until(play).await;
}

#[tokio::test]
async fn a_caller_who_was_not_expected_is_given_his_own() {
    let play = async {
        let (app, seen) = expecting(farmer(1)).await;
        let first = mine(&app, "good").await;

        let other = mine(&app, "other").await;

        let own = |number: u128| json!(farmer(number).actor.id.to_string());
        assert_eq!((first.json()["data"].clone(), other.json()["data"].clone()), (own(1), own(2)));
        assert_eq!((seen.count(Event::Miss), seen.count(Event::Hit)), (2, 0));
    };
    LocalSet::new().run_until(play).await;
}

#[tokio::test]
async fn nobody_is_given_what_was_looked_for_before_he_was_refused() {
    let play = async {
        let (app, seen) = expecting(farmer(1)).await;
        assert_eq!(mine(&app, "good").await.status, 200);

        mine(&app, "ended").await.assert_problem(401, "unauthenticated");
        assert_eq!(mine(&app, "out").await.status, 503);

        assert_eq!(seen.count(Event::Hit), 0);
    };
    LocalSet::new().run_until(play).await;
}

/// It is made in a task of its own.
#[tokio::test]
async fn a_reply_that_is_made_to_be_kept_is_logged_as_its_requests() {
    let play = async {
        let replies = ReadThrough::new(Arc::new(InProcess::of_bytes(1 << 20)), Arc::new(()), 8);
        let app = start_with(|shell| shell.replies = Some(replies)).await;
        let lines = Lines::of_this_thread();

        let seen = app.get("/api/count").await;

        assert_eq!(status(&seen), "fwd=uri-miss");
        assert_eq!(lines.request_that_said("counted"), seen.header("x-request-id"));
    };
    LocalSet::new().run_until(play).await;
}

/// Otherwise a write could come between what was read and the leave to keep it.
#[tokio::test]
async fn nothing_is_read_before_the_cache_gives_leave_to_keep_it() {
    let play = async {
        let slow = Slow { cache: InProcess::of_bytes(1 << 20), leave: Semaphore::new(0) };
        let slow = Arc::new(slow);
        let replies = ReadThrough::new(slow.clone(), Arc::new(()), 8);
        let app = start_with(|shell| shell.replies = Some(replies)).await;
        let reading = {
            let app = app.clone();
            spawn_local(async move { app.get("/api/count").await })
        };
        for _ in 0..100 {
            yield_now().await;
        }

        app.things.made.store(7, Ordering::SeqCst);
        slow.leave.add_permits(1);

        assert_eq!(reading.await.unwrap().json()["data"], json!(7));
    };
    LocalSet::new().run_until(play).await;
}
