use super::{Chances, Course, Deeds, Expectations, Line, Odds, Seen, lines};

const LOGIN: &str = "POST /api/auth/login";
const REFRESH: &str = "POST /api/auth/refresh";

/// Three quarters log in, one logs in and refreshes; one row of eleven is nobody.
fn odds() -> Odds {
    let chances = Chances {
        asked: [(LOGIN.to_owned(), 1.0), (REFRESH.to_owned(), 0.25)].into(),
        refused: [(LOGIN.to_owned(), 1.0 / 11.0), (REFRESH.to_owned(), 0.0)].into(),
        expectations: [("ok.contentType".to_owned(), 0.25)].into(),
    };
    of(Deeds::Likely(chances))
}

/// The same, and every row is somebody.
fn sure_odds() -> Odds {
    let course = |asked: &[&str], met: &[(&str, u64)]| Course {
        asked: asked.iter().map(|endpoint| ((*endpoint).to_owned(), 1)).collect(),
        met: met.iter().map(|(kind, count)| ((*kind).to_owned(), *count)).collect(),
    };
    let refresh = course(&[LOGIN, REFRESH], &[("contentType", 1), ("statusCode", 2)]);
    let login = course(&[LOGIN], &[("statusCode", 1)]);
    of(Deeds::Certain([("login".to_owned(), login), ("refresh".to_owned(), refresh)].into()))
}

fn of(deeds: Deeds) -> Odds {
    let names = [("login".to_owned(), 0.75), ("refresh".to_owned(), 0.25)].into();
    let endpoints = [LOGIN.to_owned(), REFRESH.to_owned()].into();
    Odds { journeys: 110, names, endpoints, deeds }
}

/// A run in which so many were refused.
fn run(refused: u64) -> Seen {
    let mut seen = Seen {
        expectations: [("ok.contentType".to_owned(), 27)].into(),
        names: [("login".to_owned(), 80), ("refresh".to_owned(), 30)].into(),
        journeys: (110 - refused, refused),
        uncaptured: refused,
        ..Seen::default()
    };
    seen.enter(LOGIN, "200", 110 - refused);
    seen.enter(LOGIN, "401", refused);
    seen.enter(REFRESH, "200", 27);
    seen
}

/// A run in which nobody was refused, and so many refreshed.
fn sure_run(refreshed: u64) -> Seen {
    let expectations =
        [("ok.contentType".to_owned(), refreshed), ("ok.statusCode".to_owned(), 110 + refreshed)];
    let names = [("login".to_owned(), 110 - refreshed), ("refresh".to_owned(), refreshed)].into();
    let expectations = expectations.into();
    let mut seen = Seen { expectations, names, journeys: (110, 0), ..Seen::default() };
    seen.enter(LOGIN, "200", 110);
    seen.enter(REFRESH, "200", refreshed);
    seen
}

fn different(odds: &Odds, theirs: &Seen, ours: &Seen) -> Vec<String> {
    let lines = lines(odds, Expectations::Counted, [theirs, ours]);
    lines.iter().filter(|line| !line.holds()).map(|line| line.what.clone()).collect()
}

/// Each of these runs differs so from what is due, whoever played it.
fn differ(odds: &Odds, good: fn() -> Seen, cases: Vec<(Seen, Vec<String>)>) {
    for (run, what) in cases {
        assert_eq!(different(odds, &run, &good()), what, "artillery");
        assert_eq!(different(odds, &good(), &run), what, "ours");
    }
}

fn changed(mut run: Seen, change: impl FnOnce(&mut Seen)) -> Seen {
    change(&mut run);
    run
}

#[test]
fn two_runs_of_the_same_odds_do_not_differ() {
    let none: [&str; 0] = [];
    assert_eq!(different(&odds(), &run(10), &run(10)), none);
    assert_eq!(different(&odds(), &run(5), &run(16)), none, "that is chance");
    assert_eq!(different(&sure_odds(), &sure_run(20), &sure_run(36)), none, "that is chance");
}

