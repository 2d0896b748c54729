//! Farms by where they lie: boxes, circles, polygons.

use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{TestApp, User};
use crate::journey::{farm_body, plot_body};
use crate::reply::{Reply, fields, refused};

impl User {
    /// Registers a farm that lies there.
    async fn farm_at(&self, name: &str, lon: f64, lat: f64) -> Reply {
        let mut body = farm_body(name);
        body["location"]["coordinates"] = json!([lon, lat]);
        self.post("/api/farms", &body).await.expect(201)
    }
}

fn names(reply: &Reply) -> Vec<String> {
    let rows = reply.data("");
    let name = |row: &Value| row["name"].as_str().unwrap().to_owned();
    rows.as_array().unwrap_or_else(|| panic!("{reply:?}")).iter().map(name).collect()
}

fn next(reply: &Reply) -> String {
    reply.json()["page"]["next"].as_str().unwrap_or_else(|| panic!("{reply:?}")).to_owned()
}

/// A triangle with its right angle at 98° E, 18° N, with a square hole.
fn triangle() -> Value {
    json!({"type": "Polygon", "coordinates": [
        [[98.0, 18.0], [100.0, 18.0], [98.0, 20.0], [98.0, 18.0]],
        [[98.25, 18.25], [98.75, 18.25], [98.75, 18.75], [98.25, 18.75], [98.25, 18.25]],
    ]})
}

#[tokio::test]
async fn farms_in_a_box_are_listed_page_by_page_each_reader_his_own() {
    let app = TestApp::start().await;
    let (somchai, malee) = (app.farmer("สมชาย").await, app.farmer("มาลี").await);
    let reviewer = app.staff("reviewer").await;
    somchai.farm_at("ในกรอบ", 99.2, 17.2).await;
    somchai.farm_at("บนเส้น", 99.0, 17.5).await;
    somchai.farm_at("นอกกรอบ", 98.9, 17.5).await;
    malee.farm_at("ของมาลี", 99.3, 17.3).await;
    let path = "/api/farms?bbox=99,17,99.5,17.5&limit=2";

    let own = somchai.get(path).await.expect(200);
    let all = reviewer.get(path).await.expect(200);
    let link = all.header("link").to_owned();
    let rest = link.strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap();
    let rest = reviewer.get(rest).await.expect(200);
    let none = malee.get("/api/farms?bbox=98,17,99,18&province=เชียงใหม่&status=draft").await;

    assert_eq!(names(&own), ["บนเส้น", "ในกรอบ"]);
    assert_eq!(own.json()["page"]["next"], Value::Null);
    assert_eq!(
        (names(&all), names(&rest)),
        (names_of(&["ของมาลี", "บนเส้น"]), names_of(&["ในกรอบ"]))
    );
    assert_eq!(names(&none), [""; 0]);
}

fn names_of(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[tokio::test]
async fn a_box_and_a_sync_go_together() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;
    let first = farmer.farm_at("หนึ่ง", 99.2, 17.2).await;
    app.clock.advance(jiff::SignedDuration::from_secs(1));
    farmer.farm_at("สอง", 99.2, 17.2).await;
    app.clock.advance(jiff::SignedDuration::from_secs(1));
    let path = format!("/api/farms/{}", first.id());
    farmer.patch(&path, &json!({"name": "หนึ่งใหม่"})).await.expect(200);

    let since = "/api/farms?updatedSince=2026-01-05T02:00:01Z&bbox=99,17,100,18";
    let synced = farmer.get(since).await.expect(200);

    assert_eq!(names(&synced), ["สอง", "หนึ่งใหม่"]);
}

