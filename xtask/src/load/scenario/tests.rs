use std::path::Path;
use std::time::Duration;

use proptest::prelude::*;

use super::{Order, Pace, Scenario};
use crate::workspace;

fn parse(text: &str) -> Result<Scenario, Vec<String>> {
    let read = Scenario::parse(Path::new("folder/scenario.yml"), text);
    read.map_err(|list| list.iter().map(|it| format!("{}: {}", it.line, it.what)).collect())
}

/// A scenario with these lines in its `config` and one request of these lines.
fn with(config: &str, request: &str) -> Result<Scenario, Vec<String>> {
    let indented = |text: &str, by: usize| {
        let lines = text.lines().map(|line| [" ".repeat(by), line.to_owned(), "\n".to_owned()]);
        lines.collect::<Vec<_>>().concat().concat()
    };
    let (config, request) = (indented(config, 2), indented(request, 10));
    parse(&format!(
        "config:\n  target: http://127.0.0.1:1\n{config}scenarios:\n  - flow:\n      - get:\n          \
         url: /a\n{request}"
    ))
}

#[test]
fn a_scenario_that_is_shortened_keeps_its_rates() {
    let phases = "phases:\n  - { duration: 10, arrivalRate: 5, rampTo: 50 }\n  \
                  - { duration: 10, arrivalCount: 12 }\n  - { pause: 10 }\n";

    let shortened = with(phases, "").unwrap().shortened(5);

    let length = Duration::from_secs(2);
    let paces: Vec<Pace> = shortened.phases.iter().map(|phase| phase.pace).collect();
    let rate = Pace::Rate { from: 5.0, to: 50.0, length };
    assert_eq!(paces, [rate, Pace::Count { many: 3, length }, Pace::Pause(length)]);
}

#[test]
fn the_scenarios_of_the_product_are_read() {
    let folder = workspace::root().unwrap().join("xtask/scenarios");
    let file = folder.join("auth-light.yml");

    let scenario = Scenario::open(&file).unwrap().unwrap();

    let [payload] = scenario.payloads.as_slice() else { panic!("{:?}", scenario.payloads) };
    assert_eq!((payload.order, payload.skips_header), (Order::Random, false));
    assert_eq!(payload.file, folder.join("test-users.csv"));
    assert_eq!((scenario.arrivals(), scenario.length().as_secs()), (1_110, 180));
    assert_eq!(scenario.timeout, Duration::from_secs(30));
    let shares: Vec<_> = scenario.journeys.iter().map(|it| scenario.share(it)).collect();
    assert_eq!(shares, [0.6, 0.25, 0.15]);
    let requests = scenario.requests();
    let captures: Vec<_> = requests.iter().map(|it| it.captures.len()).collect();
    assert_eq!((captures, scenario.ensure.0.len()), (vec![1, 2, 0, 1, 0], 3));
    assert!(!scenario.has_expect_plugin);
}