#[test]
fn whatever_is_not_due_differs_whoever_did_it() {
    let changed = |change: fn(&mut Seen)| changed(run(10), change);
    let lost = changed(|run| run.enter(REFRESH, "nothing", 1));
    let limited = changed(|run| run.enter(LOGIN, "429", 1));
    let kept = changed(|run| run.uncaptured = 9);
    let cut = changed(|run| run.journeys = (101, 9));
    let unlooked = changed(|run| run.expectations.clear());
    let more = format!("{LOGIN} 200");
    let cases = vec![
        (lost, vec![format!("{REFRESH} 200"), format!("{REFRESH} nothing")]),
        (limited, vec![LOGIN.to_owned(), more, format!("{LOGIN} 429")]),
        (kept, vec!["captures that failed".to_owned()]),
        (cut, vec!["journeys cut short".to_owned()]),
        (unlooked, vec!["expectations ok.contentType".to_owned()]),
    ];
    differ(&odds(), || run(10), cases);
}

#[test]
fn where_nobody_is_refused_one_too_few_is_told() {
    let changed = |change: fn(&mut Seen)| changed(sure_run(27), change);
    let expectation = |kind: &str| format!("expectations {kind}");
    let all_but_one = changed(|run| {
        run.requests.insert(REFRESH.to_owned(), 26);
        run.statuses.insert(format!("{REFRESH} 200"), 26);
    });
    let another = changed(|run| {
        run.statuses.insert(format!("{REFRESH} 200"), 26);
        run.statuses.insert(format!("{REFRESH} 503"), 1);
    });
    let unlooked = changed(|run| {
        run.expectations.insert("ok.statusCode".to_owned(), 136);
    });
    let unmet = changed(|run| {
        run.expectations.insert("ok.contentType".to_owned(), 26);
        run.expectations.insert("failed.contentType".to_owned(), 1);
    });
    let met_and_unmet = ["ok.contentType", "failed.contentType"].map(expectation).to_vec();
    let cases = vec![
        (all_but_one, vec![REFRESH.to_owned()]),
        (another, vec![format!("{REFRESH} 200"), format!("{REFRESH} 503")]),
        (unlooked, vec![expectation("ok.statusCode")]),
        (unmet, met_and_unmet),
        (changed(|run| run.journeys = (109, 1)), vec!["journeys cut short".to_owned()]),
        (changed(|run| run.uncaptured = 1), vec!["captures that failed".to_owned()]),
    ];
    differ(&sure_odds(), || sure_run(27), cases);
}

#[test]
fn where_nobody_is_refused_a_refusal_is_told() {
    let refused = changed(sure_run(27), |run| {
        run.statuses.insert(format!("{REFRESH} 200"), 26);
        run.enter(REFRESH, "401", 1);
        run.requests.insert(REFRESH.to_owned(), 27);
        run.journeys = (109, 1);
        run.uncaptured = 1;
    });

    let cases = vec![(refused, vec![format!("{REFRESH} 401")])];

    differ(&sure_odds(), || sure_run(27), cases);
}

#[test]
fn shares_beyond_chance_differ() {
    // 27.5 ± 22.7 of each, and 32.1 between them.
    let both = ["journeys of login", "journeys of refresh"];

    assert_eq!(different(&sure_odds(), &sure_run(51), &sure_run(27)), both);
    assert_eq!(different(&sure_odds(), &sure_run(10), &sure_run(43)), both);
}

#[test]
fn refusals_beyond_chance_differ() {
    // 10.0 ± 15.1 of each, and 21.3 between them.
    assert_eq!(different(&odds(), &run(26), &run(10)), [format!("{LOGIN} 401")]);
    assert_eq!(different(&odds(), &run(2), &run(24)), [format!("{LOGIN} 401")]);
}

#[test]
fn expectations_that_artillery_passes_over_are_a_known_difference() {
    let unlooked = |run| changed(run, |run| run.expectations.clear());
    let lines_of = |odds: &Odds, run: fn() -> Seen| {
        lines(odds, Expectations::PassedOver, [&unlooked(run()), &run()])
    };

    for lines in [lines_of(&odds(), || run(10)), lines_of(&sure_odds(), || sure_run(27))] {
        assert!(lines.iter().all(Line::holds), "{lines:?}");
        let told = "| 0 | 27 | known: without its plugin artillery passes over expectations |";
        assert!(lines.iter().any(|line| line.to_string().ends_with(told)), "{lines:?}");
    }
}
