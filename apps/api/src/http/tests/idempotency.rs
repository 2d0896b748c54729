//! Requests that are sent again.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use gacp_store::{Claim, Fingerprint, Lease, RECEIPT_LEASE, Receipt, ReceiptKey};
use tokio::task::LocalSet;
use tokio::time::{Instant, sleep};

use super::lines::Lines;
use super::*;

/// What a store takes to say that it is out.
const OUT: Duration = Duration::from_millis(2_500);

/// Receipts in a store that may be out when a key is to be freed, or when it says that one is
/// granted.
#[derive(Default)]
struct Receipts {
    ledger: Arc<MemoryLedger>,
    is_out: AtomicBool,
    loses_claims: AtomicBool,
}

#[async_trait]
impl ReceiptStore for Receipts {
    async fn claim(
        &self,
        key: &ReceiptKey,
        fingerprint: &Fingerprint,
        lease: Lease,
        now: Timestamp,
    ) -> Result<Claim, StoreError> {
        let claim = self.ledger.claim(key, fingerprint, lease, now).await;
        if self.loses_claims.load(Ordering::Relaxed) {
            return Err(StoreError::Unavailable("connection lost".into()));
        }
        claim
    }

    async fn settle(&self, receipt: &Receipt) -> Result<(), StoreError> {
        self.ledger.settle(receipt).await
    }

    async fn release(&self, key: &ReceiptKey, lease: Lease) -> Result<(), StoreError> {
        if self.is_out.load(Ordering::Relaxed) {
            sleep(OUT).await;
            return Err(StoreError::Unavailable("no primary".into()));
        }
        self.ledger.release(key, lease).await
    }

    async fn prune(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.ledger.prune(now).await
    }
}

fn once(key: &str, body: &Value) -> TestRequest {
    signed_in(Method::POST, "/api/things").insert_header(("idempotency-key", key)).set_json(body)
}

fn made(app: &TestApp) -> usize {
    app.things.made.load(Ordering::Relaxed)
}

#[tokio::test]
async fn a_repetition_gets_the_first_reply_and_changes_nothing() {
    let app = start().await;
    let body = json!({"name": "ขิง"});

    let first = app.send(once("k", &body)).await;
    let again = app.send(once("k", &body)).await;

    assert_eq!((first.status, again.status, made(&app)), (201, 201, 1));
    assert_eq!(first.body, again.body);
    for name in ["etag", "location", "content-type", "cache-control"] {
        assert_eq!(first.header(name), again.header(name), "{name}");
    }
    assert_eq!(first.header("idempotency-replayed"), "");
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_ne!(first.header("x-request-id"), again.header("x-request-id"));
}

#[tokio::test]
async fn a_key_stands_for_one_body_of_one_caller() {
    let app = start().await;
    let body = json!({"name": "a"});
    let other_caller = once("k", &body).insert_header(("authorization", "Bearer other"));
    app.send(once("k", &body)).await;

    let other_body = app.send(once("k", &json!({"name": "b"}))).await;
    let other_caller = app.send(other_caller).await;

    other_body.assert_problem(422, "idempotency-key-reused");
    assert_eq!((other_caller.status, made(&app)), (201, 2));
}

#[tokio::test]
async fn final_refusals_are_repeated_and_outages_are_tried_again() {
    let app = start().await;

    for (key, name, status, replayed) in [
        ("a", "taken", 422, "true"),
        ("b", "far too long a name", 422, "true"),
        ("c", "out", 503, ""),
        ("d", "panic", 500, ""),
    ] {
        let body = json!({"name": name});
        let first = app.send(once(key, &body)).await;
        let again = app.send(once(key, &body)).await;
        assert_eq!((first.status, again.status), (status, status), "{name}");
        assert_eq!(again.header("idempotency-replayed"), replayed, "{name}");
        assert_eq!(again.header("content-type"), "application/problem+json", "{name}");
    }
    assert_eq!(made(&app), 0);
}

#[tokio::test]
async fn a_key_is_visible_ascii_and_given_once() {
    let app = start().await;
    let body = json!({"name": "a"});

    for bad in ["", "two words", "ก", &"k".repeat(256)] {
        app.send(once(bad, &body)).await.assert_problem(400, "invalid-query");
    }
    let twice = once("a", &body).append_header(("idempotency-key", "b"));
    app.send(twice).await.assert_problem(400, "invalid-query");
    assert_eq!(app.send(once(&"k".repeat(255), &body)).await.status, 201);
}