#[tokio::test]
async fn a_box_that_is_none_is_refused_before_anybody_asks_who_sent_it() {
    let app = TestApp::start().await;
    let anyone = app.anyone();

    for (bbox, pointer, code) in [
        ("99,17,100", "/bbox", "invalid-format"),
        ("99,17,100,18,19", "/bbox", "invalid-format"),
        ("99,17,east,18", "/bbox/2", "wrong-type"),
        ("100,17,99,18", "/bbox", "out-of-range"),
        ("99,18,100,17", "/bbox", "out-of-range"),
        ("99,17,181,18", "/bbox", "out-of-range"),
        ("99,NaN,100,18", "/bbox/1", "wrong-type"),
    ] {
        let reply = anyone.get(&format!("/api/farms?bbox={bbox}")).await;
        assert_eq!(reply.refusal(), refused(400, "invalid-query"), "{bbox}");
        assert_eq!(reply.field_errors(), fields(&[(pointer, code)]), "{bbox}");
    }
}

#[tokio::test]
async fn the_nearest_farms_come_first_with_their_distance() {
    let app = TestApp::start().await;
    let (somchai, malee) = (app.farmer("สมชาย").await, app.farmer("มาลี").await);
    let reviewer = app.staff("reviewer").await;
    somchai.farm_at("ไกล", 99.95, 18.75).await;
    somchai.farm_at("ใกล้", 98.95, 19.0).await;
    malee.farm_at("ที่นี่", 98.95, 18.75).await;
    somchai.farm_at("เกินไป", 101.5, 18.75).await;
    let near = |more: &str| format!("/api/farms/near?lon=98.95&lat=18.75&radiusM={more}");

    let own = somchai.get(&near("120000")).await.expect(200);
    let all = reviewer.get(&near("120000&q=ที่")).await.expect(200);
    let few = somchai.get(&near("27672.645")).await.expect(200);
    let none = somchai.get(&near("27672.644")).await.expect(200);

    assert_eq!(names(&own), ["ใกล้", "ไกล"]);
    // By the integral along the meridian, and by Vincenty's formulae (1975).
    let distances = [own.data("/0/distanceM"), own.data("/1/distanceM")];
    assert_eq!(distances, [json!(27_672.645), json!(105_448.116)]);
    assert_eq!((names(&all), all.data("/0/distanceM")), (names_of(&["ที่นี่"]), json!(0.0)));
    assert_eq!((names(&few), names(&none)), (names_of(&["ใกล้"]), vec![]));
    assert_eq!(own.text("/0/status"), "draft");
}

#[tokio::test]
async fn the_nearest_farms_are_read_page_by_page_and_keep_their_place_under_inserts() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;
    for (name, lon) in [("ข", 99.02), ("ก", 99.01), ("ง", 99.03), ("ค", 99.02)] {
        farmer.farm_at(name, lon, 17.0).await;
    }
    let path = "/api/farms/near?lon=99&lat=17&radiusM=10000&limit=2";

    let first = farmer.get(path).await.expect(200);
    farmer.farm_at("มาทีหลัง", 99.0, 17.0).await;
    let cursor = next(&first);
    let second = farmer.get(&format!("{path}&cursor={cursor}")).await.expect(200);
    let elsewhere = path.replace("lon=99", "lon=98");
    let elsewhere = farmer.get(&format!("{elsewhere}&cursor={cursor}")).await;
    let as_a_list = farmer.get(&format!("/api/farms?cursor={cursor}")).await;

    assert_eq!((names(&first), names(&second)), (names_of(&["ก", "ข"]), names_of(&["ค", "ง"])));
    assert!(first.header("link").contains(&format!("cursor={cursor}")));
    assert_eq!(second.json()["page"], json!({"next": null, "limit": 2}));
    assert_eq!(elsewhere.refusal(), refused(400, "invalid-cursor"));
    assert_eq!(as_a_list.refusal(), refused(400, "invalid-cursor"));
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_circle_is_named_at_once() {
    let app = TestApp::start().await;
    let anyone = app.anyone();

    let bare = anyone.get("/api/farms/near").await;
    let far = anyone.get("/api/farms/near?lon=181&lat=-91&radiusM=200000.1").await;
    let mixed = anyone.get("/api/farms/near?lat=x&radiusM=0&status=lost").await;
    let page = anyone.get("/api/farms/near?lon=99&lat=17&radiusM=1&limit=101").await;
    let sync = "/api/farms/near?lon=99&lat=17&radiusM=1&updatedSince=2026-01-05T02:00:01Z";
    let sync = anyone.get(sync).await;
    let unknown = anyone.get("/api/farms/near?lon=99&lat=17&radiusM=1").await;

    for reply in [&bare, &far, &mixed, &page, &sync] {
        assert_eq!(reply.refusal(), refused(400, "invalid-query"));
    }
    let required = fields(&[("/lon", "required"), ("/lat", "required"), ("/radiusM", "required")]);
    let out_of_range =
        fields(&[("/lon", "out-of-range"), ("/lat", "out-of-range"), ("/radiusM", "out-of-range")]);
    assert_eq!((bare.field_errors(), far.field_errors()), (required, out_of_range));
    assert_eq!(
        mixed.field_errors(),
        fields(&[
            ("/lon", "required"),
            ("/lat", "wrong-type"),
            ("/radiusM", "out-of-range"),
            ("/status", "invalid-format")
        ])
    );
    assert_eq!(page.field_errors(), fields(&[("/limit", "out-of-range")]));
    assert_eq!(sync.field_errors(), fields(&[("/updatedSince", "unknown-field")]));
    assert_eq!(unknown.refusal(), refused(401, "unauthenticated"));
}

