use std::time::Duration;

use tokio::time::Instant;

use super::{Report, Tally};
use crate::chaos::report::Outcome as _;
use crate::chaos::revoke_race::officer::Seen;
use crate::chaos::revoke_race::race::{Raced, Revocation};
use crate::chaos::revoke_race::untold::tests::sights;

/// A certificate that was revoked between these two, in ms.
fn raced(begun: Instant, between: [u64; 2], was_kept: bool, wrong: &[&str]) -> Raced {
    let [sent, answered] = between.map(|ms| begun + Duration::from_millis(ms));
    Raced {
        number: "GACP-TH-1".to_owned(),
        revocation: Revocation { was_kept, sent, answered },
        seen: Seen {
            verifications: 30,
            hits: 20,
            after: 15,
            wrong: wrong.iter().map(|wrong| (*wrong).to_owned()).collect(),
            unanswered: Vec::new(),
        },
    }
}

#[test]
fn one_who_is_told_valid_after_the_reply_breaks_the_promise() {
    let begun = Instant::now();
    let sights = sights(begun, &[0, 0, 0]);
    let fine = raced(begun, [10, 40], true, &[]);
    assert!(Report::of(&[fine], &sights, Default::default()).verdict().is_ok());

    let report =
        Report::of(&[raced(begun, [10, 40], true, &["valid"])], &sights, Default::default());

    assert!(report.verdict().is_err());
    assert!(report.to_string().contains("first: GACP-TH-1: valid"), "{report}");
}

#[test]
fn a_revocation_that_redis_was_not_told_of_is_excused_and_counted() {
    let begun = Instant::now();
    let sights = sights(begun, &[0, 0, 3, 3, 3]);
    let races = [
        raced(begun, [60, 90], true, &["valid", "valid"]),
        raced(begun, [110, 140], true, &[]),
        raced(begun, [160, 190], true, &[]),
    ];

    let report = Report::of(&races, &sights, Default::default());

    assert!(report.verdict().is_ok());
    let due = Tally {
        races: 3,
        proofs: 2,
        excused: 1,
        untold: 3,
        verifications: 90,
        hits: 60,
        after: 45,
        wrong_but_excused: 2,
        ..Tally::default()
    };
    assert_eq!(report.tally, due);
}

#[test]
fn a_drill_that_proves_little_has_failed() {
    let begun = Instant::now();
    let sights = sights(begun, &[0, 0, 1, 1]);
    let proof = || raced(begun, [10, 40], true, &[]);
    let excused = raced(begun, [60, 90], true, &[]);
    let not_kept = raced(begun, [10, 40], false, &[]);

    for other in [excused, not_kept] {
        let fails =
            |races: &[Raced]| Report::of(races, &sights, Default::default()).verdict().is_err();
        let half = [proof(), other];
        assert!(fails(&half), "{half:?}");
        let [_, other] = half;
        assert!(!fails(&[proof(), proof(), other]));
    }
}
