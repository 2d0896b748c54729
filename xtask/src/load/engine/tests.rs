use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::latency::Latency;
use crate::load::engine::pool::Pool;
use crate::load::stub::{Answer, Heard, json, play, play_seeded, run, start};

/// A scenario of one journey with these steps and phases.
fn scenario(phases: &str, config: &str, steps: &str) -> String {
    format!(
        "config:\n  target: http://stub\n  phases: [{phases}]\n{config}scenarios:\n  - name: only\n    \
         flow:\n{steps}"
    )
}

/// The first lines of what was heard.
fn lines(heard: &[String]) -> Vec<&str> {
    heard.iter().map(|text| text.lines().next().unwrap_or_default()).collect()
}

const USERS: &str = "  payload: { path: users.csv, fields: [name] }\n";

#[test]
fn the_same_seed_asks_the_same_and_another_asks_otherwise() {
    let text = scenario(
        "{ duration: 1, arrivalCount: 20 }",
        USERS,
        "      - get: { url: '/{{ name }}/{{ $randomNumber(0, 999) }}/{{ $uuid }}' }\n",
    );
    let asked = |seed| {
        let files = [("users.csv", "a\nb\nc\nd\n")];
        let (_, heard) = play_seeded(&text, &files, seed, |_request| json("{}"));
        lines(&heard).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };

    let (first, again, other) = (asked(7), asked(7), asked(8));

    assert_eq!((first.len(), &first), (20, &again));
    assert_ne!(first, other);
}

#[test]
fn rows_in_sequence_come_one_after_the_other() {
    let config =
        "  payload: { path: users.csv, fields: [name], order: sequence, skipHeader: true }\n";
    let text = scenario(
        "{ duration: 1, arrivalCount: 5 }",
        config,
        "      - get: { url: '/{{ name }}' }\n",
    );

    let (report, heard) = play(&text, &[("users.csv", "name\na\nb\n")], |_request| json("{}"));

    let asked: Vec<_> = lines(&heard).iter().map(|line| &line[5..6]).collect();
    assert_eq!((asked, report.journeys.succeeded), (vec!["a", "b", "a", "b", "a"], 5));
}

