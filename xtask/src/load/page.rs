//! The report as one page: everything drawn in it, nothing from elsewhere, readable on a phone.

mod chart;
mod parts;

use super::report::Report;
use parts::{causes, counts, curve, endpoints, over_time, verdict};

const STYLE: &str = include_str!("page/style.css");

pub(super) fn page(report: &Report) -> String {
    let title = escaped(&report.scenario);
    let sections = [
        verdict(report),
        counts(report),
        over_time(report),
        curve(report),
        endpoints(report),
        causes(report),
    ];
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>Load run: {title}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n{}</main>\n</body>\n</html>\n",
        sections.concat()
    )
}

/// As text of a page, also within the quotes of an attribute.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests;
