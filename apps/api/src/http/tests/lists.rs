//! Lists and their cursors.

use super::*;

fn ids(seen: &Seen) -> Vec<u64> {
    let data = seen.json()["data"].as_array().cloned().unwrap_or_default();
    data.iter().filter_map(Value::as_u64).collect()
}

#[tokio::test]
async fn a_list_is_read_to_its_end_by_following_its_links() {
    let app = start().await;
    let mut path = "/api/things?kind=even%20%26%20round&limit=9".to_owned();
    let mut seen = Vec::new();

    loop {
        let page = app.get(&path).await;
        assert_eq!(page.status, 200, "{page:?}");
        assert_eq!(page.json()["page"]["limit"], json!(9));
        seen.extend(ids(&page));
        let link = page.header("link").to_owned();
        if page.json()["page"]["next"].is_null() {
            assert_eq!(link, "");
            break;
        }
        path = link.strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap().to_owned();
    }

    let newest_first: Vec<u64> = (1..=45).filter(|id| id % 2 == 0).rev().collect();
    assert_eq!(seen, newest_first);
}

#[tokio::test]
async fn a_sync_reads_in_the_order_of_change() {
    let app = start().await;

    let page = app.get("/api/things?updatedSince=1970-01-01T00:00:40Z&limit=3").await;
    let next = page.json()["page"]["next"].as_str().unwrap().to_owned();
    let rest =
        app.get(&format!("/api/things?updatedSince=1970-01-01T00:00:40Z&cursor={next}")).await;

    assert_eq!((ids(&page), ids(&rest)), (vec![40, 41, 42], vec![43, 44, 45]));
    assert!(page.header("link").contains("updatedSince=1970-01-01T00%3A00%3A40Z"));
}

#[tokio::test]
async fn a_cursor_of_another_list_or_filter_is_refused() {
    let app = start().await;
    let next =
        app.get("/api/things?limit=5").await.json()["page"]["next"].as_str().unwrap().to_owned();

    let same = app.get(&format!("/api/things?cursor={next}&limit=2")).await;
    let filtered = app.get(&format!("/api/things?cursor={next}&kind=even")).await;
    let changed = app.get(&format!("/api/things?cursor={next}A")).await;
    let garbage = app.get("/api/things?cursor=eyJpZCI6MX0").await;

    assert_eq!(ids(&same), [40, 39]);
    for refused in [filtered, changed, garbage] {
        refused.assert_problem(400, "invalid-cursor");
    }
}

#[tokio::test]
async fn parameters_that_are_unknown_or_impossible_are_refused() {
    let app = start().await;
    let cases = [
        ("limit=0", "/limit", "out-of-range"),
        ("limit=101", "/limit", "out-of-range"),
        ("limit=-1", "/limit", "out-of-range"),
        ("limit=ten", "/limit", "wrong-type"),
        ("limit=5&limit=6", "/limit", "duplicate-key"),
        ("updatedSince=yesterday", "/updatedSince", "invalid-format"),
        ("colour=green", "/colour", "unknown-field"),
    ];

    for (query, pointer, code) in cases {
        let refused = app.get(&format!("/api/things?{query}")).await;
        refused.assert_problem(400, "invalid-query");
        let error = &refused.json()["errors"][0];
        assert_eq!((&error["pointer"], &error["code"]), (&json!(pointer), &json!(code)), "{query}");
    }
    assert_eq!(ids(&app.get("/api/things?kind=&cursor=&limit=100").await).len(), 45);
    assert_eq!(ids(&app.get("/api/things").await).len(), 20);
}
