//! The way of an application.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::journey::application_body;
use crate::reply::{fields, refused};

fn action<'a>(actions: &'a Value, name: &str) -> &'a Value {
    let rows = actions.as_array().unwrap();
    rows.iter()
        .find(|row| row["name"] == json!(name))
        .unwrap_or_else(|| panic!("{name}: {actions}"))
}

#[tokio::test]
async fn a_farmer_is_certified() {
    let app = TestApp::start().await;
    let cast = app.cast().await;

    let id = cast.inspected(&["minor"]).await;
    let decided = cast.approver.acts(&id, "approve", json!({})).await.expect(200);

    assert_eq!(decided.text("/status"), "certified");
    assert_eq!(decided.text("/standard/id"), "thai-gacp");
    assert!(decided.text("/number").starts_with("APP-2026-000001-"));
    let number = decided.text("/certificateNumber");
    assert!(number.starts_with("GACP-TH-2026-000001-"), "{number}");
    let certificate = cast.farmer.get(&format!("/api/certificates/{number}")).await.expect(200);
    assert_eq!(certificate.text("/number"), number);
    assert_eq!(certificate.text("/jws").split('.').count(), 3);
    let listed = cast.farmer.get("/api/certificates").await.expect(200);
    assert_eq!(listed.text("/0/number"), number);
}

#[tokio::test]
async fn every_step_is_in_the_history() {
    let app = TestApp::start().await;
    let cast = app.cast().await;
    let id = cast.inspected(&[]).await;
    cast.approver.acts(&id, "approve", json!({"comment": "ผ่าน"})).await.expect(200);

    let history = cast.farmer.get(&format!("/api/certifications/{id}/history?limit=50")).await;

    let rows = history.expect(200).data("");
    let moves: Vec<_> =
        rows.as_array().unwrap().iter().rev().filter_map(|row| row["to"].as_str()).collect();
    let expected = [
        "draft",
        "awaiting-document-fee",
        "under-review",
        "awaiting-inspection-fee",
        "awaiting-inspection",
        "inspection-scheduled",
        "decision-pending",
        "certified",
    ];
    let mut remaining = moves.iter();
    for state in expected {
        assert!(remaining.any(|seen| *seen == state), "{state} in {moves:?}");
    }
}

#[tokio::test]
async fn a_farm_has_one_live_application_per_standard() {
    let app = TestApp::start().await;
    let cast = app.cast().await;
    let farm = cast.approved_farm().await;
    let body = application_body(&farm);
    let first = cast.farmer.post("/api/certifications", &body).await.expect(201);

    let second = cast.farmer.post("/api/certifications", &body).await;
    cast.farmer.acts(&first.id(), "withdraw", json!({})).await.expect(200);
    let third = cast.farmer.post("/api/certifications", &body).await;

    assert_eq!(second.refusal(), refused(409, "application-exists"));
    assert_eq!(third.status, 201);
    assert_eq!(first.header("location"), format!("/api/certifications/{}", first.id()));
}

#[tokio::test]
async fn another_farmers_application_does_not_exist() {
    let app = TestApp::start().await;
    let cast = app.cast().await;
    let id = cast.application().await;
    let stranger = app.farmer("คนอื่น").await;
    let path = format!("/api/certifications/{id}");

    for reply in [
        stranger.get(&path).await,
        stranger.get(&format!("{path}/history")).await,
        stranger.patch(&path, &json!({"purpose": "export"})).await,
        stranger.acts(&id, "submit", json!({})).await,
    ] {
        assert_eq!(reply.refusal(), refused(404, "not-found"));
    }
}

#[tokio::test]
async fn a_farmer_never_marks_his_own_fee_paid() {
    let app = TestApp::start().await;
    let cast = app.cast().await;
    let id = cast.application().await;
    cast.farmer.acts(&id, "submit", json!({})).await.expect(200);

    let reply = cast.farmer.pays(&id, "document-review", 500_000).await;

    assert_eq!(reply.refusal(), refused(403, "forbidden"));
}