#[test]
fn what_is_captured_goes_on_and_a_missing_capture_ends_the_journey() {
    let steps = "      - post: { url: /login, json: { a: 1 }, capture: { json: $.data.token, as: token } }\n      \
                 - get: { url: /me, headers: { Authorization: 'Bearer {{ token }}' } }\n";
    let text = scenario("{ duration: 1, arrivalCount: 2 }", "", steps);
    let tokens = std::cell::Cell::new(0);

    let (report, heard) = play(&text, &[], move |request| {
        tokens.set(tokens.get() + usize::from(request.first_line().starts_with("POST")));
        json(if tokens.get() == 1 { r#"{"data":{"token":"t1"}}"# } else { r#"{"data":{}}"# })
    });

    let asked = lines(&heard);
    assert_eq!(asked, ["POST /login HTTP/1.1", "GET /me HTTP/1.1", "POST /login HTTP/1.1"]);
    assert!(heard[1].contains("\r\nAuthorization: Bearer t1\r\n"), "{}", heard[1]);
    assert_eq!((report.captures.all, report.captures.failed), (2, 1));
    assert_eq!((report.journeys.begun, report.journeys.succeeded), (2, 1));
}

#[test]
fn expectations_count_without_the_plugin_and_the_journey_goes_on() {
    let steps = "      - get: { url: /a, expect: [{ statusCode: 200 }, { hasProperty: data.id }, { contentType: json }] }\n      \
                 - get: { url: /b, expect: { equals: ['{{ target }}', 'x'] } }\n";
    let text = scenario("{ duration: 1, arrivalCount: 1 }", "", steps);

    let (report, heard) = play(&text, &[], |_request| json(r#"{"data":{}}"#));

    assert_eq!(heard.len(), 2);
    assert_eq!((report.expectations.all, report.expectations.failed), (4, 2));
    let only = &report.journeys_by_name["only"];
    assert_eq!((only.to_their_end, only.succeeded, report.requests.failed), (1, 0, 2));
}

#[test]
fn loops_conditions_and_queries_are_played() {
    let steps = "      - loop:\n          - get: { url: /a, qs: { n: '{{ $loopCount }}' }, ifTrue: '$loopCount < 3' }\n        \
                 count: 2-5\n      - loop:\n          - get: { url: '/{{ $loopElement }}' }\n        over: [x, y]\n";
    let text = scenario("{ duration: 1, arrivalCount: 1 }", "", steps);

    let (report, heard) = play(&text, &[], |_request| json("{}"));

    assert_eq!(lines(&heard), ["GET /a?n=2 HTTP/1.1", "GET /x HTTP/1.1", "GET /y HTTP/1.1"]);
    assert_eq!(report.journeys.succeeded, 1);
}

#[test]
fn what_is_done_before_is_known_to_all() {
    let text = scenario(
        "{ duration: 1, arrivalCount: 2 }",
        "",
        "      - get: { url: '/{{ id }}' }\nbefore:\n  flow:\n    - get: { url: /first, capture: { json: $.id, as: id } }\n",
    );

    let (_, heard) = play(&text, &[], |_request| json(r#"{"id":7}"#));

    assert_eq!(lines(&heard), ["GET /first HTTP/1.1", "GET /7 HTTP/1.1", "GET /7 HTTP/1.1"]);
}

#[test]
fn arrivals_do_not_wait_for_a_slow_server() {
    let text = scenario("{ duration: 1, arrivalRate: 50 }", "", "      - get: { url: /slow }\n");

    let begun = Instant::now();
    let (report, heard) =
        play(&text, &[], |_request| Answer::After(Duration::from_millis(1_500), 200));

    assert_eq!((heard.len(), report.journeys.succeeded), (50, 50));
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(5), "one after the other would take 75 s: {took:?}");
}

#[test]
fn too_few_connections_make_the_run_invalid() {
    let text = scenario(
        "{ duration: 1, arrivalRate: 20 }",
        "  http: { pool: 1 }\n",
        "      - get: { url: /slow }\n",
    );

    let (report, _) = play(&text, &[], |_request| Answer::After(Duration::from_millis(60), 200));

    assert!(report.generator.connections <= 2, "{}", report.generator.connections);
    let against = report.verdict().join("; ");
    assert!(against.contains("requests waited for a connection"), "{against}");
    // It is the server that they waited for: latency says so from when they were due.
    let times = &report.times;
    assert!(times.due.p99 > 2.0 * times.sent.p50, "{times:?}");
}

#[test]
fn a_task_that_is_held_up_says_so() {
    let text = scenario("{ duration: 1, arrivalRate: 20 }", "", "      - get: { url: /a }\n");

    let (report, _) = play(&text, &[], |_request| {
        // On the thread of the task itself.
        std::thread::sleep(Duration::from_millis(90));
        json("{}")
    });

    let against = report.verdict().join("; ");
    assert!(against.contains("the run is invalid: one journey of a hundred began"), "{against}");
}

#[test]
fn no_more_journeys_than_a_phase_allows_are_under_way() {
    let text = scenario(
        "{ duration: 1, arrivalRate: 20, maxVusers: 2 }",
        "",
        "      - get: { url: /slow }\n",
    );

    let (report, heard) =
        play(&text, &[], |_request| Answer::After(Duration::from_millis(1_100), 200));

    assert_eq!((heard.len(), report.generator.skipped_as_told), (2, 18));
    assert!(report.verdict().is_empty(), "{:?}", report.verdict());
}

/// One second every ten, as a server does that collects garbage or waits for a disk.
const STOPS: Duration = Duration::from_secs(1);

#[test]
fn a_closed_loop_does_not_see_what_an_open_one_sees() {
    let begun = Instant::now();
    let stopping = move |_request: &crate::http1::Message| {
        let from = Duration::from_secs(4);
        let now = begun.elapsed();
        let left = (from + STOPS).saturating_sub(now);
        Answer::After(if now < from { Duration::ZERO } else { left }, 200)
    };
    let closed = std::thread::spawn(move || run(closed_loop(stopping)));
    let text = scenario("{ duration: 10, arrivalRate: 100 }", "", "      - get: { url: /a }\n");

    let (report, _) = play(&text, &[], stopping);

    let closed = closed.join().unwrap();
    let (closed, open) = (closed.quantile(0.99).as_secs_f64() * 1e3, report.times.due.p99);
    println!("p99 of a closed loop {closed:.1} ms, of an open loop {open:.1} ms");
    assert!(open > 500.0, "{open}");
    assert!(closed < 100.0, "{closed}");
}

/// A client that asks every 10 ms, but not before it was answered.
async fn closed_loop(answer: impl Fn(&crate::http1::Message) -> Answer + 'static) -> Latency {
    let pool = Pool::new(&start(answer, Rc::clone(&Heard::default())).await, 1);
    let request = crate::http1::request("GET /a", &[("Host", "stub")], "");
    let (begun, mut latency) = (Instant::now(), Latency::new().unwrap());
    while begun.elapsed() < Duration::from_secs(10) {
        let asked = Instant::now();
        pool.exchange(&request, Duration::from_secs(5)).await.0.unwrap();
        latency.enter(asked.elapsed()).unwrap();
        tokio::time::sleep(Duration::from_millis(10).saturating_sub(asked.elapsed())).await;
    }
    latency
}
