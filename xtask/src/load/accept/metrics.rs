//! The metrics that the plan names: whether they are there, and count what was done.

use super::row::Row;
use crate::exposition::samples;

const SUCCESSES: &str = "auth_login_success_total";
const FAILURES: &str = "auth_login_failure_total";
const DURATIONS: &str = "auth_login_duration_seconds";
const REGISTRATIONS: &str = "auth_registrations_total";

/// Whoever registers over HTTP is one.
const FARMER: &str = "FARMER";

/// In seconds.
const BUCKETS: [f64; 7] = [0.1, 0.3, 0.5, 0.7, 1.0, 2.0, 5.0];

/// What was done between two looks at the metrics.
pub(super) struct Done {
    pub(super) registrations: u64,
    /// Logins of farmers that opened a session.
    pub(super) successes: u64,
    /// Logins that opened none, by their reason.
    pub(super) failures: Vec<(&'static str, u64)>,
    /// Those that opened none beside, for a reason that only the server knows.
    pub(super) other_failures: u64,
}

/// Judges what a server told before and after.
pub(super) fn judge(before: &str, after: &str, done: &Done) -> Vec<Row> {
    let missing = missing(after);
    let names = match missing.as_slice() {
        [] => format!("{SUCCESSES}, {FAILURES}, {DURATIONS}, {REGISTRATIONS} are there"),
        missing => format!("missing: {}", missing.join(", ")),
    };
    let counted = counted(before, after, done);
    let shown: Vec<String> = counted.iter().map(ToString::to_string).collect();
    let agree = counted.iter().all(|one| one.risen == Some(one.done)) && done.successes > 0;
    vec![
        Row::of(("metrics", "every name, label and bucket of the plan"), names, missing.is_empty()),
        Row::of(("what metrics count", "what was done, exactly"), shown.join(", "), agree),
    ]
}

/// What of the plan's metrics is not told.
fn missing(text: &str) -> Vec<String> {
    let labelled = |metric, label| samples(text, metric).any(|it| it.label(label).is_some());
    let has_bucket = |bound: f64| {
        let buckets = format!("{DURATIONS}_bucket");
        let bounds = samples(text, &buckets);
        let mut bounds = bounds.filter_map(|it| it.label("le")?.parse::<f64>().ok());
        bounds.any(|it| (it - bound).abs() < f64::EPSILON)
    };
    let mut missing = Vec::new();
    for (metric, label) in [(SUCCESSES, "role"), (FAILURES, "reason")] {
        if !labelled(metric, label) {
            missing.push(format!("{metric}{{{label}}}"));
        }
    }
    if samples(text, REGISTRATIONS).next().is_none() {
        missing.push(REGISTRATIONS.to_owned());
    }
    let buckets = BUCKETS.into_iter().filter(|bound| !has_bucket(*bound));
    missing.extend(buckets.map(|bound| format!("{DURATIONS}_bucket{{le={bound}}}")));
    missing
}

/// A figure, by how much it has risen, and by how much it should have.
struct Counted {
    what: String,
    risen: Option<u64>,
    done: u64,
}

impl std::fmt::Display for Counted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { what, risen, done } = self;
        let risen = risen.map_or_else(|| "nothing".to_owned(), |risen| risen.to_string());
        write!(f, "{what} {risen} of {done}")
    }
}

fn counted(before: &str, after: &str, done: &Done) -> Vec<Counted> {
    let of = |what: &str, done, read: &dyn Fn(&str) -> Option<u64>| {
        let risen = read(after).zip(read(before));
        let risen = risen.and_then(|(after, before)| after.checked_sub(before));
        Counted { what: what.to_owned(), risen, done }
    };
    let known: u64 = done.failures.iter().map(|(_, times)| times).sum();
    let failures = known + done.other_failures;
    let all = done.successes + failures;
    let mut counted = vec![
        of("registrations", done.registrations, &|text| total(text, REGISTRATIONS)),
        of("logins of a FARMER", done.successes, &|text| {
            labelled(text, SUCCESSES, ("role", FARMER))
        }),
        of("logins of anybody", done.successes, &|text| total(text, SUCCESSES)),
        of("failed logins", failures, &|text| total(text, FAILURES)),
    ];
    counted.extend(done.failures.iter().map(|(reason, times)| {
        of(reason, *times, &|text| labelled(text, FAILURES, ("reason", reason)))
    }));
    counted.push(of("durations", all, &|text| total(text, &format!("{DURATIONS}_count"))));
    counted
}

/// All series of a metric together; nothing where there is none.
fn total(text: &str, metric: &str) -> Option<u64> {
    let mut series = samples(text, metric).map(|it| it.count()).peekable();
    series.peek()?;
    series.sum()
}

fn labelled(text: &str, metric: &str, (label, value): (&str, &str)) -> Option<u64> {
    samples(text, metric).find(|it| it.label(label) == Some(value))?.count()
}

#[cfg(test)]
mod tests;
