use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::{Entry, Epochs};

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn found(age: Duration, life: Life) -> Found {
    let entry = Arc::new(Entry::new(200, "text/plain", "\"1\"", "").unwrap());
    Found { entry, epochs: Epochs::from_iter([]), age, life }
}

#[test]
fn what_is_over_is_spent_unless_the_policy_says_otherwise() {
    let strict = Policy::fresh_for(seconds(60));
    let public = strict.stale_while_revalidate(seconds(60)).stale_if_error(seconds(600));
    let life = Life { soft: seconds(60), hard: seconds(660) };

    for (age, of_strict, of_public) in [
        (0, Worth::Fresh, Worth::Fresh),
        (59, Worth::Fresh, Worth::Fresh),
        (60, Worth::Spent, Worth::Stale),
        (119, Worth::Spent, Worth::Stale),
        (120, Worth::Spent, Worth::LastResort),
        (659, Worth::Spent, Worth::LastResort),
        (660, Worth::Spent, Worth::Spent),
    ] {
        let found = found(seconds(age), life);
        assert_eq!(strict.worth(&found), of_strict, "{age}");
        assert_eq!(public.worth(&found), of_public, "{age}");
    }
}

#[test]
fn that_there_is_nothing_is_believed_for_ten_seconds() {
    let public = Policy::fresh_for(seconds(60)).stale_if_error(seconds(600));
    let life = public.negative_life();

    assert!(life.soft <= seconds(10) && life.soft >= seconds(9));
    assert_eq!(life.soft, life.hard);
    assert_eq!(public.worth(&found(seconds(10), life)), Worth::Spent);
}

#[test]
fn lives_differ() {
    let policy = Policy::fresh_for(seconds(60));
    let lives: std::collections::HashSet<_> = (0..32).map(|_| policy.life().soft).collect();

    assert!(lives.len() > 8, "{lives:?}");
}

proptest! {
    #[test]
    fn chance_only_shortens(fresh in 0_u64..200_000, stale in 0_u64..200_000) {
        let policy = Policy::fresh_for(seconds(fresh)).stale_if_error(seconds(stale));
        let life = policy.life();
        let fresh = seconds(fresh).min(Policy::LONGEST);

        prop_assert!(life.soft <= fresh);
        prop_assert!(life.soft >= fresh * 9 / 10);
        prop_assert!(life.hard <= (fresh + seconds(stale)).min(Policy::LONGEST));
        prop_assert!(life.hard >= life.soft);
    }
}