#[tokio::test]
async fn a_payment_is_recorded_once_per_gateway_reference() {
    let app = TestApp::start().await;
    let cast = app.cast().await;
    let id = cast.application().await;
    cast.farmer.acts(&id, "submit", json!({})).await.expect(200);

    let first = cast.finance.pays(&id, "document-review", 500_000).await.expect(201);
    let again = cast.finance.pays(&id, "document-review", 500_000).await.expect(200);

    assert_eq!(first.data(""), again.data(""));
    let application = cast.farmer.get(&format!("/api/certifications/{id}")).await.expect(200);
    assert_eq!(application.text("/status"), "under-review");
    assert!(application.data("/fees/0/paidAt").is_string());
}

#[tokio::test]
async fn an_underpaid_fee_is_paid_by_the_rest() {
    let app = TestApp::start().await;
    let cast = app.cast().await;
    let id = cast.application().await;
    cast.farmer.acts(&id, "submit", json!({})).await.expect(200);
    let pay = |satang: u64, reference: &str| {
        let body =
            json!({"kind": "document-review", "amountSatang": satang, "gatewayRef": reference});
        let (finance, path) = (cast.finance.clone(), format!("/api/certifications/{id}/payments"));
        async move { finance.post(&path, &body).await }
    };
    let status = || async {
        let reply = cast.farmer.get(&format!("/api/certifications/{id}")).await;
        reply.expect(200).text("/status")
    };

    pay(499_999, "R-1").await.expect(201);
    let underpaid = status().await;
    pay(1, "R-2").await.expect(201);

    assert_eq!(
        (underpaid.as_str(), status().await.as_str()),
        ("awaiting-document-fee", "under-review")
    );
}

#[tokio::test]
async fn finance_sees_number_status_and_fees_only() {
    let app = TestApp::start().await;
    let cast = app.cast().await;
    let id = cast.application().await;

    let seen = cast.finance.get(&format!("/api/certifications/{id}")).await.expect(200);

    assert!(seen.data("/number").is_string() && seen.data("/fees").is_array());
    assert!(seen.data("/scope").is_null() && seen.data("/plotIds").is_null(), "{seen:?}");
}

#[tokio::test]
async fn an_impossible_action_lists_the_possible_ones() {
    let app = TestApp::start().await;
    let cast = app.cast().await;
    let id = cast.application().await;

    let resubmitted = cast.farmer.acts(&id, "resubmit", json!({})).await;
    let application = cast.farmer.get(&format!("/api/certifications/{id}")).await.expect(200);

    assert_eq!(resubmitted.refusal(), refused(409, "invalid-transition"));
    let allowed = &resubmitted.json()["allowedActions"];
    assert!(allowed.as_array().unwrap().contains(&json!("submit")), "{allowed}");
    let actions = application.data("/actions");
    assert_eq!(action(&actions, "submit")["allowed"], json!(true));
    assert_eq!(action(&actions, "resubmit")["allowed"], json!(false));
    assert!(action(&actions, "resubmit")["reason"].is_string());
}

#[tokio::test]
async fn a_role_that_may_never_act_is_forbidden_before_anything_else() {
    let app = TestApp::start().await;
    let cast = app.cast().await;
    let id = cast.application().await;

    let by_farmer = cast.farmer.acts(&id, "approve", json!({})).await;
    let by_reviewer = cast.reviewer.acts(&id, "submit", json!({"nonsense": 1})).await;
    let path = format!("/api/certifications/{id}/actions/approve");
    let without_state = cast.farmer.post(&path, &json!({})).await;
    let unknown = cast.farmer.acts(&id, "levitate", json!({})).await;

    assert_eq!(by_farmer.refusal(), refused(403, "forbidden"));
    assert_eq!(by_reviewer.refusal(), refused(403, "forbidden"));
    assert_eq!(without_state.refusal(), refused(403, "forbidden"));
    assert_eq!(unknown.refusal(), refused(404, "not-found"));
}

