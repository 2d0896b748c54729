//! Farms and plots.

use reqwest::Method;
use serde_json::json;

use crate::app::TestApp;
use crate::journey::{farm_body, plot_body};
use crate::reply::{fields, refused};

#[tokio::test]
async fn a_farm_is_registered_and_read_by_its_owner_and_by_staff() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;
    let reviewer = app.staff("reviewer").await;

    let farm = farmer.post("/api/farms", &farm_body("สวนสมุนไพร")).await.expect(201);

    let path = format!("/api/farms/{}", farm.id());
    assert_eq!(farm.header("location"), path);
    assert_eq!(farm.etag(), "\"1\"");
    assert_eq!(farm.text("/status"), "draft");
    assert_eq!(farm.data("/declaredAreaM2"), json!(11_200.0));
    assert_eq!(farmer.get(&path).await.expect(200).data(""), farm.data(""));
    assert_eq!(reviewer.get(&path).await.expect(200).text("/name"), "สวนสมุนไพร");
}

#[tokio::test]
async fn another_farmers_farm_does_not_exist() {
    let app = TestApp::start().await;
    let (somchai, malee) = (app.farmer("สมชาย").await, app.farmer("มาลี").await);
    let farm = somchai.post("/api/farms", &farm_body("สวนสมุนไพร")).await.expect(201);
    let path = format!("/api/farms/{}", farm.id());

    for reply in [
        malee.get(&path).await,
        malee.patch(&path, &json!({"name": "ของฉัน"})).await,
        malee.change(Method::DELETE, &path, &json!({})).await,
        malee.act(&path, "submit", &json!({})).await,
        malee.post(&format!("{path}/plots"), &plot_body("แปลง", 0.0)).await,
        malee.get(&format!("{path}/history")).await,
        malee.get("/api/farms/not-a-uuid").await,
    ] {
        assert_eq!(reply.refusal(), refused(404, "not-found"));
    }
    let listed = malee.get("/api/farms").await.expect(200);
    assert_eq!(listed.data(""), json!([]));
}

#[tokio::test]
async fn a_farm_name_is_taken_whatever_its_case_and_spaces() {
    let app = TestApp::start().await;
    let (somchai, malee) = (app.farmer("สมชาย").await, app.farmer("มาลี").await);
    somchai.post("/api/farms", &farm_body("Baan  Suan")).await.expect(201);

    let again = somchai.post("/api/farms", &farm_body(" baan suan ")).await;
    let elsewhere = malee.post("/api/farms", &farm_body("Baan Suan")).await;

    assert_eq!(again.refusal(), refused(409, "farm-name-taken"));
    assert_eq!(elsewhere.status, 201);
}

#[tokio::test]
async fn staff_register_no_farms() {
    let app = TestApp::start().await;
    let reviewer = app.staff("reviewer").await;

    let reply = reviewer.post("/api/farms", &farm_body("ไม่ได้")).await;

    assert_eq!(reply.refusal(), refused(403, "forbidden"));
}

#[tokio::test]
async fn a_plot_has_its_geodesic_area_and_the_farms_version() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;
    let farm = farmer.post("/api/farms", &farm_body("สวนสมุนไพร")).await.expect(201);
    let path = format!("/api/farms/{}", farm.id());

    let plot = farmer.post(&format!("{path}/plots"), &plot_body("แปลง 1", 0.0)).await.expect(201);

    // 0.001° at 18.74° N: 110.67 m of latitude × 105.47 m of longitude.
    let area = plot.data("/areaM2").as_f64().unwrap();
    assert!((11_600.0..11_750.0).contains(&area), "{area}");
    assert_eq!(plot.header("location"), format!("{path}/plots/{}", plot.id()));
    assert_eq!(plot.etag(), "\"2\"");
    assert_eq!(farmer.get(&path).await.data("/version"), json!(2));
}

