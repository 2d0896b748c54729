use std::sync::Mutex;

use super::*;
use crate::retry::Allowance;

const SECOND: Duration = Duration::from_secs(1);

/// What an attempt came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reply {
    Answer,
    /// May be tried again.
    Busy(Option<Duration>),
    /// May not.
    Maybe,
}

fn verdict(reply: &Reply) -> Verdict {
    match reply {
        Reply::Answer | Reply::Maybe => Verdict::Done,
        Reply::Busy(after) => Verdict::Retry { after: *after },
    }
}

fn retries(allowance: Allowance) -> Retries {
    let policy = RetryPolicy { retries: 3, seed: Some(7), ..RetryPolicy::default() };
    Retries::new(policy, Budget::new(allowance))
}

/// Out of a full budget.
fn ample() -> Allowance {
    Allowance { percent: 100, per_second: 100, saved: 100 }
}

/// Runs with these replies; with the last of them, and when each attempt was made.
async fn run(
    retries: &Retries,
    deadline: Option<Deadline>,
    replies: &[Reply],
) -> (Reply, Vec<Duration>) {
    let (began, attempts) = (Instant::now(), Mutex::new(Vec::new()));
    let attempt = |before: u32| {
        attempts.lock().unwrap().push(began.elapsed());
        let reply = replies[usize::try_from(before).unwrap()];
        async move { reply }
    };
    let reply = retries.run(deadline, attempt, verdict).await;
    (reply, attempts.into_inner().unwrap())
}

#[tokio::test(start_paused = true)]
async fn it_tries_again_until_there_is_an_answer() {
    let retries = retries(ample());
    tokio::time::advance(SECOND).await;

    let (reply, at) =
        run(&retries, None, &[Reply::Busy(None), Reply::Busy(None), Reply::Answer]).await;

    assert_eq!(reply, Reply::Answer);
    assert_eq!(at.len(), 3);
    // Bounds of 50 and 100 ms, and the millisecond of tokio's timers.
    assert!(at[1] <= Duration::from_millis(51), "{at:?}");
    assert!(at[2] <= at[1] + Duration::from_millis(101), "{at:?}");
}

#[tokio::test(start_paused = true)]
async fn what_may_have_happened_is_not_tried_again() {
    let (reply, at) = run(&retries(ample()), None, &[Reply::Maybe]).await;

    assert_eq!((reply, at.len()), (Reply::Maybe, 1));
}

#[tokio::test(start_paused = true)]
async fn the_last_attempt_is_the_answer() {
    let retries = retries(ample());
    tokio::time::advance(SECOND).await;

    let (reply, at) = run(&retries, None, &[Reply::Busy(None); 4]).await;

    assert_eq!((reply, at.len()), (Reply::Busy(None), 4), "three retries");
}

#[tokio::test(start_paused = true)]
async fn it_does_not_come_before_it_is_told_to() {
    let retries = retries(ample());
    tokio::time::advance(SECOND).await;

    let (reply, at) = run(&retries, None, &[Reply::Busy(Some(SECOND)), Reply::Answer]).await;

    assert_eq!(reply, Reply::Answer);
    assert!((SECOND..SECOND + Duration::from_millis(52)).contains(&at[1]), "{at:?}");
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_past_the_deadline() {
    let retries = retries(Allowance { per_second: 1, ..Allowance::default() });
    tokio::time::advance(SECOND).await;
    let soon = Some(Deadline::within(SECOND));
    let began = Instant::now();

    let (reply, at) = run(&retries, soon, &[Reply::Busy(Some(SECOND)), Reply::Answer]).await;

    assert_eq!((reply, at.len()), (Reply::Busy(Some(SECOND)), 1));
    assert_eq!(began.elapsed(), Duration::ZERO, "it is told at once");
    let (reply, _) = run(&retries, soon, &[Reply::Busy(None), Reply::Answer]).await;
    assert_eq!(reply, Reply::Answer, "and took nothing from the others");
}

#[tokio::test(start_paused = true)]
async fn all_share_the_budget() {
    let retries = retries(Allowance::default());
    let mut attempts = 0;
    for _ in 0..100 {
        let (_, at) = run(&retries, None, &[Reply::Busy(Some(Duration::ZERO)); 4]).await;
        attempts += at.len();
    }

    // Twenty, and three in each of the seconds that it took.
    assert!((120..=140).contains(&attempts), "{attempts} for 100 requests");
}

/// Notes what it sees.
#[derive(Default)]
struct Diary(Mutex<Vec<Option<GivenUp>>>);

impl Observer for Diary {
    fn retried(&self) {
        self.0.lock().unwrap().push(None);
    }

    fn given_up(&self, why: GivenUp) {
        self.0.lock().unwrap().push(Some(why));
    }
}

#[tokio::test(start_paused = true)]
async fn every_retry_is_seen_and_why_there_was_none() {
    let diary = Arc::new(Diary::default());
    let policy = RetryPolicy { retries: 1, seed: Some(7), ..RetryPolicy::default() };
    let budget = Budget::new(Allowance { percent: 0, per_second: 1, saved: 0 });
    let retries = Retries::observed(policy, budget, diary.clone());
    tokio::time::advance(SECOND).await;
    let over = Some(Deadline::within(Duration::ZERO));

    run(&retries, None, &[Reply::Answer]).await;
    run(&retries, over, &[Reply::Busy(None)]).await;
    run(&retries, None, &[Reply::Busy(None); 2]).await;
    run(&retries, None, &[Reply::Busy(None)]).await;

    let (made, given_up) = (None, Some);
    let expected = [
        given_up(GivenUp::TooLate),
        made,
        given_up(GivenUp::Exhausted),
        given_up(GivenUp::OverBudget),
    ];
    assert_eq!(*diary.0.lock().unwrap(), expected);
}

#[tokio::test(start_paused = true)]
async fn whoever_goes_away_while_he_waits_does_not_try_again() {
    let diary = Arc::new(Diary::default());
    let retries = Retries::observed(RetryPolicy::default(), Budget::new(ample()), diary.clone());
    let attempt = |_before| async { Reply::Busy(Some(SECOND)) };

    let left = tokio::time::timeout(SECOND / 2, retries.run(None, attempt, verdict)).await;

    assert!(left.is_err());
    assert_eq!(*diary.0.lock().unwrap(), []);
}