#[tokio::test]
async fn an_action_needs_the_state_it_was_decided_on() {
    let app = TestApp::start().await;
    let cast = app.cast().await;
    let id = cast.application().await;
    let path = format!("/api/certifications/{id}/actions/submit");
    let request = |etag: &'static str| {
        let request = cast.farmer.request(reqwest::Method::POST, &path);
        cast.farmer.send(request.header("If-Match", etag).json(&json!({})))
    };

    let unsaid = cast.farmer.post(&path, &json!({})).await;
    let stale = request("\"99\"").await;
    let done = request("\"1\"").await;

    assert_eq!(unsaid.refusal(), refused(428, "precondition-required"));
    assert_eq!(stale.refusal(), refused(412, "stale-version"));
    assert_eq!((done.status, done.etag()), (200, "\"2\""));
}

#[tokio::test]
async fn of_parallel_changes_on_one_version_one_wins() {
    let app = TestApp::start().await;
    let cast = app.cast().await;
    let id = cast.application().await;

    let calls: Vec<_> = (0..32)
        .map(|_| {
            let farmer = cast.farmer.clone();
            let request =
                farmer.request(reqwest::Method::PATCH, &format!("/api/certifications/{id}"));
            let request = request.header("If-Match", "\"1\"").json(&json!({"purpose": "export"}));
            tokio::spawn(async move { farmer.send(request).await.status })
        })
        .collect();
    let mut statuses = Vec::new();
    for call in calls {
        statuses.push(call.await.unwrap());
    }

    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 412).count(), 31, "{statuses:?}");
}

#[tokio::test]
async fn revision_is_requested_with_a_comment_and_answered() {
    let app = TestApp::start().await;
    let cast = app.cast().await;
    let id = cast.under_review().await;

    let silent = cast.reviewer.acts(&id, "request-revision", json!({})).await;
    let asked = json!({"comment": "โปรดระบุส่วนที่ใช้"});
    cast.reviewer.acts(&id, "request-revision", asked).await.expect(200);
    let scope = json!({"scope": {"crops": ["cannabis"], "partsUsed": ["flower", "leaf"],
                                 "activities": ["cultivation"]}});
    cast.farmer.patch(&format!("/api/certifications/{id}"), &scope).await.expect(200);
    let back = cast.farmer.acts(&id, "resubmit", json!({})).await.expect(200);

    assert_eq!(silent.field_errors(), fields(&[("/comment", "required")]));
    assert_eq!(back.text("/status"), "under-review");
    assert_eq!(back.data("/scope/partsUsed"), json!(["flower", "leaf"]));
}

#[tokio::test]
async fn the_third_revision_costs_the_document_fee_again() {
    let app = TestApp::start().await;
    let cast = app.cast().await;
    let id = cast.under_review().await;
    let mut statuses = Vec::new();

    for _ in 0..3 {
        let asked = json!({"comment": "อีกครั้ง"});
        cast.reviewer.acts(&id, "request-revision", asked).await.expect(200);
        let back = cast.farmer.acts(&id, "resubmit", json!({})).await.expect(200);
        statuses.push(back.text("/status"));
    }

    assert_eq!(statuses, ["under-review", "under-review", "awaiting-document-fee"]);
}

#[tokio::test]
async fn reviewer_inspector_and_approver_are_three_people() {
    let app = TestApp::start().await;
    let cast = app.cast().await;
    let id = cast.inspected(&[]).await;
    let admin = app.staff("admin").await;
    let reviewer_path = format!("/api/admin/users/{}", cast.reviewer.id);

    let by_reviewer = cast.reviewer.acts(&id, "approve", json!({})).await;
    admin.patch(&reviewer_path, &json!({"role": "APPROVER"})).await.expect(200);
    let by_former_reviewer = cast.reviewer.acts(&id, "approve", json!({})).await;

    for reply in [by_reviewer, by_former_reviewer] {
        assert_eq!(reply.refusal(), refused(403, "forbidden"));
        assert!(!reply.json()["detail"].as_str().unwrap().is_empty());
    }
    cast.approver.acts(&id, "approve", json!({})).await.expect(200);
}

