//! The sections of the page.

use super::chart::{Axes, Line, lines};
use super::escaped;
use crate::load::cause::Card;
use crate::load::figures::{number, percent};
use crate::load::record::Second;
use crate::load::report::{OfEndpoint, Report};

pub(super) fn verdict(report: &Report) -> String {
    let against = report.verdict();
    let success = report.success();
    let (class, word) = if against.is_empty() { ("good", "passed") } else { ("bad", "failed") };
    let reason = |reason: &String| format!("<p class=\"bad\">{}</p>\n", escaped(reason));
    let reasons = against.iter().map(reason).collect::<Vec<_>>().concat();
    let limits = report.limits.iter().map(|limit| {
        let (class, sign) = if limit.holds { ("good", "✓") } else { ("bad", "✗") };
        format!("<p><span class=\"{class}\">{sign}</span> {}</p>\n", escaped(&limit.text))
    });
    format!(
        "<p class=\"big {class}\">{word}: {success:.2} % of journeys succeeded</p>\n{reasons}<p>{} · \
         {} · seed {} · {:.0} s</p>\n{}",
        escaped(&report.target),
        escaped(&report.began),
        report.seed,
        report.seconds,
        limits.collect::<String>()
    )
}

pub(super) fn counts(report: &Report) -> String {
    let fact = |what: &str, (good, all): (u64, u64)| {
        format!("<li>{what}<b>{good} of {all}</b>{:.2} %</li>\n", percent(good, all))
    };
    let of = |counted: crate::load::report::Counted| (counted.all - counted.failed, counted.all);
    let journeys = (report.journeys.succeeded, report.journeys.begun);
    let rate = number(report.requests.all) / report.seconds.max(f64::EPSILON);
    let (task, due) = (&report.generator, &report.times.due);
    [
        "<ul class=\"facts\">\n".to_owned(),
        fact("journeys", journeys),
        fact("requests", of(report.requests)),
        fact("expectations", of(report.expectations)),
        fact("captures", of(report.captures)),
        format!("<li>unexplained<b>{}</b>failures</li>\n", report.unexplained),
        format!(
            "<li>p50 · p95 · p99<b>{:.1} · {:.1} · {:.1}</b>ms</li>\n",
            due.p50, due.p95, due.p99
        ),
        format!("<li>throughput<b>{rate:.1}</b>requests per second</li>\n"),
        format!(
            "<li>load generator<b>{:.1} %</b>of a core, {:.1} ms late (p99)</li>\n",
            task.cpu, task.lag_p99
        ),
        "</ul>\n".to_owned(),
    ]
    .concat()
}

pub(super) fn over_time(report: &Report) -> String {
    let parts = &report.timeline.parts;
    let last = parts.last().map_or(0, |part| part.from + report.timeline.width);
    let points = |of: fn(&Second) -> f64| {
        parts.iter().map(|part| (number(part.from), of(part))).collect::<Vec<_>>()
    };
    let ends = || ("0 s".to_owned(), format!("{last} s"));
    let latency = lines(
        &[
            Line { name: "p50", points: points(|part| part.p50) },
            Line { name: "p95", points: points(|part| part.p95) },
            Line { name: "p99", points: points(|part| part.p99) },
        ],
        &Axes { label: "latency over time, in ms since requests were due", ends: ends(), unit: "" },
    );
    let width = number(report.timeline.width);
    let rate = |of: fn(&Second) -> u64| {
        let rate = |part: &Second| (number(part.from), number(of(part)) / width);
        parts.iter().map(rate).collect::<Vec<_>>()
    };
    let throughput = lines(
        &[
            Line { name: "requests per second", points: rate(|part| part.requests) },
            Line { name: "of them failed", points: rate(|part| part.failed) },
        ],
        &Axes { label: "requests per second over time", ends: ends(), unit: "" },
    );
    format!(
        "<h2>Latency over time</h2>\n<p>ms since requests were due, of replies that say all went \
         well</p>\n{latency}<h2>Throughput</h2>\n{throughput}"
    )
}

