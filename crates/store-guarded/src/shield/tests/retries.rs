//! Reads for which no server could be chosen.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use gacp_resilience::retry::{Allowance, GivenUp, Observer};
use gacp_store::NoServer;

use super::*;

const ELECTION: Duration = Duration::from_millis(2_500);

fn no_server() -> StoreError {
    NoServer("no primary".into()).into()
}

/// Notes how often it was tried again, and why it was not.
#[derive(Default)]
struct Notes {
    made: AtomicU32,
    given_up: Mutex<Vec<GivenUp>>,
}

impl Observer for Notes {
    fn retried(&self) {
        self.made.fetch_add(1, Ordering::SeqCst);
    }

    fn given_up(&self, why: GivenUp) {
        self.given_up.lock().unwrap().push(why);
    }
}

/// A shield, a store behind it that has no server for its first calls, and what is noted.
struct World {
    shield: Shield,
    notes: Arc<Notes>,
    without_server: u32,
    asked: AtomicU32,
}

impl World {
    async fn new(allowance: Allowance, without_server: u32) -> Self {
        let notes = Arc::new(Notes::default());
        let policy = RetryPolicy { seed: Some(7), ..RetryPolicy::default() };
        let retries = Retries::observed(policy, Budget::new(allowance), notes.clone());
        // What is allowed in a second is there after one.
        tokio::time::advance(Duration::from_secs(1)).await;
        let shield = Shield { retries: Arc::new(retries), ..shield() };
        Self { shield, notes, without_server, asked: AtomicU32::new(0) }
    }

    /// Answers with how often it was asked before. Finds out that there is no server as MongoDB's
    /// driver does: it waits for one.
    async fn ask(&self) -> Result<u32, StoreError> {
        assert_eq!(self.shield.bulkhead.occupancy().inside, 1, "a call has one place");
        let before = self.asked.fetch_add(1, Ordering::SeqCst);
        if before >= self.without_server {
            return Ok(before);
        }
        tokio::time::sleep(ELECTION).await;
        Err(no_server())
    }

    async fn read(&self) -> Result<u32, StoreError> {
        let answer = self.shield.read(FIND, || self.ask()).await;
        assert_eq!(self.shield.bulkhead.occupancy().inside, 0);
        answer
    }

