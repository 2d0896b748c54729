//! What was measured, beside what the plan asks for.

mod runs;
#[cfg(test)]
mod tests;

use std::time::Duration;

use gacp_store_mongo::Explanation;

use super::row::Row;
use crate::bench::cache::{Gain, LEAST_GAIN};
use crate::chaos::outage::Outage;
use crate::index::BothWays;
use crate::load::report::Report;
use crate::rate::median;
pub(super) use runs::{kept_replies, runs};

/// So much less than without a cache MongoDB is to be asked, in percent.
const LEAST_LOAD_SAVED: f64 = 30.0;

/// So much less time than without indexes queries are to take, in percent.
const LEAST_TIME_SAVED: f64 = 50.0;

/// What MongoDB is asked for each request, with a cache and without; the report is of the run
/// without.
pub(super) fn operations((kept, read): (f64, f64), without: &Report) -> Row {
    let saved = saved(kept, read);
    let doubts = without.doubts();
    let mut measured = format!(
        "{} %: {kept:.2} operations of MongoDB for each request with the cache, {read:.2} without",
        change(saved)
    );
    for doubt in &doubts {
        measured.push_str("; ");
        measured.push_str(doubt);
    }
    let target = ("load of the database with the cache", "30 % less");
    Row::of(target, measured, saved >= LEAST_LOAD_SAVED && doubts.is_empty())
}

/// How often a list is answered, with a cache and without.
pub(super) fn throughput(gain: Gain) -> Row {
    let Gain { kept, read, ratio } = gain;
    let measured =
        format!("× {ratio:.1}: {kept:.0} lists in a second from the cache, {read:.0} read");
    Row::of(("throughput with the cache", "+200 % (× 3)"), measured, ratio >= LEAST_GAIN)
}

/// How long queries take, all of them together and each by itself.
pub(super) fn indexes(both: &BothWays) -> Row {
    let (with, without) = (took(&both.with), took(&both.without));
    let all = saved(with.as_secs_f64(), without.as_secs_f64());
    let each: Vec<f64> = pairs(both)
        .map(|(with, without)| saved(with.took.as_secs_f64(), without.took.as_secs_f64()))
        .collect();
    let (queries, half) = (each.len(), median(each.iter().copied()));
    let measured = format!(
        "{} % over the sum of {queries} queries ({:.0} ms without, {:.0} ms with), {} % in the \
         median query",
        change(all),
        without.as_secs_f64() * 1e3,
        with.as_secs_f64() * 1e3,
        change(half)
    );
    let is_met = queries == both.with.len()
        && queries > 0
        && all >= LEAST_TIME_SAVED
        && half >= LEAST_TIME_SAVED;
    Row::of(
        ("time of queries with indexes", "50 % less, in sum and in the median"),
        measured,
        is_met,
    )
}

/// What the breaker made of an outage of MongoDB.
pub(super) fn breaker(outage: Outage) -> Vec<Row> {
    let Outage { opened, refused, resumed, kept } = outage;
    [
        (
            opened,
            "MongoDB killed: the breaker opens",
            "with 10 failed calls, or as its window of 10 s is full of them",
        ),
        (refused, "while it is open it refuses", "in < 5 ms (half of them, 95 of 100 in < 100 ms)"),
        (resumed, "MongoDB back: service resumes", "within the open interval and 1 s"),
        (kept, "meanwhile", "every reply due, nothing acknowledged lost"),
    ]
    .into_iter()
    .map(|(seen, what, due)| Row::of((what, due), seen.says, seen.holds))
    .collect()
}

/// The same query with and without.
fn pairs(both: &BothWays) -> impl Iterator<Item = (&Explanation, &Explanation)> {
    both.with.iter().filter_map(|with| {
        let without = both.without.iter().find(|without| without.query == with.query)?;
        Some((with, without))
    })
}

fn took(explained: &[Explanation]) -> Duration {
    explained.iter().map(|one| one.took).sum()
}

/// By how much less `now` is than `before`, in percent; of nothing nothing is saved.
fn saved(now: f64, before: f64) -> f64 {
    if before > 0.0 { 100.0 * (1.0 - now / before) } else { 0.0 }
}

/// A saving as a change: `−75`.
fn change(saved: f64) -> String {
    let sign = if saved < 0.0 { '+' } else { '−' };
    format!("{sign}{:.0}", saved.abs())
}