#[tokio::test]
async fn of_many_parallel_runs_one_takes_effect() {
    let app = start().await;

    let runs = LocalSet::new()
        .run_until(async {
            let run = |_| {
                let app = app.clone();
                tokio::task::spawn_local(
                    async move { app.send(once("k", &json!({"name": "a"}))).await },
                )
            };
            let mut seen = Vec::new();
            for run in (0..32).map(run).collect::<Vec<_>>() {
                seen.push(run.await.unwrap());
            }
            seen
        })
        .await;

    assert_eq!(made(&app), 1);
    let fresh =
        runs.iter().filter(|r| r.status == 201 && r.header("idempotency-replayed").is_empty());
    assert_eq!(fresh.count(), 1);
    for other in runs.iter().filter(|run| run.status != 201) {
        other.assert_problem(409, "idempotency-in-progress");
        assert_eq!(other.header("retry-after"), "1");
    }
}

#[tokio::test]
async fn the_key_of_a_client_that_went_away_is_free_once_its_lease_ended() {
    let app = start().await;
    let body = json!({"name": "a"});
    {
        let mut abandoned = Box::pin(app.send(once("k", &body)));
        let waker = std::task::Waker::noop();
        let mut context = std::task::Context::from_waker(waker);
        assert!(abandoned.as_mut().poll(&mut context).is_pending());
    }

    let early = app.send(once("k", &body)).await;
    app.clock.advance(RECEIPT_LEASE);
    let late = app.send(once("k", &body)).await;

    early.assert_problem(409, "idempotency-in-progress");
    assert_eq!((late.status, made(&app)), (201, 1));
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_told_at_once_and_its_key_is_free_when_it_is_over() {
    let receipts = Arc::new(Receipts::default());
    let app = start_on(receipts.ledger.clone(), receipts.clone()).await;
    let body = json!({"name": "out"});
    receipts.is_out.store(true, Ordering::Relaxed);
    let begun = Instant::now();

    let refused = app.send(once("k", &body)).await;
    let waited = begun.elapsed();
    let early = app.send(once("k", &body)).await;
    receipts.is_out.store(false, Ordering::Relaxed);
    sleep(OUT + Duration::from_secs(1)).await;
    let late = app.send(once("k", &body)).await;

    refused.assert_problem(503, "service-unavailable");
    assert!(waited < Duration::from_millis(500), "{waited:?}");
    early.assert_problem(409, "idempotency-in-progress");
    late.assert_problem(503, "service-unavailable");
}

#[tokio::test(start_paused = true)]
async fn a_key_whose_grant_was_lost_on_the_way_is_free_again() {
    let receipts = Arc::new(Receipts::default());
    let app = start_on(receipts.ledger.clone(), receipts.clone()).await;
    let body = json!({"name": "a"});

    receipts.loses_claims.store(true, Ordering::Relaxed);
    let lost = app.send(once("k", &body)).await;
    receipts.loses_claims.store(false, Ordering::Relaxed);
    sleep(Duration::from_millis(1)).await;
    let again = app.send(once("k", &body)).await;

    lost.assert_problem(503, "service-unavailable");
    assert_eq!((again.status, made(&app)), (201, 1));
}

#[tokio::test(start_paused = true)]
async fn a_key_that_cannot_be_freed_is_logged_as_the_request_that_had_it() {
    for loses_claims in [false, true] {
        let receipts = Arc::new(Receipts::default());
        let app = start_on(receipts.ledger.clone(), receipts.clone()).await;
        receipts.is_out.store(true, Ordering::Relaxed);
        receipts.loses_claims.store(loses_claims, Ordering::Relaxed);
        let lines = Lines::of_this_thread();

        let refused = app.send(once("k", &json!({"name": "out"}))).await;
        sleep(RECEIPT_LEASE.unsigned_abs()).await;

        refused.assert_problem(503, "service-unavailable");
        let id = lines.request_that_said("an idempotency key could not be freed");
        assert_eq!(id, refused.header("x-request-id"), "{loses_claims}");
    }
}

#[tokio::test]
async fn routes_that_do_not_opt_in_ignore_the_key() {
    let app = start().await;
    let request = || {
        let request = anybody(Method::POST, "/api/things/large").insert_header(("if-match", "*"));
        request.insert_header(("idempotency-key", "k")).set_json(json!({"name": "a"}))
    };

    let first = app.send(request()).await;
    let again = app.send(request()).await;

    assert_eq!((first.status, again.status), (200, 200));
    assert_eq!(again.header("idempotency-replayed"), "");
}
