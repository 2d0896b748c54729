use super::{escaped, page};
use crate::load::stub::{play, problem};

const SCENARIO: &str = "config:\n  target: http://stub\n  phases: [{ duration: 2, arrivalRate: 5 }]\n\
                        scenarios:\n  - name: only\n    flow:\n      - get: { url: '/<script>' }\n";

#[test]
fn the_page_holds_everything_and_asks_nobody() {
    let (report, _) = play(SCENARIO, &[], |_request| problem(429, "rate-limited", ""));

    let page = page(&report);

    for part in ["Latency over time", "Percentiles", "Throughput", "Endpoints", "rate limited"] {
        assert!(page.contains(part), "{part}");
    }
    assert!(page.contains("GET /&lt;script&gt;") && !page.contains("<script"), "{page}");
    for elsewhere in ["src=", "href=", "url(", "@import"] {
        assert!(!page.contains(elsewhere), "{elsewhere}");
    }
}

#[test]
fn text_stays_text() {
    assert_eq!(escaped("<a href=\"x\">&'"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
}