#[test]
fn what_is_not_understood_is_refused_by_name_and_line() {
    for (config, request, refused) in [
        ("procesor: x.js", "", "3: `procesor` is not understood in config"),
        ("phases:\n  - { duration: 1 }", "", "4: a phase has `duration` with"),
        ("phases: 7", "", "3: `phases` is a list"),
        ("phases:\n  - { duration: 1x, arrivalRate: 2 }", "", "4: `duration` is a time"),
        ("plugins: { slack: {} }", "", "3: `slack` is not understood in plugins"),
        (
            "plugins: { expect: { reportFailuresAsErrors: true } }",
            "",
            "3: `reportFailuresAsErrors`",
        ),
        ("payload: { path: a.csv, fields: [a], oder: random }", "", "3: `oder` is not"),
        ("payload: { path: a.csv }", "", "3: payload has no `fields`"),
        ("ensure: { thresholds: [{ http.respnse: 3 }] }", "", "3: `http.respnse` is no figure"),
        ("ensure: { conditions: [p95 <] }", "", "3: the condition `p95 <` is not understood"),
        ("http: { timeout: -1 }", "", "3: `timeout` is a time"),
        ("", "gzip: true", "7: `gzip` is not understood in GET"),
        ("", "expect: [{ status: 200 }]", "7: the expectation `status` is not understood"),
        ("", "expect: { statusCode: 99 }", "7: a status is a number"),
        ("", "capture: { json: data, as: x }", "7: `data` is no path"),
        ("", "capture: { json: $.a }", "7: capture has no `as`"),
        ("", "capture: { as: x }", "7: a capture is one of json, header and regexp"),
        ("", "capture: { regexp: '(', as: x }", "7: the pattern `(` is not understood"),
        ("", "json: { a: '{{ $env.HOME }}' }", "7: `$env.HOME` is not understood"),
        ("", "ifTrue: a =", "6: the condition `a =` is not understood"),
        ("", "followRedirect: true", "6: redirects are not followed"),
    ] {
        let refusals = with(config, request).unwrap_err();

        let is_there = refusals.iter().any(|refusal| refusal.starts_with(refused));
        assert!(is_there, "{config} {request}: {refusals:?}");
    }
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let refusals = with("a: 1\nb: 2", "c: 3").unwrap_err();

    assert_eq!(refusals.len(), 3, "{refusals:?}");
}

#[test]
fn steps_that_are_not_there_are_refused() {
    for (step, refused) in [
        ("- parallel: []", "a step is get, post"),
        ("- function: f", "a step is get, post"),
        ("- get: { url: 'http://other/' }", "is no path on the target"),
        ("- get: { url: '/a b' }", "is no path on the target"),
        ("- loop: [{ think: 1 }]", "a loop has a `count`"),
        ("- { loop: [{ think: 1 }], count: -1 }", "`count` is a number"),
        ("- { loop: [{ think: 1 }], count: 2, whileTrue: f }", "`whileTrue` is not understood"),
        ("[]", "there are no steps"),
    ] {
        let refusals = parse(&format!("config: {{}}\nscenarios:\n  - flow:\n      {step}\n"));

        let refusals = refusals.unwrap_err();
        assert!(refusals.iter().any(|it| it.contains(refused)), "{step}: {refusals:?}");
    }
}

#[test]
fn a_phase_begins_as_many_journeys_as_it_says() {
    let arrivals = |phase: &str| {
        let scenario = with(&format!("phases: [{phase}]"), "").unwrap();
        (scenario.arrivals(), scenario.length())
    };

    assert_eq!(arrivals("{ duration: 30, arrivalRate: 2 }"), (60, Duration::from_secs(30)));
    assert_eq!(arrivals("{ duration: 20, arrivalRate: 5, rampTo: 50 }").0, 550);
    assert_eq!(arrivals("{ duration: 1m, arrivalCount: 7 }"), (7, Duration::from_mins(1)));
    assert_eq!(arrivals("{ pause: 500ms }"), (0, Duration::from_millis(500)));
    assert_eq!(with("", "").unwrap().arrivals(), 1, "without phases it is one journey");
}

#[test]
fn rates_and_names_of_phases_are_kept() {
    let scenario = with("phases: [{ name: up, duration: 4, arrivalRate: 1, maxVusers: 9 }]", "");

    let [phase] = &scenario.unwrap().phases[..] else { panic!("one phase") };
    let pace = Pace::Rate { from: 1.0, to: 1.0, length: Duration::from_secs(4) };
    assert_eq!((phase.name.as_deref(), phase.most, phase.pace), (Some("up"), Some(9), pace));
}

proptest! {
    #[test]
    fn no_scenario_makes_it_panic(text in "[a-z:{}\\[\\] \n,0-9\"-]{0,200}") {
        parse(&format!("config:\n  target: x\nscenarios: {text}")).ok();
        parse(&text).ok();
    }
}
