use serde_json::json;

use super::{Catalogue, Kind, Rule, collect, filled, unknown, unrecorded};

#[test]
fn every_expression_of_a_dashboard_is_found_wherever_it_lies() {
    let dashboard = json!({
        "title": "Stores",
        "templating": {"list": [
            {"type": "datasource", "query": "prometheus"},
            {"name": "job", "query": {"query": "label_values(up, job)", "refId": "job"}},
        ]},
        "panels": [
            {"title": "Row", "panels": [{"title": "Calls", "targets": [{"expr": "a"}]}]},
            {"title": "Pool", "targets": [{"expr": "b"}, {"expr": "c"}]},
        ],
    });
    let mut found = Vec::new();

    collect(&dashboard, "", &mut found);

    let mut found: Vec<_> = found.iter().map(|it| (&*it.place, &*it.text)).collect();
    found.sort_unstable();
    let job = ("Stores", "count by (job) (up)");
    assert_eq!(found, [("Calls", "a"), ("Pool", "b"), ("Pool", "c"), job]);
}

#[test]
fn variables_are_filled_in() {
    let text = filled(r#"rate(a{job=~"$job", instance=~"$instance"}[$__rate_interval])"#);

    assert_eq!(text, r#"rate(a{job=~".*", instance=~".*"}[5m])"#);
    let nested = filled(r#"label_values(a{b="c,d"}, instance)"#);
    assert_eq!(nested, r#"count by (instance) (a{b="c,d"})"#);
}

#[test]
fn what_is_not_recorded_yet_is_asked_for_itself() {
    let rule = |name: &str, query: &str, kind| Rule {
        name: name.to_owned(),
        query: query.to_owned(),
        kind,
        last_error: String::new(),
    };
    let rules = [
        rule("job:a:rate6h", "rate(a[6h])", Kind::Recording),
        rule("job:b:rate6h", "rate(b[6h])", Kind::Recording),
        rule("a", "b > 1", Kind::Alerting),
    ];

    let text = unrecorded("rate(c[6h]) or 0 * job:a:rate6h", &rules);

    assert_eq!(text, "rate(c[6h]) or 0 * (rate(a[6h]))");
    assert_eq!(unrecorded("a", &rules), "a");
}

#[test]
fn a_misspelt_name_is_found_where_its_absence_shows_nothing() {
    let labels = ["job", "le"].map(str::to_owned).into();
    let catalogue = Catalogue::from([("a_bucket".to_owned(), labels)]);
    let fault = |text| unknown(text, &catalogue);

    assert_eq!(fault(r#"sum by (job) (a_bucket{le="1"}) or vector(0)"#), None);
    let metric = fault("sum(a_buckt) or vector(0)");
    assert_eq!(metric.as_deref(), Some("there is no metric a_buckt"));
    let label = fault(r#"sum(a_bucket{jbo!="x"}) or vector(0)"#);
    assert_eq!(label.as_deref(), Some("none of its metrics has a label jbo"));
}