#[tokio::test]
async fn only_the_inspector_named_inspects() {
    let app = TestApp::start().await;
    let cast = app.cast().await;
    let id = cast.scheduled().await;
    let other = app.another("INSPECTOR").await;

    let by_other = other.answers(&id, &[]).await;
    let by_reviewer = cast.reviewer.answers(&id, &[]).await;

    assert_eq!(by_other.refusal(), refused(403, "forbidden"));
    assert_eq!(by_reviewer.refusal(), refused(403, "forbidden"));
    cast.inspector.answers(&id, &[]).await.expect(200);
}

#[tokio::test]
async fn an_inspector_is_booked_once_at_a_time() {
    let app = TestApp::start().await;
    let first = app.cast().await;
    let mut second = app.cast().await;
    second.farmer = app.farmer("อีกคน").await;
    first.scheduled().await;
    let id = second.under_review().await;
    second.reviewer.acts(&id, "approve-documents", json!({})).await.expect(200);
    second.finance.pays(&id, "inspection", 2_500_000).await.expect(201);
    let mut slot = second.slot();
    slot["startsAt"] = json!("2026-01-12T04:30:00Z");
    slot["endsAt"] = json!("2026-01-12T06:00:00Z");

    let overlapping = second.reviewer.acts(&id, "schedule-inspection", slot.clone()).await;
    slot["startsAt"] = json!("2026-01-12T05:00:00Z");
    let behind = second.reviewer.acts(&id, "schedule-inspection", slot).await;

    assert_eq!(overlapping.refusal(), refused(409, "inspector-booked"));
    assert_eq!(behind.status, 200, "{behind:?}");
}

#[tokio::test]
async fn an_unfinished_inspection_is_not_complete() {
    let app = TestApp::start().await;
    let cast = app.cast().await;
    let id = cast.scheduled().await;

    let unfinished =
        cast.inspector.acts(&id, "complete-inspection", json!({"summary": "ยัง"})).await;

    assert_eq!(unfinished.refusal(), refused(409, "inspection-incomplete"));
}

#[tokio::test]
async fn an_application_that_does_not_pass_is_not_approved() {
    let app = TestApp::start().await;
    let cast = app.cast().await;
    let id = cast.inspected(&["critical"]).await;

    let approved = cast.approver.acts(&id, "approve", json!({})).await;
    let rejected = cast.approver.acts(&id, "reject", json!({"comment": "พบข้อบกพร่องร้ายแรง"})).await;

    assert_eq!(approved.refusal(), refused(409, "not-passed"));
    assert!(approved.json()["reasons"].as_array().is_some_and(|reasons| !reasons.is_empty()));
    assert_eq!(rejected.expect(200).text("/status"), "rejected");
}

#[tokio::test]
async fn an_application_nobody_submits_expires() {
    let app = TestApp::start().await;
    let cast = app.cast().await;
    let id = cast.application().await;

    app.clock.advance(SignedDuration::from_hours(24 * 32));
    let farmer = app.anyone();
    let login = json!({"email": cast.farmer.email, "password": crate::app::PASSWORD});
    let farmer = farmer.log_in(&login).await;
    let expired = farmer.get(&format!("/api/certifications/{id}")).await.expect(200);

    assert_eq!(expired.text("/status"), "expired");
    let submitted = farmer.acts(&id, "submit", json!({})).await;
    assert_eq!(submitted.refusal(), refused(409, "invalid-transition"));
}

#[tokio::test]
async fn applications_are_listed_by_status_and_farm() {
    let app = TestApp::start().await;
    let cast = app.cast().await;
    let id = cast.under_review().await;
    let application = cast.farmer.get(&format!("/api/certifications/{id}")).await.expect(200);
    let farm = application.text("/farmId");

    let found = cast.reviewer.get("/api/certifications?status=under-review").await.expect(200);
    let none = cast.reviewer.get("/api/certifications?status=draft").await.expect(200);
    let of_farm = cast.farmer.get(&format!("/api/certifications?farmId={farm}")).await.expect(200);

    assert_eq!(found.text("/0/id"), id);
    assert_eq!(none.data(""), json!([]));
    assert_eq!(of_farm.text("/0/id"), id);
}
