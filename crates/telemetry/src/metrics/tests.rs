use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::info::Info;

use super::*;

const TEXT: Format = Format::Text;

fn served(requests: impl FnOnce(&HttpMetrics)) -> (String, String) {
    let mut registry = Registry::default();
    let http = HttpMetrics::register(&mut registry, Scheme::Https, ["/farms", "/farms/{id}"]);
    requests(&http);
    let exposition = Exposition::new(registry);
    (exposition.render(TEXT), exposition.render(Format::OpenMetrics))
}

fn has(text: &str, line: &str) -> bool {
    text.lines().any(|it| it == line)
}

#[test]
fn a_request_is_counted_by_its_method_route_and_status() {
    let (text, _) = served(|http| {
        http.begin("GET").end(Some("/farms/{id}"), 200, None);
        http.begin("GET").end(Some("/farms/{id}"), 404, None);
        http.begin("POST").end(Some("/farms"), 503, None);
    });

    let count = "http_server_request_duration_seconds_count";
    for labels in [
        r#"http_request_method="GET",http_route="/farms/{id}",http_response_status_code="200",url_scheme="https",error_type="""#,
        r#"http_request_method="GET",http_route="/farms/{id}",http_response_status_code="404",url_scheme="https",error_type="""#,
        r#"http_request_method="POST",http_route="/farms",http_response_status_code="503",url_scheme="https",error_type="503""#,
    ] {
        assert!(has(&text, &format!("{count}{{{labels}}} 1")), "{labels} in {text}");
    }
}

#[test]
fn methods_and_paths_of_a_client_make_no_series() {
    let (text, _) = served(|http| {
        for number in 0..1_000 {
            let path = format!("/farms/{number}");
            http.begin(&format!("X{number}")).end(Some(&path), 404, None);
        }
    });

    let counts: Vec<&str> = text.lines().filter(|line| line.contains("_count{")).collect();
    assert_eq!(counts.len(), 1, "{counts:?}");
    assert!(counts[0].contains(r#"http_request_method="_OTHER",http_route="""#), "{counts:?}");
    assert!(counts[0].ends_with(" 1000"), "{counts:?}");
}

#[test]
fn whoever_goes_away_is_counted_and_no_longer_under_way() {
    let (text, _) = served(|http| {
        drop(http.begin("GET"));
        let mut answered = http.begin("GET");
        answered.answered(Some("/farms"), 200);
        drop(answered);
    });

    let lines: Vec<&str> = text.lines().filter(|line| line.contains("_count{")).collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines.iter().all(|line| line.contains(r#"error_type="cancelled""#)), "{lines:?}");
    let before = r#"http_route="",http_response_status_code="""#;
    let within = r#"http_route="/farms",http_response_status_code="200""#;
    assert!(lines.iter().any(|line| line.contains(before)), "{lines:?}");
    assert!(lines.iter().any(|line| line.contains(within)), "{lines:?}");
    let active = r#"http_server_active_requests{http_request_method="GET",url_scheme="https"} 0"#;
    assert!(has(&text, active), "{text}");
}

#[test]
fn a_request_is_under_way_until_it_ends() {
    let mut registry = Registry::default();
    let http = HttpMetrics::register(&mut registry, Scheme::Http, ["/farms"]);
    let exposition = Exposition::new(registry);
    let active = |number: u32| {
        let line = format!(
            r#"http_server_active_requests{{http_request_method="PUT",url_scheme="http"}} {number}"#
        );
        has(&exposition.render(TEXT), &line)
    };

    let request = http.begin("PUT");
    assert!(active(1));
    request.panicked(Some("/farms"), 500, None);

    assert!(active(0));
    assert!(exposition.render(TEXT).contains(r#"error_type="panic""#));
}

#[test]
fn the_objective_has_a_bucket_of_its_own() {
    let (text, _) = served(|http| {
        http.begin("GET").end(None, 404, None);
    });

    assert!(text.contains(r#"_bucket{le="0.3","#), "{text}");
}

#[test]
fn exemplars_are_for_open_metrics_alone() {
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let (text, open) = served(|http| {
        http.begin("GET").end(Some("/farms"), 200, Some(trace.to_owned()));
    });

    assert!(open.contains(&format!("# {{trace_id=\"{trace}\"}} ")), "{open}");
    assert!(open.ends_with("# EOF\n"));
    assert!(!text.contains(trace) && !text.contains("EOF") && !text.contains("UNIT"), "{text}");
}

#[test]
fn the_older_format_describes_counters_by_the_name_of_their_samples() {
    let mut registry = Registry::default();
    let logins = Counter::<u64>::default();
    registry.register("logins", "Logins", logins.clone());
    registry.register("build", "What runs", Info::new(vec![("version", "1.2")]));
    logins.inc();

    let text = Exposition::new(registry).render(TEXT);

    let expected = "# HELP logins_total Logins.\n# TYPE logins_total counter\nlogins_total 1\n\
                    # HELP build_info What runs.\n# TYPE build_info gauge\n\
                    build_info{version=\"1.2\"} 1\n";
    assert_eq!(text, expected);
}

#[test]
fn whoever_names_open_metrics_gets_it_and_nobody_is_refused() {
    let prometheus = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;\
                      q=0.3,*/*;q=0.1";
    for named in [prometheus, "application/openmetrics-text", "Application/OpenMetrics-Text"] {
        assert_eq!(Format::of(Some(named)), Format::OpenMetrics, "{named}");
    }
    for other in ["", "*/*", "text/html", "application/openmetrics-text;q=0", "image/png;q=x"] {
        assert_eq!(Format::of(Some(other)), Format::Text, "{other}");
    }
    assert_eq!(Format::of(None), Format::Text);
}