#[tokio::test]
async fn a_wrong_boundary_is_refused_at_its_position() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;
    let farm = farmer.post("/api/farms", &farm_body("สวนสมุนไพร")).await.expect(201);
    let path = format!("/api/farms/{}/plots", farm.id());
    let mut outside = plot_body("แปลง", 0.0);
    outside["boundary"]["coordinates"][0][1] = json!([120.0, 18.74]);
    let mut open = plot_body("แปลง", 0.0);
    open["boundary"]["coordinates"][0].as_array_mut().unwrap().pop();
    let mut bow_tie = plot_body("แปลง", 0.0);
    bow_tie["boundary"]["coordinates"][0].as_array_mut().unwrap().swap(1, 2);

    let outside = farmer.post(&path, &outside).await;
    let open = farmer.post(&path, &open).await;
    let bow_tie = farmer.post(&path, &bow_tie).await;

    assert_eq!(outside.refusal(), refused(422, "invalid-fields"));
    assert!(outside.field_errors()[0].0.starts_with("/boundary/coordinates/0/1"));
    assert!(open.field_errors()[0].0.starts_with("/boundary/coordinates/0"));
    assert_eq!(bow_tie.refusal(), refused(422, "invalid-fields"));
}

#[tokio::test]
async fn an_overlap_is_flagged_for_both_and_named_for_staff_alone() {
    let app = TestApp::start().await;
    let (somchai, malee) = (app.farmer("สมชาย").await, app.farmer("มาลี").await);
    let reviewer = app.staff("reviewer").await;
    let first = somchai.registers_farm("สวนแรก").await;
    let second = malee.post("/api/farms", &farm_body("สวนที่สอง")).await.expect(201);
    let path = format!("/api/farms/{}", second.id());

    let body = plot_body("ทับกัน", 0.0005);
    let plot = malee.post(&format!("{path}/plots"), &body).await.expect(201);

    let other = first.text("/plots/0/id");
    assert_eq!(plot.data("/flags"), json!(["overlaps-other-plot"]));
    assert!(!plot.body.contains(&other));
    assert!(reviewer.get(&path).await.expect(200).body.contains(&other));
}

#[tokio::test]
async fn an_edited_approved_farm_goes_back_to_review() {
    let app = TestApp::start().await;
    let cast = app.cast().await;
    let farm = cast.approved_farm().await;
    let path = format!("/api/farms/{}", farm.id());

    let edited = cast.farmer.patch(&path, &json!({"name": "ชื่อใหม่"})).await.expect(200);
    let while_pending = cast.farmer.patch(&path, &json!({"name": "อีกชื่อ"})).await;

    assert_eq!(edited.text("/status"), "pending-review");
    assert_eq!(while_pending.refusal(), refused(409, "farm-not-editable"));
}

#[tokio::test]
async fn an_impossible_farm_action_lists_the_possible_ones() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;
    let reviewer = app.staff("reviewer").await;
    let farm = farmer.registers_farm("สวนสมุนไพร").await;
    let path = format!("/api/farms/{}", farm.id());
    farmer.act(&path, "submit", &json!({})).await.expect(200);

    let again = farmer.act(&path, "submit", &json!({})).await;
    let reinstate = reviewer.act(&path, "reinstate", &json!({})).await;
    let unexplained = reviewer.act(&path, "reject", &json!({})).await;
    let unknown = reviewer.act(&path, "levitate", &json!({})).await;

    assert_eq!(again.refusal(), refused(409, "invalid-transition"));
    assert_eq!(again.json()["allowedActions"], json!([]));
    assert!(
        reinstate.json()["allowedActions"].as_array().unwrap().contains(&json!("start-review"))
    );
    assert_eq!(unexplained.field_errors(), fields(&[("/comment", "required")]));
    assert_eq!(unknown.refusal(), refused(404, "not-found"));
}

#[tokio::test]
async fn a_farm_with_a_live_application_is_not_archived() {
    let app = TestApp::start().await;
    let cast = app.cast().await;
    let id = cast.application().await;
    let application = cast.farmer.get(&format!("/api/certifications/{id}")).await.expect(200);
    let path = format!("/api/farms/{}", application.text("/farmId"));

    let refused_now = cast.farmer.change(Method::DELETE, &path, &json!({})).await;
    cast.farmer.acts(&id, "withdraw", json!({})).await.expect(200);
    let archived = cast.farmer.change(Method::DELETE, &path, &json!({})).await;

    assert_eq!(refused_now.status, 409);
    assert!(archived.status == 200 || archived.status == 204, "{archived:?}");
}

