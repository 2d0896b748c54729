//! Numbers as people read them.

use std::time::Duration;

use serde_json::Value as Json;

/// A count as a number; beyond four thousand million it stays there.
pub(super) fn number(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// A number as JavaScript writes it: one that is whole has no point in it.
pub(super) fn json_number(number: f64) -> Json {
    let whole = number.fract() == 0.0 && number.abs() < MOST_EXACT;
    let whole = whole.then(|| format!("{number:.0}").parse::<i64>().ok()).flatten();
    whole.map_or_else(|| Json::from(number), Json::from)
}

/// Up to here every whole number is one of its own (2⁵³).
const MOST_EXACT: f64 = 9_007_199_254_740_992.0;

/// The share that a part is of a whole, in percent; nothing of nothing is 0.
pub(super) fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { 100.0 * number(part) / number(whole) }
}

/// Milliseconds.
pub(super) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
