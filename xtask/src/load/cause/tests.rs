use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::{Card, Class};
use crate::http1::Message;
use crate::load::report::Report;
use crate::load::stub::{Answer, NOW, json, play, problem};

const USERS: &str = "a@b.example,secret\nbad,secret\n";

/// One journey with this step and the second row; its one card, and the whole report.
fn card(step: &str, answer: impl Fn(&Message) -> Answer + 'static) -> (Card, Report) {
    let text = format!(
        "config:\n  target: http://stub\n  http: {{ timeout: 300ms }}\n  phases: [{{ duration: 1, \
         arrivalCount: 1 }}]\n  payload: {{ path: users.csv, fields: [email, password], order: \
         sequence, skipHeader: true }}\nscenarios:\n  - name: only\n    flow:\n      - {step}\n"
    );
    let (report, _) = play(&text, &[("users.csv", USERS)], answer);
    let [card] = report.causes.as_slice() else { panic!("{:?}", report.causes) };
    (card.clone(), report)
}

const LOGIN: &str =
    "post: { url: /login, json: { email: '{{ email }}', password: '{{ password }}' } }";

#[test]
fn a_bad_row_is_named() {
    let pointer = r#"{"pointer":"/email","code":"invalid-format"}"#;
    let (card, report) = card(LOGIN, move |_request| problem(422, "invalid-fields", pointer));

    assert_eq!((card.class, card.status, card.count), (Class::FixtureRow, Some(422), 1));
    assert_eq!(card.detail, "invalid-fields: /email invalid-format");
    assert!(card.rows[0].0.ends_with("users.csv:2"), "{:?}", card.rows);
    assert_eq!(card.request_id.as_deref(), Some("request-7"));
    let again = card.curl.unwrap();
    assert!(again.contains(r#"{"email":"bad","password":"'"$PASSWORD"'"}"#), "{again}");
    assert!(!report.to_string().contains("secret"), "{report}");
}

#[test]
fn an_account_that_is_not_there_is_a_bad_row() {
    let (card, _) = card(LOGIN, |_request| problem(401, "invalid-credentials", ""));

    assert_eq!(card.class, Class::FixtureRow);
    assert_eq!(card.code.as_deref(), Some("invalid-credentials"));
}

#[test]
fn what_the_scenario_itself_says_wrongly_is_no_bad_row() {
    let pointer = r#"{"pointer":"/phone","code":"invalid-format"}"#;
    let step = "post: { url: /a, json: { email: '{{ email }}', phone: '1' } }";
    let (card, _) = card(step, move |_request| problem(422, "invalid-fields", pointer));

    assert_eq!(card.class, Class::Validation);
}

#[test]
fn a_reply_of_another_shape_is_drift() {
    let step = "get: { url: /a, expect: { hasProperty: data.tokens.refreshToken } }";
    let (card, _) = card(step, |_request| json(r#"{"data":{"tokens":{"refresh":1}}}"#));

    assert_eq!((card.class, card.status), (Class::Drift, Some(200)));
    assert_eq!(card.detail, "no `data.tokens.refreshToken`: data.tokens has refresh");
}

fn token(expires: i64) -> String {
    let claims = BASE64_URL_SAFE_NO_PAD.encode(format!(r#"{{"exp":{expires}}}"#));
    format!("get: {{ url: /a, headers: {{ Authorization: 'Bearer e30.{claims}.AA' }} }}")
}

#[test]
fn a_token_that_has_expired_is_told_from_one_that_is_refused() {
    for (expires, class) in [(NOW - 1, Class::ExpiredToken), (NOW + 900, Class::RefusedToken)] {
        let (card, _) = card(&token(expires), |_request| problem(401, "unauthenticated", ""));

        assert_eq!(card.class, class);
        assert!(card.curl.unwrap().contains("Bearer $TOKEN"));
    }
}

#[test]
fn limits_and_too_much_work_are_told_apart() {
    for (status, code, class) in [
        (429, "rate-limited", Class::RateLimited),
        (503, "temporarily-overloaded", Class::Shed),
        (409, "application-exists", Class::Conflict),
        (412, "stale-version", Class::Conflict),
        (403, "forbidden", Class::Forbidden),
        (500, "internal-error", Class::ServerError),
        (404, "not-found", Class::Scenario),
        (428, "precondition-required", Class::Scenario),
    ] {
        let (card, report) = card("get: { url: /a }", move |_request| problem(status, code, ""));

        assert_eq!((card.class, card.code.as_deref()), (class, Some(code)));
        assert_eq!(report.unexplained, 0);
    }
}

#[test]
fn an_open_breaker_is_named() {
    let (card, _) = card("get: { url: /a }", |request| {
        let of_health = request.first_line().contains("/health/ready");
        let breakers = r#"{"breakers":{"mongodb":"open","redis":"closed"}}"#;
        if of_health { json(breakers) } else { problem(503, "service-unavailable", "") }
    });

    assert_eq!(card.class, Class::BreakerOpen);
    assert_eq!(card.detail, "service-unavailable: mongodb");
}

#[test]
fn a_connection_that_breaks_is_told_from_a_reply_that_is_late() {
    let (broken, _) = card("get: { url: /a }", |_request| Answer::Close);
    let (late, _) = card("get: { url: /a }", |_request| Answer::Silence);
    let slow = Answer::After;
    let (slow, _) = card("get: { url: /a }", move |_request| slow(Duration::from_secs(2), 200));

    let classes = [broken.class, late.class, slow.class];
    assert_eq!(classes, [Class::Connection, Class::Timeout, Class::Timeout]);
    assert_eq!(broken.detail, "the connection was closed instead of a reply");
    assert!(broken.curl.is_some());
}

#[test]
fn one_failure_without_a_cause_fails_the_run() {
    let (card, report) = card("get: { url: /a }", |_request| {
        Answer::Reply(418, "Content-Type: text/html\r\n", "<h1>teapot</h1>".to_owned())
    });

    assert_eq!((card.class, report.unexplained), (Class::Unexplained, 1));
    assert!(report.verdict().contains(&"1 failures are unexplained".to_owned()));
}

#[test]
fn a_status_that_is_expected_is_no_failure() {
    let text = "config:\n  target: http://stub\nscenarios:\n  - flow:\n      - get: { url: /a, \
                expect: { statusCode: [404, 410] } }\n";

    let (report, _) = play(text, &[], |_request| problem(404, "not-found", ""));

    assert!(report.causes.is_empty() && report.verdict().is_empty(), "{report}");
}

#[test]
fn failures_are_grouped_by_their_cause() {
    let text = "config:\n  target: http://stub\n  phases: [{ duration: 1, arrivalCount: 8 }]\n  \
                payload: { path: users.csv, fields: [email, password], order: sequence }\nscenarios:\n  - \
                flow:\n      - post: { url: /login, json: { email: '{{ email }}', password: '{{ password }}' } }\n";

    let (report, _) = play(text, &[("users.csv", USERS)], |request| {
        let is_bad = request.body().windows(5).any(|at| at == b"\"bad\"");
        let pointer = r#"{"pointer":"/email","code":"invalid-format"}"#;
        if is_bad {
            problem(422, "invalid-fields", pointer)
        } else {
            problem(429, "rate-limited", "")
        }
    });

    let found: Vec<_> = report.causes.iter().map(|card| (card.class, card.count)).collect();
    assert_eq!(found.len(), 2, "{:?}", report.causes);
    assert!(found.contains(&(Class::FixtureRow, 4)) && found.contains(&(Class::RateLimited, 4)));
    assert!(report.causes.iter().all(|card| (card.share - 50.0).abs() < 0.01));
}