pub(super) fn curve(report: &Report) -> String {
    // Each step to the right is half as far from the whole: tails are what is looked for.
    let position = |share: f64| -(1.0 - share.min(0.99995)).log2();
    let points = report.curve.iter().map(|(share, ms)| (position(*share), *ms)).collect();
    let ends = ("0 %".to_owned(), "100 %, each step half as far".to_owned());
    let label = "the share of replies that took no longer";
    let drawn = lines(
        &[Line { name: "ms since requests were due", points }],
        &Axes { label, ends, unit: "" },
    );
    let told = report
        .curve
        .iter()
        .map(|(share, ms)| format!("<tr><td>{:.2} %</td><td>{ms:.1}</td></tr>\n", share * 100.0));
    format!(
        "<h2>Percentiles</h2>\n{drawn}<div class=\"scroll\"><table><tr><th>of all replies</th><th>took \
         at most (ms)</th></tr>\n{}</table></div>\n",
        told.collect::<String>()
    )
}

pub(super) fn endpoints(report: &Report) -> String {
    let rows: String = report.endpoints.iter().map(rows).collect();
    format!(
        "<h2>Endpoints</h2>\n<div class=\"scroll\"><table>\n<tr><th>endpoint, ms since due</th>\
         <th>reply</th><th>count</th><th>p50</th><th>p90</th><th>p95</th><th>p99</th><th>max</th>\
         <th>p99 since sent</th></tr>\n{rows}</table></div>\n"
    )
}

/// Replies of one kind never stand in a line with those of another.
fn rows(endpoint: &OfEndpoint) -> String {
    let row = |(class, times): (&String, &crate::load::report::Pair)| {
        let (name, due) = (escaped(&endpoint.name), &times.due);
        let mark = if ["4xx", "5xx", "none"].contains(&&**class) { " class=\"bad\"" } else { "" };
        format!(
            "<tr><td>{name}</td><td{mark}>{class}</td><td>{}</td><td>{:.1}</td><td>{:.1}</td>\
             <td>{:.1}</td><td>{:.1}</td><td>{:.1}</td><td>{:.1}</td></tr>\n",
            due.count, due.p50, due.p90, due.p95, due.p99, due.max, times.sent.p99
        )
    };
    endpoint.times.iter().map(row).collect()
}

pub(super) fn causes(report: &Report) -> String {
    if report.causes.is_empty() {
        return "<h2>Causes</h2>\n<p class=\"good\">Nothing failed.</p>\n".to_owned();
    }
    let most = report.causes.iter().map(|card| card.count).max().unwrap_or(1);
    let cards: String = report.causes.iter().map(|card| cause(card, most)).collect();
    format!("<h2>Causes</h2>\n{cards}")
}

fn cause(card: &Card, most: u64) -> String {
    let (class, endpoint, detail) =
        (card.class.name(), escaped(&card.endpoint), escaped(&card.detail));
    let status = card.status.map(|status| format!("{status} ")).unwrap_or_default();
    let wide = percent(card.count, most);
    let bar = format!(
        "<svg viewBox=\"0 0 100 2\" aria-hidden=\"true\"><rect class=\"bar\" width=\"{wide:.1}\" \
         height=\"2\"/></svg>"
    );
    let rows = card.rows.iter().take(5).map(|(row, count)| format!("{} ({count} ×)", escaped(row)));
    let rows = rows.collect::<Vec<_>>().join(", ");
    let header = if card.is_header_row { ", which is the names of the columns" } else { "" };
    let row = if rows.is_empty() { rows } else { format!("<p>row: {rows}{header}</p>\n") };
    let id = card
        .request_id
        .as_deref()
        .map(|id| format!("<p>request id: <code>{}</code></p>\n", escaped(id)));
    let again = card.curl.as_deref().map(|curl| format!("<pre>{}</pre>\n", escaped(curl)));
    format!(
        "<div class=\"card\">\n<p><b>{class}</b>: {} × <code>{endpoint}</code>, {:.1} % of its \
         requests</p>\n{bar}\n<p>{status}{detail}</p>\n<p>step: {} of the scenario</p>\n{row}<p>{}</p>\n\
         <p>{}</p>\n{}{}</div>\n",
        card.count,
        card.share,
        card.lines(),
        escaped(card.why),
        escaped(card.help),
        id.unwrap_or_default(),
        again.unwrap_or_default()
    )
}
