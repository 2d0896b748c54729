//! What the row of a route decides before its handler.

use super::*;

fn as_farmer(method: Method, path: &str) -> TestRequest {
    signed_in(method, path)
}

#[tokio::test]
async fn a_role_without_any_right_is_refused_before_its_body_is_judged() {
    let app = start().await;

    let invalid = app.send(raw("/api/judgements", "application/json", "{\"nonsense\": 1}")).await;
    let valid = app.send(raw("/api/judgements", "application/json", "{\"name\": \"x\"}")).await;
    let unreadable = app.send(raw("/api/judgements", "application/json", "{")).await;
    let unknown = app.send(anybody(Method::POST, "/api/judgements").set_json(json!({}))).await;

    invalid.assert_problem(403, "forbidden");
    valid.assert_problem(403, "forbidden");
    unreadable.assert_problem(400, "malformed-json");
    unknown.assert_problem(401, "unauthenticated");
    assert_eq!(app.things.made.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_refused_role_claims_no_idempotency_key() {
    let app = start().await;
    let request = || {
        let request = raw("/api/judgements", "application/json", "{\"name\": \"x\"}");
        request.insert_header(("idempotency-key", "k"))
    };

    let (first, second) = (app.send(request()).await, app.send(request()).await);

    first.assert_problem(403, "forbidden");
    second.assert_problem(403, "forbidden");
    assert_eq!(second.header("idempotency-replayed"), "");
}

#[tokio::test]
async fn every_action_has_its_own_rule_and_an_unknown_one_is_not_there() {
    let app = start().await;
    let act = |action: &str| as_farmer(Method::POST, &format!("/api/things/1/actions/{action}"));

    let own = app.send(act("grow")).await;
    let others = app.send(act("judge")).await;
    let unknown = app.send(act("levitate")).await;

    assert_eq!(own.status, 200, "{own:?}");
    others.assert_problem(403, "forbidden");
    unknown.assert_problem(404, "not-found");
}

#[tokio::test]
async fn what_the_query_asks_for_can_widen_a_right() {
    let app = start().await;

    let narrow = app.get("/api/kinds?kind=plant").await;
    let wide = app.get("/api/kinds").await;
    let other = app.get("/api/kinds?kind=plants").await;

    assert_eq!(narrow.status, 200, "{narrow:?}");
    wide.assert_problem(403, "forbidden");
    other.assert_problem(403, "forbidden");
}

#[tokio::test]
async fn a_handler_that_no_guard_stands_before_cannot_name_the_caller() {
    let app = start().await;

    let reply = app.get("/api/who").await;

    reply.assert_problem(401, "unauthenticated");
}