#[tokio::test]
async fn farms_in_a_polygon_are_found_without_those_in_its_hole() {
    let app = TestApp::start().await;
    let (somchai, malee) = (app.farmer("สมชาย").await, app.farmer("มาลี").await);
    let reviewer = app.staff("reviewer").await;
    somchai.farm_at("ในรูป", 98.1, 18.1).await;
    somchai.farm_at("ในรู", 98.5, 18.5).await;
    somchai.farm_at("ขอบรู", 98.75, 18.5).await;
    somchai.farm_at("บนเส้นเอียง", 99.0, 19.0).await;
    somchai.farm_at("นอกรูป", 99.1, 19.1).await;
    malee.farm_at("ของมาลี", 98.2, 18.1).await;
    let body = json!({"within": triangle(), "province": "เชียงใหม่", "status": "draft"});

    let own = somchai.post("/api/farms/search", &body).await.expect(200);
    let other = malee.post("/api/farms/search", &body).await.expect(200);
    let narrowed = json!({"within": triangle(), "q": "ในรู", "crop": null});
    let narrowed = reviewer.post("/api/farms/search", &narrowed).await.expect(200);

    assert_eq!(names(&own), ["บนเส้นเอียง", "ขอบรู", "ในรูป"]);
    assert_eq!((names(&other), names(&narrowed)), (names_of(&["ของมาลี"]), names_of(&["ในรูป"])));
    assert_eq!(own.header("cache-control"), "private, no-cache");
}

#[tokio::test]
async fn a_search_goes_on_with_the_same_body_and_its_cursor() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;
    for name in ["หนึ่ง", "สอง", "สาม"] {
        let farm = farmer.farm_at(name, 98.1, 18.1).await;
        let path = format!("/api/farms/{}/plots", farm.id());
        farmer.post(&path, &plot_body("แปลง", 0.0)).await.expect(201);
    }
    let mut body = json!({"within": triangle(), "crop": "cannabis", "limit": 2});
    let search = async |body: &Value| farmer.post("/api/farms/search", body).await;

    let first = search(&body).await.expect(200);
    body["cursor"] = json!(next(&first));
    let second = search(&body).await.expect(200);
    let mut other_filter = body.clone();
    other_filter["q"] = json!("หนึ่ง");
    let mut other_polygon = body.clone();
    other_polygon["within"]["coordinates"][0][1][0] = json!(100.5);
    let mut forged = body.clone();
    forged["cursor"] = json!("AAAA");

    assert_eq!((names(&first), names(&second)), (names_of(&["สาม", "สอง"]), names_of(&["หนึ่ง"])));
    assert_eq!((first.header("link"), &second.json()["page"]["next"]), ("", &Value::Null));
    for body in [other_filter, other_polygon, forged] {
        assert_eq!(search(&body).await.refusal(), refused(400, "invalid-cursor"));
    }
}