    /// How often it was asked, and was to be tried again; and why it was not.
    fn noted(&self) -> (u32, u32, Vec<GivenUp>) {
        let made = self.notes.made.load(Ordering::SeqCst);
        (self.asked.load(Ordering::SeqCst), made, self.notes.given_up.lock().unwrap().clone())
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_is_answered_once_there_is_a_server_again() {
    let world = World::new(Allowance::default(), 2).await;

    let answer = world.read().await;

    assert_eq!(answer.unwrap(), 2);
    assert_eq!(world.noted(), (3, 2, vec![]));
}

#[tokio::test(start_paused = true)]
async fn the_breaker_is_asked_for_each_attempt_and_told_what_came_of_it() {
    let world = World::new(Allowance::default(), 2).await;

    world.read().await.unwrap();

    let breaker = world.shield.breaker.snapshot();
    assert_eq!((breaker.finished, breaker.failures), (3, 2));
}

#[tokio::test(start_paused = true)]
async fn a_read_without_a_server_is_given_up_in_the_end() {
    let world = World::new(Allowance::default(), u32::MAX).await;

    let answer = world.read().await;

    assert!(answer.unwrap_err().found_no_server());
    assert_eq!(world.noted(), (3, 2, vec![GivenUp::Exhausted]));
}

#[tokio::test(start_paused = true)]
async fn a_write_is_not_tried_again() {
    let world = World::new(Allowance::default(), u32::MAX).await;

    let answer = world.shield.call(FIND, world.ask()).await;

    assert!(answer.unwrap_err().found_no_server());
    assert_eq!(world.noted(), (1, 0, vec![]));
}

#[tokio::test(start_paused = true)]
async fn a_read_that_failed_in_any_other_way_is_not_tried_again() {
    let world = World::new(Allowance::default(), 0).await;
    let reset = || StoreError::Unavailable(std::io::Error::other("reset").into());
    let answers: [fn() -> StoreError; 3] =
        [reset, || StoreError::Contended("conflict".into()), || StoreError::Stale];
    for answer in answers {
        let asked = AtomicU32::new(0);
        let ask = || async {
            asked.fetch_add(1, Ordering::SeqCst);
            Err::<(), _>(answer())
        };

        assert!(world.shield.read(FIND, ask).await.is_err());

        assert_eq!(asked.load(Ordering::SeqCst), 1);
    }
    assert_eq!(world.noted(), (0, 0, vec![]));
}

#[tokio::test(start_paused = true)]
async fn a_read_that_was_not_answered_in_time_is_not_tried_again() {
    let world = World::new(Allowance::default(), 0).await;
    let began = Instant::now();

    let answer = world.shield.read(FIND, hangs).await;

    assert_eq!(refused(&answer), Some(Refused::Unanswered(LIMIT)));
    assert_eq!((began.elapsed(), world.noted()), (LIMIT, (0, 0, vec![])));
}

#[tokio::test(start_paused = true)]
async fn each_attempt_has_the_whole_limit() {
    let world = World::new(Allowance::default(), 1).await;
    let began = Instant::now();
    let ask = || async {
        world.ask().await?;
        hangs().await
    };

    let answer = world.shield.read(FIND, ask).await;

    assert_eq!(refused(&answer), Some(Refused::Unanswered(LIMIT)));
    assert!(began.elapsed() >= ELECTION + LIMIT, "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn without_a_budget_the_first_error_comes_back() {
    let none = Allowance { percent: 0, per_second: 0, saved: 0 };
    let world = World::new(none, 1).await;

    let answer = world.read().await;

    assert!(answer.unwrap_err().found_no_server());
    assert_eq!(world.noted(), (1, 0, vec![GivenUp::OverBudget]));
}

#[tokio::test(start_paused = true)]
async fn all_reads_share_a_budget() {
    let one = Allowance { percent: 0, per_second: 1, saved: 0 };
    let mut world = World::new(one, u32::MAX).await;
    // A breaker that would open is another test.
    world.shield.breaker = Arc::default();
    let copy = world.shield.clone();

    for shield in [&world.shield, &copy] {
        let error = shield.read(FIND, || async { Err::<(), _>(no_server()) }).await.unwrap_err();
        assert!(error.found_no_server());
    }

    assert_eq!(world.noted(), (0, 1, vec![GivenUp::OverBudget; 2]));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_tried_again_past_the_deadline() {
    let world = World::new(Allowance::default(), u32::MAX).await;
    let began = Instant::now();

    // Less than there is to wait before the second attempt.
    let deadline = Deadline::within(ELECTION + Duration::from_millis(1));
    let answer = deadline.scope(world.read()).await;

    assert!(answer.unwrap_err().found_no_server());
    assert_eq!((began.elapsed(), world.noted()), (ELECTION, (1, 0, vec![GivenUp::TooLate])));
}

#[tokio::test(start_paused = true)]
async fn the_last_attempt_ends_with_the_deadline() {
    let world = World::new(Allowance::default(), u32::MAX).await;
    let deadline = Duration::from_secs(4);
    let began = Instant::now();

    let answer = Deadline::within(deadline).scope(world.read()).await;

    assert!(matches!(Refused::behind(&answer.unwrap_err()), Some(Refused::Unanswered(_))));
    assert_eq!((began.elapsed(), world.noted()), (deadline, (2, 1, vec![])));
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_left_alone_by_now_is_not_asked_again() {
    let world = World::new(Allowance::default(), u32::MAX).await;
    for _ in 0..3 {
        let outcome = world.shield.call(FIND, async { unavailable() }).await;
        assert!(outcome.is_err());
    }

    let answer = world.read().await;

    let why = Refused::behind(&answer.unwrap_err());
    assert!(matches!(why, Some(Refused::Open(_))), "{why:?}");
    assert_eq!(world.noted(), (1, 1, vec![]), "the retry was refused, and that was the last");
}

#[tokio::test(start_paused = true)]
async fn a_read_keeps_its_place_between_two_attempts() {
    let world = Arc::new(World::new(Allowance::default(), 2).await);
    let first = tokio::spawn({
        let world = world.clone();
        async move { world.shield.read(FIND, || world.ask()).await }
    });
    tokio::time::sleep(ELECTION.mul_f64(0.9)).await;

    // It waits for a second, in which an attempt ends and the next one begins.
    let second = world.shield.call(FIND, async { Ok(()) }).await;

    assert_eq!(refused(&second), Some(Refused::Crowded));
    assert_eq!(first.await.unwrap().unwrap(), 2);
    assert!(world.shield.call(FIND, async { Ok(()) }).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn whoever_goes_away_does_not_try_again_and_leaves_his_place() {
    let world = World::new(Allowance::default(), u32::MAX).await;
    let read = world.shield.read(FIND, || world.ask());

    // Between two attempts.
    let left = tokio::time::timeout(ELECTION + Duration::from_millis(1), read).await;
    tokio::time::sleep(Duration::from_mins(1)).await;

    assert!(left.is_err());
    assert_eq!(world.noted(), (1, 0, vec![]));
    assert_eq!(world.shield.bulkhead.occupancy().inside, 0);
    let breaker = world.shield.breaker.snapshot();
    assert_eq!((breaker.finished, breaker.failures), (1, 1), "what had ended is known");
}
