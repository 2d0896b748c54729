use super::{Expectations, Odds, Seen, lines};

const LOGIN: &str = "POST /api/auth/login";
const REFRESH: &str = "POST /api/auth/refresh";

fn odds() -> Odds {
    Odds {
        journeys: 110,
        asked: [(LOGIN.to_owned(), 1.0), (REFRESH.to_owned(), 0.25)].into(),
        refused: [(LOGIN.to_owned(), 1.0 / 11.0), (REFRESH.to_owned(), 0.0)].into(),
        expectations: [("ok.contentType".to_owned(), 0.25)].into(),
        met_in_each: None,
    }
}

/// A run in which so many were refused.
fn run(refused: u64) -> Seen {
    let mut seen = Seen {
        expectations: [("ok.contentType".to_owned(), 27)].into(),
        journeys: (110 - refused, refused),
        uncaptured: refused,
        ..Seen::default()
    };
    seen.enter(LOGIN, "200", 110 - refused);
    seen.enter(LOGIN, "401", refused);
    seen.enter(REFRESH, "200", 27);
    seen
}

fn different(theirs: &Seen, ours: &Seen) -> Vec<String> {
    let lines = lines(&odds(), Expectations::Counted, [theirs, ours]);
    lines.iter().filter(|line| !line.holds()).map(|line| line.what.clone()).collect()
}

#[test]
fn two_runs_of_the_same_odds_do_not_differ() {
    let none: [&str; 0] = [];
    assert_eq!(different(&run(10), &run(10)), none);
    assert_eq!(different(&run(5), &run(16)), none, "that is chance");
}

#[test]
fn whatever_is_not_due_differs_whoever_did_it() {
    let mut lost = run(10);
    lost.enter(REFRESH, "nothing", 1);
    let mut limited = run(10);
    limited.enter(LOGIN, "429", 1);
    let mut kept = run(10);
    kept.uncaptured = 9;
    let mut cut = run(10);
    cut.journeys = (101, 9);
    let mut unlooked = run(10);
    unlooked.expectations.clear();
    let more = format!("{LOGIN} 200");
    let cases = [
        (lost, vec![format!("{REFRESH} 200"), format!("{REFRESH} nothing")]),
        (limited, vec![LOGIN.to_owned(), more, format!("{LOGIN} 429")]),
        (kept, vec!["captures that failed".to_owned()]),
        (cut, vec!["journeys cut short".to_owned()]),
        (unlooked, vec!["expectations ok.contentType".to_owned()]),
    ];
    for (run_of_one, what) in cases {
        assert_eq!(different(&run_of_one, &run(10)), what, "artillery");
        assert_eq!(different(&run(10), &run_of_one), what, "ours");
    }
}

#[test]
fn an_expectation_that_nobody_looked_at_differs() {
    let odds = Odds { met_in_each: Some(1), ..odds() };
    let looked = |contents| {
        let expectations =
            [("ok.contentType".to_owned(), 27), ("ok.statusCode".to_owned(), contents)];
        Seen { expectations: expectations.into(), ..run(10) }
    };
    let holds = |theirs, ours| {
        let lines = lines(&odds, Expectations::Counted, [&looked(theirs), &looked(ours)]);
        lines.iter().all(super::Line::holds)
    };

    assert!(holds(83, 83));
    assert!(!holds(82, 83) && !holds(83, 82));
}

#[test]
fn refusals_beyond_chance_differ() {
    // 10.0 ± 15.1 of each, and 21.3 between them.
    assert_eq!(different(&run(26), &run(10)), [format!("{LOGIN} 401")]);
    assert_eq!(different(&run(2), &run(24)), [format!("{LOGIN} 401")]);
}

#[test]
fn expectations_that_artillery_passes_over_are_a_known_difference() {
    let mut theirs = run(10);
    theirs.expectations.clear();

    let lines = lines(&odds(), Expectations::AsShipped, [&theirs, &run(10)]);

    assert!(lines.iter().all(super::Line::holds), "{lines:?}");
    let last = lines.last().unwrap().to_string();
    assert!(
        last.ends_with("| 0 | 27 | known: without its plugin artillery passes over expectations |"),
        "{last}"
    );
}