#[tokio::test]
async fn a_wrong_polygon_is_refused_at_its_position() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;
    let search = async |change: fn(&mut Value)| {
        let mut body = json!({"within": triangle()});
        change(&mut body);
        let reply = farmer.post("/api/farms/search", &body).await;
        (reply.status, reply.field_errors())
    };
    let refused = |rows: &[(&str, &str)]| (422, fields(rows));

    let open = search(|body| {
        let ring = body["within"]["coordinates"][0].as_array_mut().unwrap();
        ring.pop();
        ring.push(json!([98.0, 18.1]));
    });
    let crossing = search(|body| {
        let ring = body["within"]["coordinates"][1].as_array_mut().unwrap();
        ring.swap(2, 3);
    });
    let beyond = search(|body| body["within"]["coordinates"][0][1][0] = json!(181));
    let outside = search(|body| {
        body["within"]["coordinates"][1] =
            json!([[101.0, 18.25], [102.0, 18.25], [102.0, 18.75], [101.0, 18.25]]);
    });
    let nothing = search(|body| *body = json!({"limit": 101, "near": 5}));
    let point = search(|body| body["within"] = json!({"type": "Point", "coordinates": [98, 18]}));

    assert_eq!(open.await, refused(&[("/within/coordinates/0/3", "invalid-format")]));
    let (status, errors) = crossing.await;
    assert_eq!((status, errors.len()), (422, 1));
    assert!(errors[0].0.starts_with("/within/coordinates/1/"), "{errors:?}");
    assert_eq!(beyond.await, refused(&[("/within/coordinates/0/1/0", "out-of-range")]));
    assert_eq!(outside.await, refused(&[("/within/coordinates/1", "invalid-format")]));
    assert_eq!(
        nothing.await,
        refused(&[("/within", "required"), ("/limit", "out-of-range"), ("/near", "unknown-field")])
    );
    assert_eq!(point.await, refused(&[("/within/type", "invalid-format")]));
}

#[tokio::test]
async fn a_polygon_of_ten_thousand_positions_is_searched_and_one_more_refused() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;
    farmer.farm_at("ตรงกลาง", 99.0, 17.0).await;
    let star = |corners: u32| {
        let corner = |n: u32| {
            let angle = f64::from(n % corners) / f64::from(corners) * std::f64::consts::TAU;
            let radius = if (n % corners).is_multiple_of(2) { 1.0 } else { 0.9 };
            [99.0 + radius * angle.cos(), 17.0 + radius * angle.sin()]
        };
        let ring: Vec<[f64; 2]> = (0..=corners).map(corner).collect();
        json!({"within": {"type": "Polygon", "coordinates": [ring]}})
    };

    let most = farmer.post("/api/farms/search", &star(9_999)).await;
    let more = farmer.post("/api/farms/search", &star(10_000)).await;

    assert_eq!(names(&most.expect(200)), ["ตรงกลาง"]);
    assert_eq!(more.field_errors(), fields(&[("/within/coordinates", "too-long")]));
}

#[tokio::test]
async fn near_and_search_are_no_farms() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;

    let posted = farmer.post("/api/farms/near", &json!({})).await;
    let got = farmer.get("/api/farms/search").await;
    let patched = farmer.send(farmer.request(Method::PATCH, "/api/farms/search")).await;

    for (reply, allow) in
        [(posted, "GET, HEAD, OPTIONS"), (got, "POST, OPTIONS"), (patched, "POST, OPTIONS")]
    {
        assert_eq!(reply.refusal(), refused(405, "method-not-allowed"));
        assert_eq!(reply.header("allow"), allow);
    }
}
