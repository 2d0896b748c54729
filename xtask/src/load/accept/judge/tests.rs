use std::time::Duration;

use gacp_store_mongo::{Explanation, Query, queries};

use super::*;
use crate::chaos::outage::Seen;
use crate::load::report::Pair;
use crate::load::stub::{Answer, play};

const SCENARIO: &str = "config:\n  target: http://stub\n  phases: [{ duration: 50ms, arrivalCount: 4 }]\n\
                        scenarios:\n  - name: only\n    flow:\n      - get: { url: /kept, capture: { json: $.id, as: id } }\n      \
                        - get: { url: '/read/{{ id }}' }\n";

/// A run in which all went well, and half of the replies came out of a cache.
fn good() -> Report {
    let (report, _heard) = play(SCENARIO, &[], |request| {
        let is_kept = request.first_line().starts_with("GET /kept");
        let headers = if is_kept { "Cache-Status: gacp; hit; ttl=42\r\n" } else { "" };
        Answer::Reply(200, headers, r#"{"id":7}"#.to_owned())
    });
    report
}

/// Something that goes wrong.
type Change = fn(&mut Report);

/// The rows of two runs of which one was changed, by what they are about.
fn judged(change: impl Fn(&mut Report)) -> Vec<Row> {
    let (well, mut changed) = (good(), good());
    change(&mut changed);
    runs(&[("well", &well), ("changed", &changed)])
}

/// What is not met.
fn missed(rows: &[Row]) -> Vec<&str> {
    rows.iter().filter(|row| !row.is_met).map(|row| row.what.as_str()).collect()
}

#[test]
fn runs_in_which_all_went_well_meet_everything() {
    let rows = judged(|_report| ());

    assert_eq!((missed(&rows), rows.len()), (vec![], 7), "{rows:?}");
    assert_eq!(rows[0].measured, "well 100.00 % (4 of 4), changed 100.00 % (4 of 4)");
    assert_eq!(rows[1].measured, "0.00 % (0 of 8)");
    assert_eq!(rows[3].measured, "0 of 16 requests");
    assert!(rows[4].measured.contains("; slowest GET /"), "{}", rows[4].measured);
}

#[test]
fn each_thing_that_goes_wrong_misses_its_target() {
    let about = "failures without an explanation, doubts about the runs";
    let changes: [(&str, Change); 8] = [
        ("journeys that succeed", |it| it.journeys.succeeded -= 1),
        ("captures that fail", |it| it.captures.failed += 1),
        ("timeouts", |it| it.endpoints[0].faults += 1),
        ("replies 5xx", |it| *it.endpoints[0].statuses.entry(503).or_default() += 1),
        ("P95 since due, changed", |it| it.times.due.p95 = 300.0),
        (about, |it| it.unexplained += 1),
        (about, |it| it.generator.invalid.push("too busy".to_owned())),
        (about, |it| it.limits[0].holds = false),
    ];
    for (target, change) in changes {
        let rows = judged(change);

        assert_eq!(missed(&rows), [target], "{rows:?}");
    }
}

#[test]
fn runs_in_which_nothing_happened_meet_nothing_that_needs_it() {
    let mut nothing = good();
    (nothing.journeys, nothing.captures, nothing.requests, nothing.times) = Default::default();

    let rows = runs(&[("nothing", &nothing)]);

    let needs = ["journeys that succeed", "captures that fail", "replies 5xx"];
    let times =
        ["P95 since due, nothing", "failures without an explanation, doubts about the runs"];
    assert_eq!(missed(&rows), [&needs[..], &times[..]].concat());
}

#[test]
fn kept_replies_are_told_by_what_the_cache_says_and_may_take_100_ms() {
    let mut report = good();
    assert_eq!(report.from_cache.due.count, 4, "half of them");
    for (p95, is_met) in [(1.0, true), (50.0, true), (100.0, true), (100.1, false)] {
        report.from_cache.due.p95 = p95;

        let row = kept_replies(&report);

        assert_eq!(row.is_met, is_met, "{row:?}");
        assert_eq!(row.measured.contains("faster than asked for"), p95 < 50.0, "{row:?}");
    }
    report.from_cache = Pair::default();
    assert!(!kept_replies(&report).is_met, "nothing was kept");
}

#[test]
fn the_database_is_asked_at_least_30_percent_less() {
    let report = good();
    for (kept, read, is_met, says) in [
        (0.5, 2.0, true, "−75 %"),
        (1.4, 2.0, true, "−30 %"),
        (1.42, 2.0, false, "−29 %"),
        (3.0, 2.0, false, "+50 %"),
        (0.0, 0.0, false, "−0 %"),
    ] {
        let row = operations((kept, read), &report);

        assert_eq!(row.is_met, is_met, "{row:?}");
        assert!(row.measured.starts_with(says), "{row:?}");
    }
}

#[test]
fn a_run_that_nobody_can_believe_says_nothing_of_the_database() {
    let mut report = good();
    report.generator.invalid.push("too busy".to_owned());

    let row = operations((0.5, 2.0), &report);

    assert!(!row.is_met && row.measured.ends_with("; the run is invalid: too busy"), "{row:?}");
}

#[test]
fn a_list_is_answered_three_times_as_often() {
    let met = |ratio| throughput(Gain { kept: 900.0, read: 300.0, ratio }).is_met;

    assert_eq!([2.99, 3.0, 15.0].map(met), [false, true, true]);
}

fn explained(query: Query, micros: u64) -> Explanation {
    let took = Duration::from_micros(micros);
    let (stages, indexes) = (Vec::new(), Vec::new());
    Explanation { query, stages, indexes, keys: 1, docs: 1, returned: 1, took }
}

/// Queries with their times, in µs with and without.
fn both(times: &[(u64, u64)]) -> BothWays {
    let each = |of: fn(&(u64, u64)) -> u64| {
        queries().iter().zip(times).map(|(query, times)| explained(*query, of(times))).collect()
    };
    BothWays { with: each(|times| times.0), without: each(|times| times.1) }
}

#[test]
fn queries_take_half_the_time_together_and_in_the_median() {
    for (times, is_met) in [
        (vec![(500, 1_000), (500, 1_000), (500, 1_000)], true),
        (vec![(510, 1_000), (510, 1_000), (510, 1_000)], false),
        // One that gains much does not make up for the others.
        (vec![(1_000, 1_000), (1_000, 1_000), (1, 100_000)], false),
        // Nor do many that gain for one that costs more.
        (vec![(1, 1_000), (1, 1_000), (9_000, 1_000)], false),
        (Vec::new(), false),
    ] {
        let row = indexes(&both(&times));

        assert_eq!(row.is_met, is_met, "{row:?}");
    }
    let mut half = both(&[(1, 1_000), (1, 1_000)]);
    half.without.pop();
    assert!(!indexes(&half).is_met, "one was not asked without indexes");
}

#[test]
fn each_part_of_an_outage_has_its_row() {
    for broken in [None, Some(0), Some(1), Some(2), Some(3)] {
        let seen = |part| Seen { holds: broken != Some(part), says: format!("part {part}") };
        let (opened, refused, resumed, kept) = (seen(0), seen(1), seen(2), seen(3));

        let rows = breaker(Outage { opened, refused, resumed, kept });

        for (part, row) in rows.iter().enumerate() {
            assert_eq!(row.is_met, broken != Some(part), "{row:?}");
            assert_eq!(row.measured, format!("part {part}"));
        }
        assert_eq!(rows.len(), 4);
    }
}
