use std::sync::Arc;

use proptest::prelude::*;

use super::*;

/// Late enough for a second to have gone by unused.
const LATER: Duration = Duration::from_mins(1);

fn at(ms: u64) -> Moment {
    Moment::START.plus(LATER + Duration::from_millis(ms))
}

fn retries(budget: &Budget, times: usize, now: Moment) -> usize {
    (0..times).filter(|_| budget.try_retry(now)).count()
}

#[test]
fn a_fifth_of_the_requests_may_be_retried() {
    let budget = Budget::new(Allowance { per_second: 0, ..Allowance::default() });
    assert_eq!(retries(&budget, 10, at(0)), 0);

    (0..104).for_each(|_| budget.request());

    assert_eq!(retries(&budget, 100, at(0)), 20);
    budget.request();
    assert_eq!(retries(&budget, 100, at(0)), 1, "five times a fifth");
}

#[test]
fn three_in_a_second_are_free() {
    let budget = Budget::default();

    let each_second: Vec<_> = (0..4).map(|s| retries(&budget, 10, at(s * 1_000))).collect();
    assert_eq!(each_second, [3, 3, 3, 3]);
    assert_eq!(retries(&budget, 10, at(3_333)), 0);
    assert_eq!(retries(&budget, 10, at(3_334)), 1);
    assert_eq!(retries(&budget, 10, at(60_000)), 3, "those of a minute are not kept");
}

#[test]
fn those_in_a_second_are_not_on_top() {
    let budget = Budget::default();
    let mut retried = 0;
    for ms in 0..10_000 {
        budget.request();
        retried += retries(&budget, 10, at(ms));
    }

    assert!((2_000..=2_003).contains(&retried), "{retried} of 10 000");
}

#[test]
fn what_is_saved_is_bounded() {
    let budget = Budget::new(Allowance { per_second: 0, saved: 7, ..Allowance::default() });
    (0..1_000).for_each(|_| budget.request());

    assert_eq!(retries(&budget, 100, at(0)), 7);
}

#[test]
fn nobody_gets_more_than_a_retry_for_a_request() {
    let budget = Budget::new(Allowance { percent: 1_000, per_second: 0, saved: 10 });
    budget.request();

    assert_eq!(budget.allowance().percent, 100);
    assert_eq!(retries(&budget, 100, at(0)), 1);
}

#[test]
fn threads_share_it() {
    let budget = Arc::new(Budget::new(Allowance { saved: 1_000, ..Allowance::default() }));
    (0..1_000).for_each(|_| budget.request());
    let barrier = Arc::new(std::sync::Barrier::new(32));
    let threads: Vec<_> = (0..32)
        .map(|_| {
            let (budget, barrier) = (Arc::clone(&budget), Arc::clone(&barrier));
            std::thread::spawn(move || {
                barrier.wait();
                retries(&budget, 100, at(0))
            })
        })
        .collect();
    let retried: usize = threads.into_iter().map(|thread| thread.join().unwrap()).sum();

    assert_eq!(retried, 200, "the free ones are among them");
}

proptest! {
    /// Whatever comes when: no more than a fifth and what is free, and no fewer than the larger of
    /// both, but for what is not kept.
    #[test]
    fn it_holds_whatever_comes(
        steps in prop::collection::vec((0..2_000_u64, 0..30_usize, 0..30_usize), 1..60),
    ) {
        let budget = Budget::default();
        let (mut ms, mut requests, mut retried) = (0, 0, 0);
        for (wait, made, wanted) in steps {
            ms += wait;
            (0..made).for_each(|_| budget.request());
            requests += made;
            let granted = retries(&budget, wanted, at(ms));
            retried += granted;
            let free = 3 + usize::try_from(ms * 3 / 1_000).unwrap();
            prop_assert!(retried <= requests / 5 + free);
            if wait >= 1_000 && requests == 0 {
                prop_assert!(granted >= wanted.min(3));
            }
        }
    }
}