#[tokio::test]
async fn lists_are_paged_newest_first_and_keep_their_place_under_inserts() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;
    for number in 0..5 {
        farmer.post("/api/farms", &farm_body(&format!("สวน {number}"))).await.expect(201);
    }

    let first = farmer.get("/api/farms?limit=2").await.expect(200);
    farmer.post("/api/farms", &farm_body("มาทีหลัง")).await.expect(201);
    let next = first.json()["page"]["next"].as_str().unwrap().to_owned();
    let second = farmer.get(&format!("/api/farms?limit=2&cursor={next}")).await.expect(200);

    let names = |reply: &crate::reply::Reply| [reply.text("/0/name"), reply.text("/1/name")];
    assert_eq!(names(&first), ["สวน 4", "สวน 3"]);
    assert_eq!(names(&second), ["สวน 2", "สวน 1"]);
    assert!(first.header("link").contains("rel=\"next\""));
    assert_eq!(first.json()["page"]["limit"], json!(2));
}

#[tokio::test]
async fn a_cursor_that_was_tampered_with_or_a_wrong_query_is_refused() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;
    for number in 0..3 {
        farmer.post("/api/farms", &farm_body(&format!("สวน {number}"))).await.expect(201);
    }
    let first = farmer.get("/api/farms?limit=1").await.expect(200);
    let next = first.json()["page"]["next"].as_str().unwrap().to_owned();
    let end = next.len() - 2;
    let other = if &next[end..=end] == "A" { "B" } else { "A" };
    let forged = format!("{}{other}{}", &next[..end], &next[end + 1..]);

    let forged = farmer.get(&format!("/api/farms?limit=1&cursor={forged}")).await;

    assert_eq!(forged.refusal(), refused(400, "invalid-cursor"));
    for query in ["limit=101", "limit=0", "limit=x", "colour=red", "status=nonsense"] {
        let reply = farmer.get(&format!("/api/farms?{query}")).await;
        assert_eq!(reply.refusal(), refused(400, "invalid-query"), "{query}");
    }
}

#[tokio::test]
async fn a_sync_by_change_time_sees_every_farm_once() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;
    for number in 0..5 {
        farmer.post("/api/farms", &farm_body(&format!("สวน {number}"))).await.expect(201);
        app.clock.advance(jiff::SignedDuration::from_secs(1));
    }

    let mut path = "/api/farms?updatedSince=2026-01-05T02:00:01Z&limit=2".to_owned();
    let mut names = Vec::new();
    loop {
        let page = farmer.get(&path).await.expect(200);
        let rows = page.data("").as_array().unwrap().clone();
        names.extend(rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()));
        let next = page.json()["page"]["next"].as_str().map(str::to_owned);
        let Some(next) = next else { break };
        path = format!("/api/farms?updatedSince=2026-01-05T02:00:01Z&limit=2&cursor={next}");
    }

    assert_eq!(names, ["สวน 1", "สวน 2", "สวน 3", "สวน 4"]);
}

#[tokio::test]
async fn every_change_of_a_farm_is_in_its_history() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;
    let reviewer = app.staff("reviewer").await;
    let farm = farmer.registers_farm("สวนสมุนไพร").await;
    let path = format!("/api/farms/{}", farm.id());
    farmer.act(&path, "submit", &json!({})).await.expect(200);
    let comment = json!({"comment": "ขอบเขตไม่ตรงกับโฉนด"});
    reviewer.act(&path, "reject", &comment).await.expect(200);

    let history = farmer.get(&format!("{path}/history")).await.expect(200);

    let rows = history.data("");
    let actions: Vec<_> =
        rows.as_array().unwrap().iter().map(|row| row["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["reject", "submit", "plot-added", "registered"]);
    assert_eq!(history.text("/0/comment"), "ขอบเขตไม่ตรงกับโฉนด");
    assert_eq!(
        (history.text("/0/from"), history.text("/0/to")),
        ("pending-review".into(), "rejected".into())
    );
    assert_eq!(history.text("/0/by/role"), "REVIEWER");
    assert_eq!(history.text("/3/by/id"), farmer.id);
}
